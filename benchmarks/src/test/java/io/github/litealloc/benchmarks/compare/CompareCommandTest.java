package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.record.MadeUpTraffic;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {

  @Test
  void compare_oneScenarioOnAGivenJdk_printsMarkdownAndWritesJson(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("compare.json");

    Cli cli =
        Cli.run(
            "compare",
            "--quick",
            "--scenarios=get-bytes",
            "--forks=1",
            "--warm-up=1s",
            "--leak-detection=disabled",
            "--java=" + System.getProperty("java.home"),
            "--max-direct=200m",
            "--markdown",
            "--json=" + file);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("1 scenarios x 4 allocators x 1 settings x 1 forks: about");
    assertThat(cli.out())
        .contains("| `get-bytes`, hybrid: <= 1 x best peer | undecided: one fork: ")
        .contains("warm-up 9 x 120 ms")
        .contains("| ns: hybrid / pooled / adaptive / unpooled | Java ");
    Map<String, @Nullable Object> json = TestJson.read(file);
    assertThat(json).containsEntry("warmupIterations", 9L);
    assertThat(json.get("jvmOptions"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains("-XX:MaxDirectMemorySize=" + (200 << 20));
    assertThat(json.get("results"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .hasSize(4)
        .extracting(result -> List.of(result.get("java"), result.get("leakDetection")))
        .containsOnly(List.of(System.getProperty("java.version"), "disabled"));
  }

  @Test
  void compare_moreThanTheDirectMemory_saysWhatHelps(@TempDir Path folder) {
    Path recording = folder.resolve("app.litealloc");
    Traffic.Builder builder = new Traffic.Builder();
    for (int i = 0; i < 6_000; i++) {
      builder.allocate(i, 0, 32 << 10); // what is larger is dear beyond the budget on Java 25
    }
    TrafficFile.write(recording, builder.build(new boolean[] {true}, Traffic.Losses.NONE));

    Cli cli =
        Cli.run(
            "compare",
            "--quick",
            "--recording=" + recording,
            "--loops=2",
            "--forks=1",
            "--leak-detection=disabled",
            "--max-direct=64m");

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains("its direct memory was used up: give it more by --max-direct");
  }

  @Test
  void compare_aRecordingOnTwoNumbersOfLoops_measuresBoth(@TempDir Path folder) throws IOException {
    Path recording = folder.resolve("app.litealloc");
    Path json = folder.resolve("compare.json");
    TrafficFile.write(recording, MadeUpTraffic.random(3, 2_000));

    Cli cli =
        Cli.run(
            "compare",
            "--quick",
            "--recording=" + recording,
            "--loops=1,2",
            "--seed=7",
            "--forks=1",
            "--leak-detection=disabled",
            "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("2 scenarios x 4 allocators x 1 settings x 1 forks: about");
    assertThat(cli.out())
        .containsPattern("recording-app-loop-1[^\n]*hybrid|hybrid[^\n]*recording-app-loop-1")
        .contains("recording-app-loop-2", "seed            7")
        .doesNotContain("allocate-release");
    assertThat(TestJson.read(json)).containsEntry("seed", 7L);
  }

  @Test
  void compare_recordingsThatAreNone_areRefusedWithFileAndPosition(@TempDir Path folder)
      throws IOException {
    Path whole = folder.resolve("whole.litealloc");
    TrafficFile.write(whole, MadeUpTraffic.random(3, 2_000));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length / 2));
    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    Path foreign = Files.writeString(folder.resolve("foreign"), "GIF89a and more");

    assertThat(refusal(cut, 1)).contains(cut + ", near byte ", "the file ends here");
    assertThat(refusal(empty, 1)).contains(empty + ", byte 0: the file is empty");
    assertThat(refusal(foreign, 1)).contains(foreign + ", byte 0: neither a recording of");
    assertThat(refusal(folder.resolve("missing"), 1)).contains("there is no such file");
    Path same = folder.resolve("whole.jfr");
    assertThat(refusal(Path.of(whole + "," + same), 2)).contains("files with different names");
  }

  private static String refusal(Path recording, int exitCode) {
    Cli cli = Cli.run("compare", "--quick", "--recording=" + recording);
    assertThat(cli.exitCode()).as(cli.err()).isEqualTo(exitCode);
    assertThat(cli.out()).isEmpty();
    return cli.err();
  }
}
