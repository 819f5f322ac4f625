package io.github.litealloc.netty.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A table with a line for each attack of a kind. Lines are in {@code target/attack} and, of attacks
 * of another size than in every build, printed as they come. An attack ends at its first wrong byte
 * or overlap, so these columns say whether there was one.
 */
public final class Figures {

  private static final Path DIRECTORY = Path.of("target", "attack");
  private static final String HEAD =
      """
      | attack | strategy | JDK | operations | wrong bytes | overlaps | refusals | swaps | trims | seconds |
      |---|---|---|---|---|---|---|---|---|---|
      """;

  /** Somebody waits for them, then. */
  private static final boolean IS_PRINTED =
      System.getProperties().stringPropertyNames().stream()
          .anyMatch(name -> name.matches("litealloc\\.(attack|stress)\\..*"));

  private final StringBuilder table = new StringBuilder(HEAD);
  private final Path file;

  /**
   * @param name what the file is called
   */
  public Figures(String name) {
    file = DIRECTORY.resolve(name + "-" + Runtime.version().feature() + ".md");
  }

  /** Adds a line for what has come to its end, well or not. */
  public synchronized void add(String attack, String strategy, Tally tally) {
    String line =
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %,d | %,d | %,d | %,d | %,d | %,d | %.1f |%n",
            attack,
            strategy,
            Runtime.version().feature(),
            tally.operations.sum(),
            tally.wrongBytes.sum(),
            tally.overlaps.sum(),
            tally.refusals.sum(),
            tally.swaps.sum(),
            tally.trims.sum(),
            tally.seconds());
    if (IS_PRINTED) {
      System.out.print(table.length() == HEAD.length() ? HEAD + line : line);
    }
    table.append(line);
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(file, table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
