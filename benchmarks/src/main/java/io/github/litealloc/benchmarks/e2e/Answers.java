package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lines of a word and a value, as a process of ours says them. */
final class Answers {

  private final String who;
  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads lines.
   *
   * @param who has said them, for messages
   * @param lines each with a word, a space and the rest
   */
  Answers(String who, List<String> lines) {
    this.who = who;
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0) {
        values.put(line.substring(0, space), line.substring(space + 1));
      }
    }
  }

  String text(String word) {
    String value = values.get(word);
    if (value == null) {
      throw new CommandFailure(who + " has not told its " + word, null);
    }
    return value;
  }

  long number(String word) {
    return (long) decimal(word);
  }

  double decimal(String word) {
    try {
      return Double.parseDouble(text(word));
    } catch (NumberFormatException e) {
      throw new CommandFailure(
          who + " says " + word + " " + text(word) + " (expected: a number)", e);
    }
  }
}
