package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals, to the program as users start it: in a JVM of its own. */
@DisabledOnOs(OS.WINDOWS)
class InterruptsTest {

  private static final int WAIT_SECONDS = 60;
  private static final int SIGINT = 2;

  private Process start(Path out, String... args) throws IOException {
    return start(out, out, args);
  }

  private Process start(Path err, Path out, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    if (isInterruptIgnored()) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder program = new ProcessBuilder(command).redirectError(err.toFile());
    return (out.equals(err) ? program.redirectErrorStream(true) : program)
        .redirectOutput(out.toFile())
        .start();
  }

  /**
   * Whether this JVM, and so its children, ignore Ctrl-C: shells start background jobs like that.
   */
  private static boolean isInterruptIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      long ignored =
          lines
              .filter(line -> line.startsWith("SigIgn:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .findFirst()
              .orElse(0);
      return (ignored & 1L << (SIGINT - 1)) != 0;
    }
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

  /** To the program alone, not to its children, as {@code kill} does. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void compare_signal_writesWhatThereIsAndLeavesNoChild(String signal, @TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("out.txt");
    Path json = folder.resolve("compare.json");
    Files.writeString(json, "{\"old\": true}");
    Process compare =
        start(out, "compare", "--quick", "--forks=50", "--scenarios=get-bytes", "--json=" + json);
    try {
      awaitText(compare, out, "round 1 of 50");
      assertThat(TestJson.read(json)).containsKey("old");
      List<ProcessHandle> children = awaitChildren(compare);

      new ProcessBuilder("kill", "-" + signal, String.valueOf(compare.pid())).start().waitFor();

      assertThat(compare.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(compare.exitValue()).as(Files.readString(out)).isEqualTo(1);
      assertThat(Files.readString(out)).contains("INCOMPLETE      interrupted, with", "ns/op");
      assertThat(TestJson.read(json)).containsKey("results").doesNotContainKey("old");
      assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    } finally {
      compare.destroyForcibly();
    }
  }

  @Test
  void endToEnd_signal_writesWhatThereIsAndLeavesNoChild(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("out.txt");
    Path json = folder.resolve("e2e.json");
    Process compare =
        start(
            out,
            "compare",
            "--e2e",
            "--loads=built-in",
            "--protocols=http1",
            "--forks=50",
            "--duration=1s",
            "--warm-up=1",
            "--json=" + json);
    try {
      awaitText(compare, out, "round 1 of 50");
      List<ProcessHandle> children = awaitChildren(compare);

      new ProcessBuilder("kill", "-INT", String.valueOf(compare.pid())).start().waitFor();

      assertThat(compare.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(compare.exitValue()).as(Files.readString(out)).isEqualTo(1);
      assertThat(Files.readString(out)).contains("INCOMPLETE      interrupted, with", "requests/s");
      assertThat(TestJson.read(json)).containsKey("results");
      assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    } finally {
      compare.destroyForcibly();
    }
  }

  @Test
  void endToEnd_loadThatIsNotInstalled_isExplainedInOneLine(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("out.txt");
    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "compare",
                "--e2e",
                "--loads=built-in,wrk")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    program.environment().put("PATH", folder.toString());
    Process compare = program.start();
    try {
      assertThat(compare.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(compare.exitValue()).isEqualTo(2);
      assertThat(Files.readString(out))
          .contains("--loads: wrk, which is not on the PATH", "apt-get install wrk");
    } finally {
      compare.destroyForcibly();
    }
  }

  @Test
  void demo_noRoomForItsOutput_endsWithCodeOne(@TempDir Path folder) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    Path out = folder.resolve("out.txt");
    Process demo =
        start(out, Path.of("/dev/full"), "demo", "--requests=10", "--connections=1", "--loops=1");
    try {
      assertThat(demo.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).isEqualTo(1);
      assertThat(Files.readString(out)).contains("cannot write the standard output");
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

  private static List<ProcessHandle> awaitChildren(Process process) throws InterruptedException {
    List<ProcessHandle> children = List.of();
    while (children.isEmpty() && process.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(5);
      children = process.descendants().toList();
    }
    return children;
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
