package io.github.litealloc.benchmarks;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A JSON file that a command writes when its work is done. */
public final class JsonFile {

  private static final JsonFactory JSON = new JsonFactory();

  /** Something after the end is no result of ours. */
  private static final ObjectMapper READER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** How Jackson names a place in what it reads; the file is named anyway. */
  private static final Pattern SOURCE =
      Pattern.compile("\\[Source: [^;]*; (line: \\d+, column: \\d+)]");

  private JsonFile() {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @return what is in it
   * @throws CommandFailure if it cannot be read or holds something else; the message says where
   */
  public static JsonNode read(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      JsonNode read = READER.readTree(stream);
      if (read.isMissingNode()) {
        throw new CommandFailure("cannot read " + file + ": it is empty", null);
      }
      return read;
    } catch (JacksonException e) {
      JsonLocation place = e.getLocation();
      throw new CommandFailure(
          "cannot read %s: %s%s"
              .formatted(
                  file,
                  place == null
                      ? ""
                      : "line %d, column %d: ".formatted(place.getLineNr(), place.getColumnNr()),
                  SOURCE.matcher(e.getOriginalMessage()).replaceAll("$1")),
          e);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + file, e);
    }
  }

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
