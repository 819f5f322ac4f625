package io.github.litealloc.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
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
   * Writes a file, over what was there once all of it is written.
   *
   * @param file the file
   * @param content what to write
   * @throws CommandFailure if that fails; what was there is still there
   */
  public static void write(Path file, Content content) {
    OutputFile.write(
        file,
        stream -> {
          JsonGenerator json = JSON.createGenerator(stream);
          json.useDefaultPrettyPrinter();
          content.writeTo(json);
          json.writeRaw('\n');
          json.flush();
        });
  }
}
