package io.github.litealloc.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Main;
import io.github.litealloc.benchmarks.TestJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals, to the program as users start it: in a JVM of its own. */
@DisabledOnOs(OS.WINDOWS)
class InterruptTest {

  private static final int WAIT_SECONDS = 30;

  private Process start(Path out, String... args) throws IOException {
    String[] command = new String[4 + args.length];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    command[1] = "-cp";
    command[2] = System.getProperty("java.class.path");
    command[3] = Main.class.getName();
    System.arraycopy(args, 0, command, 4, args.length);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void demo_signal_endsInOrderWithSummaryAndCodeZero(String signal, @TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("out.txt");
    Path json = folder.resolve("demo.json");
    Process demo = start(out, "demo", "--duration", "0", "--json", json.toString());
    try {
      awaitText(demo, out, "used"); // the first progress line

      new ProcessBuilder("kill", "-" + signal, String.valueOf(demo.pid())).start().waitFor();

      assertThat(demo.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).as(Files.readString(out)).isZero();
      assertThat(Files.readString(out)).contains("All well");
      assertThat(TestJson.read(json))
          .containsEntry("failures", 0L)
          .containsEntry("leaks", 0L)
          .containsEntry("usedAtEndBytes", 0L);
    } finally {
      demo.destroyForcibly();
    }
  }

  @Test
  void program_badOption_endsWithCodeTwo(@TempDir Path folder) throws Exception {
    Process demo = start(folder.resolve("out.txt"), "demo", "--loops", "0");
    try {
      assertThat(demo.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).isEqualTo(2);
    } finally {
      demo.destroyForcibly();
    }
  }

  private static void awaitText(Process process, Path file, String text) throws Exception {
    for (int i = 0; i < WAIT_SECONDS * 20 && process.isAlive(); i++) {
      if (Files.readString(file, StandardCharsets.UTF_8).contains(text)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("no \"" + text + "\" in: " + Files.readString(file));
  }
}
