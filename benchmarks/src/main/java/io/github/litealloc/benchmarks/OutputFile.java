package io.github.litealloc.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that a command writes. What was there before stays until the new one is complete. */
public final class OutputFile {

  private OutputFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything, without closing.
     *
     * @param stream where to
     * @throws IOException if writing fails
     */
    void writeTo(OutputStream stream) throws IOException;
  }

  /**
   * Says early, before minutes of work, whether a file can be written.
   *
   * @param file the file
   * @return why not, or an empty string
   */
  public static String problemWith(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      return "is a directory";
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      return "is not writable";
    }
    if (folder == null || !Files.isDirectory(folder)) {
      return "is in a directory that does not exist";
    }
    if (!Files.exists(file) && !Files.isWritable(folder)) {
      return "is in a directory that is not writable";
    }
    return problemOfMaking(file);
  }

  /** Tries it: a name may be too long, and not every folder that says so takes a file. */
  private static String problemOfMaking(Path file) {
    try {
      Path target = target(file);
      Path folder = target.getParent();
      if (folder != null && isReplaced(target, folder)) {
        Path temporary = beside(target, folder);
        TemporaryFiles.entrust(temporary);
        Files.createFile(temporary);
        TemporaryFiles.delete(temporary);
      }
      return "";
    } catch (IOException e) {
      return String.valueOf(CommandFailure.of("cannot be made", e).getMessage());
    }
  }

  /**
   * Writes a file.
   *
   * @param file the file
   * @param content what to write
   * @throws CommandFailure if that fails; what was there is still there, unless it could be written
   *     only in place: a device, or a file in a folder that takes no other
   */
  public static void write(Path file, Content content) {
    try {
      Path target = target(file);
      Path folder = target.getParent();
      if (folder != null && isReplaced(target, folder)) {
        replace(target, beside(target, folder), content);
      } else {
        fill(target, content);
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot write " + file, e);
    }
  }

  private static Path target(Path file) throws IOException {
    return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  private static boolean isReplaced(Path target, Path folder) {
    boolean isDevice = Files.exists(target) && !Files.isRegularFile(target);
    return !isDevice && Files.isWritable(folder);
  }

  private static Path beside(Path target, Path folder) {
    return folder.resolve("." + target.getFileName() + '.' + ProcessHandle.current().pid());
  }

  private static void replace(Path target, Path temporary, Content content) throws IOException {
    TemporaryFiles.entrust(temporary);
    try {
      fill(temporary, content);
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      TemporaryFiles.delete(temporary);
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (OutputStream stream =
        new BufferedOutputStream(
            Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING))) {
      content.writeTo(stream);
    }
  }
}
