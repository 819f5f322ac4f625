package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.TestJson;
import java.nio.file.Path;
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
    assertThat(json.get("results"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .hasSize(4)
        .extracting(result -> List.of(result.get("java"), result.get("leakDetection")))
        .containsOnly(List.of(System.getProperty("java.version"), "disabled"));
  }
}
