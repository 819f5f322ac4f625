package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the budget bounds, and what goes back, is memory of the process, not only our count of it. A
 * selection; {@link ResidentSetMatrix} runs all. Each load is a JVM of its own, some at once, since
 * most of the time they wait for silence.
 */
@EnabledOnOs(OS.LINUX)
final class ResidentSetTest {

  /** What the JVM and the C library may take besides. */
  static final int BUDGET_SLACK_MIB = 16;

  /** What may be left of a burst. */
  static final int BURST_SLACK_MIB = 8;

  /** What each loop may keep besides, where free pages go back. */
  static final int LOOP_SLACK_MIB = 1;

  private static final int AT_ONCE = 3;
  private static final int SMALL_HEAP_MIB = 64;
  private static final int HEAP_MIB = 128;

  private enum Load {
    BUDGET(SMALL_HEAP_MIB, "budget", "32", "fixed", "1", "loop"),
    BUDGET_OF_RANDOM_SIZES(SMALL_HEAP_MIB, "budget", "32", "random", "1", "loop"),
    TEN_TIMES_THE_DEMAND(SMALL_HEAP_MIB, "budget", "10", "random", "10", "loop"),
    TEN_TIMES_THE_DEMAND_OFF_THE_LOOP(SMALL_HEAP_MIB, "budget", "10", "fixed", "10", "off"),
    OFF_THE_LOOPS_ONLY(SMALL_HEAP_MIB),
    BURST(HEAP_MIB, "burst", "128", "mixed", "hybrid", "1"),
    SURVIVORS(HEAP_MIB, "survivors", "128", "mixed", "hybrid");

    final int heapMib;
    final String[] arguments;

    Load(int heapMib, String... arguments) {
      this.heapMib = heapMib;
      this.arguments = arguments;
    }

    Stream<ResidentSetMode> modes() {
      return switch (this) {
        case BUDGET -> ResidentSetTest.modes();
        case BURST, SURVIVORS -> freedModes();
        default -> fewerModes();
      };
    }

    ResidentSetMode.Shown run(ResidentSetMode mode) throws Exception {
      Class<?> probe =
          this == OFF_THE_LOOPS_ONLY ? OffLoopResidentSetProbe.class : ResidentSetProbe.class;
      return mode.run(folder, JavaProcess.HOME, heapMib, probe, arguments);
    }
  }

  @TempDir private static Path folder;

  private static final ExecutorService RUNS = Executors.newFixedThreadPool(AT_ONCE);
  private static final Map<Load, Map<String, Future<ResidentSetMode.Shown>>> SHOWN =
      new EnumMap<>(Load.class);

  @BeforeAll
  static void startAll() {
    for (Load load : Load.values()) {
      Map<String, Future<ResidentSetMode.Shown>> byMode = new HashMap<>();
      load.modes().forEach(mode -> byMode.put(mode.name(), RUNS.submit(() -> load.run(mode))));
      SHOWN.put(load, byMode);
    }
  }

  @AfterAll
  static void endAll() {
    RUNS.shutdownNow();
  }

  private static ResidentSetMode.Shown shown(Load load, ResidentSetMode mode) throws Exception {
    return SHOWN.get(load).get(mode.name()).get();
  }

  /** Those of the JDK that runs the tests. */
  static Stream<ResidentSetMode> modes() {
    return ResidentSetMode.of(Runtime.version().feature()).stream();
  }

  /** Without Java 25 with Unsafe, which is as Java 17: the matrix has it. */
  static Stream<ResidentSetMode> fewerModes() {
    List<ResidentSetMode> all = modes().toList();
    return all.stream().filter(mode -> all.size() <= 2 || !mode.name().equals("Unsafe"));
  }

  static Stream<ResidentSetMode> freedModes() {
    return fewerModes().filter(ResidentSetMode::isFreed);
  }

  private static void requireGrowth(ResidentSetMode.Shown shown, int mostMib) {
    assertThat(shown.grown()).as(shown.printed()).isLessThanOrEqualTo(mostMib);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void budget_filledAgainAndAgain_boundsTheProcessAndServesAll(ResidentSetMode mode)
      throws Exception {
    ResidentSetMode.Shown shown = shown(Load.BUDGET, mode);
    requireGrowth(shown, 32 + BUDGET_SLACK_MIB);
    assertThat(shown.refused()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("fewerModes")
  void budget_filledWithRandomSizes_boundsTheProcess(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = shown(Load.BUDGET_OF_RANDOM_SIZES, mode);
    requireGrowth(shown, 32 + BUDGET_SLACK_MIB);
    // Where only the collector frees it may have to come by, once, before what is there fits.
    assertThat(shown.refused()).as(shown.printed()).isLessThanOrEqualTo(shown.byCollector());
    assertThat(shown.refusedLate()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("fewerModes")
  void budget_ofTenMebibytesAndTenTimesTheDemand_boundsTheProcess(ResidentSetMode mode)
      throws Exception {
    requireGrowth(shown(Load.TEN_TIMES_THE_DEMAND, mode), 10 + BUDGET_SLACK_MIB);
    requireGrowth(shown(Load.TEN_TIMES_THE_DEMAND_OFF_THE_LOOP, mode), 10 + BUDGET_SLACK_MIB);
  }

  @ParameterizedTest
  @MethodSource("freedModes")
  void burst_releasedAndSilence_goesBackToTheSystem(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = shown(Load.BURST, mode);
    requireGrowth(shown, BURST_SLACK_MIB);
    assertThat(shown.reserved()).as(shown.printed()).isZero();
  }

  @ParameterizedTest
  @MethodSource("freedModes")
  void burst_withSurvivors_leavesNoMoreThanTheyPin(ResidentSetMode mode) throws Exception {
    ResidentSetMode.Shown shown = shown(Load.SURVIVORS, mode);
    assertThat(shown.liveKib()).as(shown.printed()).isPositive();
    requireGrowth(
        shown,
        BURST_SLACK_MIB
            + (mode.isByPage()
                ? 2 * shown.liveKib() / 1_024 + ResidentSetProbe.LOOPS * LOOP_SLACK_MIB
                : shown.reserved() * 6 / 5));
  }

  /** Eight threads that are no event loops, and ask for more than there is. */
  @ParameterizedTest
  @MethodSource("fewerModes")
  void directBuffer_offTheLoopOnly_processStaysNearTheBudgetAndGivesItBack(ResidentSetMode mode)
      throws Exception {
    ResidentSetMode.Shown shown = shown(Load.OFF_THE_LOOPS_ONLY, mode);
    requireGrowth(shown, OffLoopResidentSetProbe.BUDGET_MIB + BUDGET_SLACK_MIB);
    assertThat(shown.printed()).doesNotContain("refused 0");
    if (mode.isFreed()) {
      assertThat(shown.reserved()).as(shown.printed()).isZero();
    }
  }
}
