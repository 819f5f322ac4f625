package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs a JVM again that its own compiler has ended, as that of Debian's 17.0.15 now and then does
 * (an assertion, {@code PathFrequency::to}): that says nothing about what is measured, and after
 * half an hour a single such JVM should not be the end of all.
 */
final class CompilerEnd {

  /** More than once in a row is no chance any more, but a bug that this benchmark meets. */
  static final int MAX_RUNS = 3;

  /** A JVM prints this only if a thread of its compiler has failed. */
  private static final String MARK = "# Compiler replay data is saved as:";

  private CompilerEnd() {}

  /**
   * Runs something until it succeeds, or fails for another reason.
   *
   * @param what is run, for a message
   * @param told where each repetition is told of
   * @param logs makes a log for each run
   * @param run what is run, and prints to that log
   * @param <T> what comes of it
   * @return what the first run has returned that was not ended
   * @throws CommandFailure that of a run that failed otherwise, or of the last one
   */
  static <T> T tolerated(
      String what, PrintStream told, Supplier<Path> logs, Function<Path, T> run) {
    for (int runs = 1; ; runs++) {
      Path log = logs.get();
      try {
        return run.apply(log);
      } catch (CommandFailure e) {
        if (runs == MAX_RUNS || !isIn(log)) {
          throw e;
        }
        told.printf(
            "%s: its JVM was ended by its own compiler, see %s; runs again (%d of %d)%n",
            what, log, runs + 1, MAX_RUNS);
      }
    }
  }

  private static boolean isIn(Path log) {
    try {
      // Whatever the fork has printed need not be text.
      return Files.readString(log, StandardCharsets.ISO_8859_1).contains(MARK);
    } catch (IOException e) {
      return false;
    }
  }
}
