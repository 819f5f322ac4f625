package io.github.litealloc.benchmarks;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JSON file that a command writes when its work is done. */
public final class JsonFile {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonFile() {}

  /** What goes into a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes exactly one value.
     *
     * @param json where to
     * @throws IOException if writing fails
     */
    void writeTo(JsonGenerator json) throws IOException;
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
    if (Files.exists(file)) {
      return Files.isWritable(file) ? "" : "is not writable";
    }
    if (folder == null || !Files.isDirectory(folder)) {
      return "is in a directory that does not exist";
    }
    return Files.isWritable(folder) ? "" : "is in a directory that is not writable";
  }

  /**
   * Writes a file, over what was there.
   *
   * @param file the file
   * @param content what to write
   * @throws CommandFailure if that fails
   */
  public static void write(Path file, Content content) {
    try (JsonGenerator json = JSON.createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      json.useDefaultPrettyPrinter();
      content.writeTo(json);
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new CommandFailure("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
