package io.github.litealloc.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.Objects;

/** Tags that a user wants on all meters, refused where they would be lost or hide our own. */
final class UserTags {

  private UserTags() {}

  /**
   * Makes tags of keys and values.
   *
   * @param before the tags that there are, whose keys are taken
   * @throws IllegalArgumentException if they are not usable
   */
  static Tags of(Tags before, String... keysAndValues) {
    Objects.requireNonNull(keysAndValues, "tags: null (expected: keys and values)");
    if (keysAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "tags: "
              + String.join(", ", keysAndValues)
              + " (expected: a value after each key, so an even number of strings)");
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = requireText(keysAndValues, i, "key");
      String value = requireText(keysAndValues, i + 1, "value");
      requireNew(key, before.and(tags));
      tags = tags.and(key, value);
    }
    return tags;
  }

  /** To Prometheus, a tag without a value is no tag. */
  private static String requireText(String[] keysAndValues, int index, String what) {
    String all = Arrays.toString(keysAndValues);
    String text =
        Objects.requireNonNull(
            keysAndValues[index], () -> "tags: " + all + " (expected: no " + what + " is null)");
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "tags: " + all + " (expected: no " + what + " is empty or blank)");
    }
    return text;
  }

  private static void requireNew(String key, Tags taken) {
    for (MeterKey ours : MeterKey.values()) {
      if (ours.asString().equals(key)) {
        throw new IllegalArgumentException(
            "tags: " + key + " (expected: a key that the meters do not have already)");
      }
    }
    for (Tag tag : taken) {
      if (tag.getKey().equals(key)) {
        throw new IllegalArgumentException(
            "tags: "
                + key
                + " (expected: each key once; this one has the value \""
                + tag.getValue()
                + "\" already)");
      }
    }
  }
}
