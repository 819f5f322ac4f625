package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the budget bounds, and what goes back, is memory of the process, not only our count of it. A
 * selection; {@link ResidentSetMatrix} runs all.
 */
@EnabledOnOs(OS.LINUX)
final class ResidentSetTest {

  /** What the JVM and the C library may take besides. */
  static final int BUDGET_SLACK_MIB = 16;

  /** What may be left of a burst. */
  static final int BURST_SLACK_MIB = 8;

  @TempDir private Path folder;

  /** Those of the JDK that runs the tests. */
  static List<ResidentSetMode> modes() {
    return ResidentSetMode.of(Runtime.version().feature());
  }

  /** Without Java 25 with Unsafe, which is as Java 17: the matrix has it. */
  static Stream<ResidentSetMode> fewerModes() {
    boolean hasOthers = modes().size() > 2;
    return modes().stream().filter(mode -> !hasOthers || !mode.name().equals("Unsafe"));
  }

  static Stream<ResidentSetMode> freedModes() {
    return fewerModes().filter(ResidentSetMode::isFreed);
  }

  private ResidentSetMode.Shown run(ResidentSetMode mode, int heapMib, String... load)
      throws Exception {
    return mode.run(folder, JavaProcess.HOME, heapMib, load);
  }

  private static void requireGrowth(ResidentSetMode.Shown shown, int mostMib) {
    assertThat(shown.grown()).as(shown.printed()).isLessThanOrEqualTo(mostMib);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void budget_filledAgainAndAgain_boundsTheProcessAndServesAll(ResidentSetMode mode)
      throws Exception {
    ResidentSetMode.Shown shown = run(mode, 64, "budget", "32", "fixed", "1", "loop");
    requireGrowth(shown, 32 + BUDGET_SLACK_MIB);
    assertThat(shown.refused()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("fewerModes")
  void budget_filledWithRandomSizes_boundsTheProcess(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = run(mode, 64, "budget", "32", "random", "1", "loop");
    requireGrowth(shown, 32 + BUDGET_SLACK_MIB);
    // Where only the collector frees it may have to come by, once, before what is there fits.
    assertThat(shown.refused()).as(shown.printed()).isLessThanOrEqualTo(shown.byCollector());
    assertThat(shown.refusedLate()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("fewerModes")
  void budget_ofTenMebibytesAndTenTimesTheDemand_boundsTheProcess(ResidentSetMode mode)
      throws Exception {
    requireGrowth(run(mode, 64, "budget", "10", "random", "10", "loop"), 10 + BUDGET_SLACK_MIB);
    requireGrowth(run(mode, 64, "budget", "10", "fixed", "10", "off"), 10 + BUDGET_SLACK_MIB);
  }

  @ParameterizedTest
  @MethodSource("freedModes")
  void burst_releasedAndSilence_goesBackToTheSystem(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = run(mode, 128, "burst", "128", "mixed", "hybrid", "1");
    requireGrowth(shown, BURST_SLACK_MIB);
    assertThat(shown.reserved()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("freedModes")
  void burst_withSurvivors_leavesNoMoreThanIsReserved(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = run(mode, 128, "survivors", "128", "mixed", "hybrid");
    requireGrowth(shown, shown.reserved() * 6 / 5 + BURST_SLACK_MIB);
  }

  /** Eight threads that are no event loops, and ask for more than there is. */
  @ParameterizedTest
  @MethodSource("fewerModes")
  void directBuffer_offTheLoopOnly_processStaysNearTheBudgetAndGivesItBack(ResidentSetMode mode)
      throws Exception {
    ResidentSetMode.Shown shown =
        mode.run(folder, JavaProcess.HOME, 64, OffLoopResidentSetProbe.class);
    requireGrowth(shown, OffLoopResidentSetProbe.BUDGET_MIB + BUDGET_SLACK_MIB);
    assertThat(shown.printed()).doesNotContain("refused 0");
    if (mode.isFreed()) {
      assertThat(shown.reserved()).as(shown.printed()).isZero();
    }
  }
}
