package io.github.litealloc.metrics.internal.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON to a byte array. */
final class Json {

  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Something that writes one JSON value. */
  @FunctionalInterface
  interface Value {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Writes a figure, or {@code null} for {@link Moment#UNKNOWN}. */
  static void number(JsonGenerator json, long value) throws IOException {
    if (value == Moment.UNKNOWN) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }

  static byte[] bytes(Value value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      value.writeTo(json);
    } catch (IOException e) {
      // Nothing here writes to a device.
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
