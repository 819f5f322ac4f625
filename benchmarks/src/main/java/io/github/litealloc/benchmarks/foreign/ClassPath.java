package io.github.litealloc.benchmarks.foreign;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * What comes before this program on the class path of a JVM that measures; its classes win.
 *
 * @param entries jars and folders, and {@code FOLDER/*} for all jars in a folder; none for this
 *     program alone
 */
public record ClassPath(List<String> entries) {
  /*
   * JMH gives its JVMs the class path of the running one, which it reads from this property with each
   * JVM that it starts; it has no option. One thread measures, so nobody else sees it changed.
   */

  private static final String PROPERTY = "java.class.path";

  private static final String ALL_JARS = "*";

  /** This program alone. */
  public static final ClassPath NONE = new ClassPath(List.of());

  /** Copies the list. */
  public ClassPath {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a class path.
   *
   * @param text entries, separated as the system does it
   * @return the class path
   * @throws IllegalArgumentException if an entry is not there; the message says which
   */
  public static ClassPath of(String text) {
    List<String> entries =
        Arrays.stream(text.split(File.pathSeparator)).filter(entry -> !entry.isEmpty()).toList();
    for (String entry : entries) {
      boolean allJars = entry.endsWith(ALL_JARS);
      Path path = Path.of(allJars ? entry.substring(0, entry.length() - 1) : entry);
      if (allJars ? !Files.isDirectory(path) : !Files.exists(path)) {
        throw new IllegalArgumentException(entry + ", which does not exist");
      }
    }
    return new ClassPath(entries);
  }

  /**
   * Returns the whole class path.
   *
   * @return the entries, then this program
   */
  public String withThisProgram() {
    String thisProgram = System.getProperty(PROPERTY);
    return entries.isEmpty()
        ? thisProgram
        : String.join(File.pathSeparator, entries) + File.pathSeparator + thisProgram;
  }

  /**
   * Lets JMH start JVMs with this class path.
   *
   * @param <T> what comes out
   * @param action starts them
   * @return its result
   */
  public <T> T during(Supplier<T> action) {
    String before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, withThisProgram());
    try {
      return action.get();
    } finally {
      System.setProperty(PROPERTY, before);
    }
  }
}
