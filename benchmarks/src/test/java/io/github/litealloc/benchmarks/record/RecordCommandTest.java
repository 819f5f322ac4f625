package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCommandTest {

  @TempDir private Path folder;

  private Process application(String allocator) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            BufferTraffic.class.getName(),
            allocator)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log.txt").toFile())
        .start();
  }

  /** Each of its large buffers has a chunk of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"adaptive", "pooled", "hybrid"})
  void record_chunksThatComeAndGo_areInTheFile(String allocator) throws Exception {
    Path out = folder.resolve("traffic.litealloc");
    Process application = application(allocator);
    try {
      Cli cli = recordOnceItRuns(application, out, 1);

      assertThat(cli.exitCode()).as(cli.err()).isZero();
      ChunkFigures chunks = Recordings.read(out).chunks().orElseThrow();
      assertThat(chunks.allocated()).isPositive();
      assertThat(chunks.freed()).isPositive();
      assertThat(chunks.peakBytes()).isGreaterThanOrEqualTo(BufferTraffic.LARGE_BYTES);
      assertThat(cli.out())
          .contains("the application itself (" + chunks.owners() + ") held at most ");
    } finally {
      application.destroyForcibly();
    }
  }

  @Test
  void record_runningJvm_writesItsTrafficAndNothingElse() throws Exception {
    Path out = folder.resolve("traffic.litealloc");
    Process application = application("adaptive");
    try {
      Cli cli = recordOnceItRuns(application, out, 7);

      assertThat(cli.exitCode()).as(cli.err()).isZero();
      assertThat(cli.err())
          .containsPattern("recorded [56] s of 7(  \\(at most [12] s left\\))?\\R");
      assertThat(cli.out())
          .contains("2 event loops with 100 % of the buffers", "written to " + out)
          .contains("on the heap: counted, not replayed");
      Traffic traffic = Recordings.read(out);
      assertThat(traffic.buffers()).isPositive();
      assertThat(new TrafficSummary(traffic).remoteReleases()).isPositive();
      assertThat(application.isAlive()).isTrue();
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files).hasSize(2);
      }
    } finally {
      application.destroyForcibly();
    }
  }

  /** At first it has no events yet, or does not listen to jcmd. */
  private static Cli recordOnceItRuns(Process application, Path out, int seconds) {
    Cli cli;
    int tries = 0;
    do {
      cli =
          Cli.run(
              "record",
              String.valueOf(application.pid()),
              "--duration=" + seconds + 's',
              "--out=" + out,
              "--max-size=10m");
    } while (cli.exitCode() != 0 && application.isAlive() && ++tries < 20);
    return cli;
  }

  @Test
  void record_noSuchProcess_fails() {
    Cli cli = Cli.run("record", "999999999", "--out=" + folder.resolve("a"));

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("process 999999999: there is none");
  }

  @Test
  void record_otherProgram_fails() throws IOException {
    Process sleep = new ProcessBuilder("sleep", "100").start();
    try {
      Cli cli = Cli.run("record", String.valueOf(sleep.pid()), "--out=" + folder.resolve("a"));

      assertThat(cli.exitCode()).isEqualTo(1);
      assertThat(cli.err()).contains("process " + sleep.pid() + " cannot be told to record");
    } finally {
      sleep.destroyForcibly();
    }
  }

  @Test
  void record_noPid_printsTheJvmOption() {
    Cli cli = Cli.run("record", "--duration=2m");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("-XX:StartFlightRecording=settings=none,", "duration=120s")
        .contains("+io.netty.AllocateBuffer#enabled=true", "lite-alloc replay buffers.jfr");
  }

  @Test
  void record_file_isConverted() {
    Path file = folder.resolve("a.litealloc");
    Path copy = folder.resolve("b.litealloc");
    TrafficFile.write(file, MadeUpTraffic.random(1, 100));

    Cli cli = Cli.run("record", file.toString(), "--out=" + copy);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(copy).hasSameBinaryContentAs(file);
  }
}
