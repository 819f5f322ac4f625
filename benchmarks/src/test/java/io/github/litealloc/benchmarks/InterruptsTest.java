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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals, to the program as users start it: in a JVM of its own. */
@DisabledOnOs(OS.WINDOWS)
class InterruptsTest {

  private static final int WAIT_SECONDS = 60;
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  @TempDir private Path folders;

  private Process start(Path out, String... args) throws IOException {
    return start(out, out, args);
  }

  /** In a working directory of its own, with a folder for temporary files of its own. */
  private Process start(Path err, Path out, String... args) throws IOException {
    Files.createDirectories(workFolder());
    Files.createDirectories(temporaryFolder());
    List<String> command = new ArrayList<>();
    if (isInterruptIgnored()) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // starts sooner
    command.add("-Djava.io.tmpdir=" + temporaryFolder());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder program =
        new ProcessBuilder(command).directory(workFolder().toFile()).redirectError(err.toFile());
    return (out.equals(err) ? program.redirectErrorStream(true) : program)
        .redirectOutput(out.toFile())
        .start();
  }

  private Path workFolder() {
    return folders.resolve("work");
  }

  private Path temporaryFolder() {
    return folders.resolve("temporary");
  }

  /** But for the lock that all runs of JMH share, which stays by design. */
  private List<String> temporaryFiles() throws IOException {
    return names(temporaryFolder()).stream().filter(name -> !name.equals("jmh.lock")).toList();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /**
   * One command, when it is interrupted, and what is to come of it.
   *
   * @param words its command line; what it writes, it writes to kept.json
   * @param awaited what it says when it is at work, or that it has a child
   * @param exitCode the one then; 128 and more is the signal's own
   * @param said what it says then, too
   */
  private record Interrupted(String words, String awaited, int exitCode, List<String> said) {
    private static final String CHILD = "(a child)";

    boolean writes() {
      return words.contains("kept.json");
    }

    @Override
    public String toString() {
      return words;
    }
  }

  static List<Interrupted> commands() {
    List<String> incomplete = List.of("INCOMPLETE", "interrupted, with 0 of 1 rounds complete");
    return List.of(
        new Interrupted(
            "raw --workloads=tiny --strategies=hybrid --forks=50 --json=kept.json",
            "round 1 of 50",
            1,
            List.of("INCOMPLETE      interrupted, with ")),
        new Interrupted(
            "scale corpus:grpc --loops=1,2,3,4,5,6,7,8 --allocators=unpooled --json=kept.json",
            "round 1 of 1",
            1,
            incomplete),
        new Interrupted(
            "replay corpus:grpc --allocators=unpooled,hybrid,adaptive --after=2 --json=kept.json",
            "round 1 of 1",
            1,
            incomplete),
        new Interrupted("recommend corpus:grpc --after=0", "round 1 of 1", 1, incomplete),
        new Interrupted(
            "corpus --replay --allocators=unpooled,hybrid,adaptive",
            "round 1 of 1",
            1,
            List.of("INCOMPLETE      http1-small: interrupted")),
        new Interrupted("footprint", Interrupted.CHILD, 1, List.of("interrupted")),
        new Interrupted("waste --classes", "as servers ask", 128, List.of("as servers ask")),
        new Interrupted(
            "jmh AllocateReleaseBenchmark -f 1 -p allocator=hybrid",
            "Warmup Iteration",
            128,
            List.of("AllocateReleaseBenchmark")));
  }

  /** As {@code kill} does it; a terminal interrupts the children, too. */
  @ParameterizedTest
  @MethodSource("commands")
  void command_signal_endsSoonWithWhatThereIsAndLeavesNothing(
      Interrupted command, @TempDir Path folder) throws Exception {
    Path out = folder.resolve("out.txt");
    Files.createDirectories(workFolder());
    Files.writeString(workFolder().resolve("kept.json"), "{\"old\": true}");
    Process program = start(out, command.words().split(" "));
    try {
      if (!command.awaited().equals(Interrupted.CHILD)) {
        awaitText(program, out, command.awaited());
      }
      List<ProcessHandle> children =
          command.words().startsWith("waste") ? List.of() : awaitChildren(program);
      assertThat(TestJson.read(workFolder().resolve("kept.json"))).containsKey("old");

      signal("TERM", program);

      assertThat(program.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      String said = Files.readString(out);
      assertThat(program.exitValue())
          .as(said)
          .isEqualTo(command.exitCode() < 128 ? command.exitCode() : 128 + SIGTERM);
      assertThat(said).contains(command.said());
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(temporaryFiles()).isEmpty();
      assertThat(names(workFolder())).containsExactly("kept.json");
      assertThat(TestJson.read(workFolder().resolve("kept.json")).containsKey("old"))
          .isEqualTo(!command.writes());
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void record_signal_endsTheRecordingAndKeepsIt(@TempDir Path folder) throws Exception {
    Path served = folder.resolve("served.txt");
    Path out = folder.resolve("out.txt");
    Process application = start(served, "demo", "--duration=0", "--connections=1", "--loops=1");
    try {
      awaitText(application, served, "used"); // the first progress line
      Process recording =
          start(out, "record", String.valueOf(application.pid()), "--out=kept", "--keep-jfr=jfr");
      try {
        awaitText(recording, out, "recording process");
        TimeUnit.SECONDS.sleep(1);

        signal("INT", recording);

        assertThat(recording.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(recording.exitValue()).as(Files.readString(out)).isZero();
        assertThat(Files.readString(out)).contains("interrupted", "written to kept");
        assertThat(names(workFolder())).containsExactlyInAnyOrder("kept", "jfr");
        assertThat(names(temporaryFolder())).noneMatch(name -> name.startsWith("lite-alloc"));
        assertThat(application.isAlive()).isTrue();
      } finally {
        recording.destroyForcibly();
      }
    } finally {
      application.destroyForcibly();
    }
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
      assertThat(temporaryFiles()).isEmpty();
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
      assertThat(temporaryFiles()).isEmpty();
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
