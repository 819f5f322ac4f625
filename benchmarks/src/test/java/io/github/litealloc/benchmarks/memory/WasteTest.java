package io.github.litealloc.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.litealloc.SizeClasses;
import io.github.litealloc.Strategies;
import io.github.litealloc.benchmarks.Cli;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WasteTest {

  private static final Offset<Double> EXACT = within(1e-9);

  private final Waste crate =
      Waste.of(Strategies.segregatedBump("crate-classes", SizeClasses.CRATE), 256);

  @Test
  void share_crateClasses_isThatOfTheNextClass() {
    assertThat(crate.share(128)).isCloseTo(0, EXACT);
    assertThat(crate.share(96)).isCloseTo(0.25, EXACT);
    assertThat(crate.share(0)).isCloseTo(1, EXACT);
  }

  @Test
  void averageShare_range_weighsByBytes() {
    // 63 and 64 bytes lie in blocks of 64, 65 and 66 in blocks of 128.
    assertThat(crate.averageShare(63, 66))
        .isCloseTo(1 - (63 + 64 + 65 + 66) / (2 * 64 + 2 * 128.0), EXACT);
    assertThat(crate.averageShare(new int[] {16, 16, 24}))
        .isCloseTo(1 - (16 + 16 + 24) / (16 + 16 + 32.0), EXACT);
  }

  @Test
  void worst_range_isTheFirstRequestOfALargerClass() {
    assertThat(crate.worst(40, 128)).isEqualTo(65);
    assertThat(crate.worst(64, 64)).isEqualTo(64);
  }

  @Test
  void of_networkClasses_wastesLittleOnAverage() {
    Waste network = Waste.of(Strategies.SEGREGATED_BUMP, 32 * 1024);

    assertThat(network.averageShare(1, 32 * 1024)).isBetween(0.01, 0.125);
  }

  @Test
  void reservedPerRequested_again_isTheSame() {
    double first = LiveWaste.reservedPerRequested(Strategies.FREE_LIST, 64);

    assertThat(first).isBetween(1.0, 3.0);
    assertThat(LiveWaste.reservedPerRequested(Strategies.FREE_LIST, 64)).isCloseTo(first, EXACT);
  }

  @Test
  void execute_wasteWithClasses_printsRangesClassesAndSummary() {
    Cli cli = Cli.run("waste", "--classes");

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("as servers ask", "worst", "crate-classes", "16,385 - 32,768")
        .containsPattern("live +hybrid")
        .containsPattern("8,192( +[1-9]\\.\\d\\d){5}")
        .containsPattern("4,097 - 4,352 +4,352");
  }
}
