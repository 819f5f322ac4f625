package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Files and folders in the folder for temporary files. Who makes one deletes it, or keeps it for
 * the user to look at, as the log of a process that has failed; what is there when a signal ends
 * the program is deleted by {@link Interrupts}. Any thread.
 */
public final class TemporaryFiles {

  private static final Set<Path> MADE = ConcurrentHashMap.newKeySet();

  private TemporaryFiles() {}

  /**
   * Makes an empty file.
   *
   * @param prefix what its name begins with
   * @param suffix what it ends with
   * @return the file
   * @throws IOException if that fails
   */
  public static Path file(String prefix, String suffix) throws IOException {
    return made(Files.createTempFile(prefix, suffix));
  }

  /**
   * Makes an empty folder.
   *
   * @param prefix what its name begins with
   * @return the folder
   * @throws IOException if that fails
   */
  public static Path folder(String prefix) throws IOException {
    return made(Files.createTempDirectory(prefix));
  }

  private static Path made(Path path) {
    entrust(path);
    return path;
  }

  /**
   * Has a file or folder that somebody else makes deleted if a signal ends the program.
   *
   * @param path of it
   */
  public static void entrust(Path path) {
    MADE.add(path);
  }

  /**
   * Deletes a file, or a folder with all that is in it. What cannot be deleted stays: it is in the
   * folder for temporary files.
   *
   * @param path what {@link #file} or {@link #folder} has returned
   */
  public static void delete(Path path) {
    try (Stream<Path> parts = Files.walk(path)) {
      List<Path> innermostFirst = parts.sorted(Comparator.reverseOrder()).toList();
      for (Path part : innermostFirst) {
        Files.deleteIfExists(part);
      }
    } catch (IOException | UncheckedIOException e) {
      // see above
    }
    MADE.remove(path);
  }

  /** Deletes all that are there still. */
  static void deleteAll() {
    MADE.forEach(TemporaryFiles::delete);
  }
}
