package io.github.litealloc.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that was read from a file. Whatever is not there, or is another kind, is absent.
 */
public final class JsonTree {

  private final Map<String, @Nullable Object> fields;

  private JsonTree(Map<String, @Nullable Object> fields) {
    this.fields = fields;
  }

  /**
   * Reads a file that holds one object.
   *
   * @param file the file
   * @return the object
   * @throws CommandFailure if it cannot be read, or is none; the message says where
   */
  public static JsonTree read(Path file) {
    try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new CommandFailure(file + ": no JSON object", null);
      }
      JsonTree tree = object(parser);
      if (parser.nextToken() != null) {
        throw new CommandFailure(file + ": more than one JSON object", null);
      }
      return tree;
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static JsonTree object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return new JsonTree(fields);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (Objects.requireNonNull(parser.currentToken())) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(parser));
        }
        yield values;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> null;
    };
  }

  /**
   * Returns a text.
   *
   * @param name of the field
   * @return its value, or an empty string
   */
  public String text(String name) {
    return fields.get(name) instanceof String text ? text : "";
  }

  /**
   * Returns a number.
   *
   * @param name of the field
   * @return its value, if it is one
   */
  public OptionalDouble number(String name) {
    return fields.get(name) instanceof Double number
        ? OptionalDouble.of(number)
        : OptionalDouble.empty();
  }

  /**
   * Returns an object.
   *
   * @param name of the field
   * @return its value, or one without fields
   */
  public JsonTree object(String name) {
    return fields.get(name) instanceof JsonTree tree ? tree : new JsonTree(Map.of());
  }

  /**
   * Returns the objects in an array.
   *
   * @param name of the field
   * @return its elements; none if it is no array
   */
  public List<JsonTree> objects(String name) {
    List<JsonTree> objects = new ArrayList<>();
    if (fields.get(name) instanceof List<?> values) {
      for (Object value : values) {
        if (value instanceof JsonTree tree) {
          objects.add(tree);
        }
      }
    }
    return objects;
  }
}
