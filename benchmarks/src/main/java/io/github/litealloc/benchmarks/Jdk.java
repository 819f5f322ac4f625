package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A JDK that can measure.
 *
 * @param executable its {@code java}
 * @param version for example {@code 17.0.15}
 * @param build the same with everything that tells builds apart, and the vendor
 */
public record Jdk(Path executable, String version, String build) {

  /** What this program is compiled for. */
  private static final int OLDEST = 17;

  private static final long MAX_SECONDS = 30;
  private static final String ASSIGNED = " = ";

  /**
   * Returns the JDK that runs this.
   *
   * @return it
   */
  public static Jdk running() {
    return new Jdk(
        executableOf(Path.of(System.getProperty("java.home"))),
        System.getProperty("java.version"),
        build(System.getProperty("java.runtime.version"), System.getProperty("java.vendor")));
  }

  /**
   * Returns the number by which a JDK is known.
   *
   * @return for example 17
   */
  public int feature() {
    return Runtime.Version.parse(version).feature();
  }

  /**
   * Asks a JDK what it is.
   *
   * @param path its home or its {@code java}
   * @return the JDK
   * @throws IllegalArgumentException if it cannot be used; the message continues "PATH, which"
   */
  public static Jdk at(Path path) {
    Path executable = Files.isDirectory(path) ? executableOf(path) : path;
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("does not exist");
    }
    if (!Files.isExecutable(executable)) {
      throw new IllegalArgumentException(
          Files.isDirectory(path) ? "has no bin/java" : "is not executable");
    }
    Map<String, String> properties = propertiesOf(executable);
    String specification = properties.getOrDefault("java.specification.version", "");
    if (specification.isEmpty()) {
      throw new IllegalArgumentException("does not answer as a JVM does");
    }
    // Before 9, versions began with "1.".
    if (specification.contains(".") || Integer.parseInt(specification) < OLDEST) {
      throw new IllegalArgumentException("is Java " + specification);
    }
    return new Jdk(
        executable.toAbsolutePath(),
        properties.getOrDefault("java.version", specification),
        build(
            properties.getOrDefault("java.runtime.version", specification),
            properties.getOrDefault("java.vendor", "unknown vendor")));
  }

  private static Path executableOf(Path home) {
    Path windows = home.resolve("bin").resolve("java.exe");
    return Files.exists(windows) ? windows : home.resolve("bin").resolve("java");
  }

  private static String build(String runtimeVersion, String vendor) {
    return runtimeVersion + " (" + vendor + ')';
  }

  private static Map<String, String> propertiesOf(Path executable) {
    try {
      // Into a file: reading from a program that never ends would never end either.
      Path answer = TemporaryFiles.file("lite-alloc-java", ".txt");
      try {
        Process process =
            new ProcessBuilder(executable.toString(), "-XshowSettings:properties", "-version")
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalArgumentException("does not answer within " + MAX_SECONDS + " seconds");
        }
        return properties(Files.readString(answer, Charset.defaultCharset()));
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("does not start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException("was interrupted while it started", e);
    }
  }

  private static Map<String, String> properties(String settings) {
    Map<String, String> properties = new TreeMap<>();
    settings
        .lines()
        .filter(line -> line.contains(ASSIGNED))
        .forEach(
            line -> {
              int assigned = line.indexOf(ASSIGNED);
              properties.putIfAbsent(
                  line.substring(0, assigned).trim(),
                  line.substring(assigned + ASSIGNED.length()).trim());
            });
    return properties;
  }

  /** Returns the name for a reader. */
  @Override
  public String toString() {
    return "Java " + version;
  }
}
