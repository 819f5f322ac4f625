package io.github.litealloc.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {

  @Test
  void parse_linesOfTheProbe_areBytesPerBlock() {
    List<String> lines =
        List.of(
            new Footprint.Sample("hybrid", 10, 100, 200).line(),
            "# a line of JOL",
            new Footprint.Sample("hybrid", 20, 100, 600).line(),
            new Footprint.Sample("free-list", 10, 0, 10).line());

    assertThat(Footprint.parse(lines))
        .containsExactly(
            new Footprint("hybrid", new Spread(7.5, 5, 10), new Spread(25, 20, 30)),
            new Footprint("free-list", new Spread(0, 0, 0), new Spread(1, 1, 1)));
  }

  @Test
  void execute_footprint_weighsEachStrategyInAJvmOfItsOwn() {
    Cli cli = Cli.run("footprint");

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.err().lines())
        .hasSize(FootprintProbe.MEASUREMENTS)
        .allMatch(line -> line.matches("\\d+ of 20  .* blocks(  \\(at most .* s left\\))?"));
    for (String strategy : Candidate.STRATEGIES) {
      assertThat(cli.out().lines().filter(line -> line.startsWith(strategy + ' ')).toList())
          .singleElement()
          .asString()
          .matches(".* \\d+\\.\\d +-?\\d+\\.\\d - .*");
    }
  }
}
