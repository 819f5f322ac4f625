package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks that end, and which of them are run again. */
final class CompilerEndTest {

  /** As the JVM prints it. */
  private static final String ENDED_BY_COMPILER =
      """
      # A fatal error has been detected by the Java Runtime Environment:
      #
      # Problematic frame:
      # V  [libjvm.so+0x5a3b1c]  PathFrequency::to(Block*)+0x3c
      #
      # An error report file with more information is saved as:
      # /tmp/hs_err_pid4711.log
      #
      # Compiler replay data is saved as:
      # /tmp/replay_pid4711.log
      """;

  private static final String ENDED_OTHERWISE =
      """
      # A fatal error has been detected by the Java Runtime Environment:
      #
      #  SIGSEGV (0xb) at pc=0x00007f2b9c0a1d2e, pid=4711, tid=4712
      """;

  @TempDir private Path folder;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();
  private int runs;

  private int run(int succeeds, String printed) {
    return CompilerEnd.tolerated(
        "pair",
        new PrintStream(told, true, StandardCharsets.UTF_8),
        () -> folder.resolve("log-" + runs),
        log -> {
          runs++;
          if (runs == succeeds) {
            return runs;
          }
          try {
            Files.writeString(log, printed);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          throw new CommandFailure("run " + runs + " has ended", null);
        });
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void tolerated_endedByTheCompiler_runsAgainAndSaysSo() {
    assertThat(run(2, ENDED_BY_COMPILER)).isEqualTo(2);
    assertThat(told())
        .isEqualTo(
            "pair: its JVM was ended by its own compiler, see "
                + folder.resolve("log-0")
                + "; runs again (2 of 3)"
                + System.lineSeparator());
  }

  @Test
  void tolerated_endedByTheCompilerEachTime_failsAfterTheLast() {
    assertThatThrownBy(() -> run(CompilerEnd.MAX_RUNS + 1, ENDED_BY_COMPILER))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("run " + CompilerEnd.MAX_RUNS + " has ended");
    assertThat(runs).isEqualTo(CompilerEnd.MAX_RUNS);
  }

  @Test
  void tolerated_endedOtherwise_failsAtOnce() {
    assertThatThrownBy(() -> run(2, ENDED_OTHERWISE)).hasMessage("run 1 has ended");
    assertThat(told()).isEmpty();
  }
}
