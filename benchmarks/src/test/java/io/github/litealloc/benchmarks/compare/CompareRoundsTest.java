package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CompareRoundsTest {

  private final List<Contender> order = new ArrayList<>();
  private final StringWriter progress = new StringWriter();

  private long now = Long.MAX_VALUE - 1; // overflows at once, as System.nanoTime() may
  private int slowFrom = Integer.MAX_VALUE;
  private int interruptedAfter = Integer.MAX_VALUE;
  private int failsAfter = Integer.MAX_VALUE;

  private Duration runLength(int number) {
    return number < slowFrom ? Duration.ofSeconds(1) : Duration.ofSeconds(100);
  }

  private Comparison run(Duration limit) {
    ForkRunner runner =
        (plan, run) -> {
          if (order.size() >= failsAfter) {
            throw new CommandFailure("its JVM has ended", null);
          }
          order.add(run.candidate());
          now += runLength(order.size()).toNanos();
          return MadeUp.fork(order.size());
        };
    return new CompareRounds(
            MadeUp.PLAN,
            runner,
            new PrintWriter(progress),
            () -> now,
            () -> order.size() >= interruptedAfter)
        .run(limit);
  }

  @Test
  void run_enoughTime_alternatesTheCandidatesAndTheirOrder() {
    Comparison comparison = run(Duration.ofHours(1));

    assertThat(comparison.rounds()).isEqualTo(3);
    assertThat(order)
        .containsExactly(
            MadeUp.HYBRID,
            MadeUp.POOLED,
            MadeUp.ADAPTIVE, //
            MadeUp.POOLED,
            MadeUp.ADAPTIVE,
            MadeUp.HYBRID, //
            MadeUp.ADAPTIVE,
            MadeUp.HYBRID,
            MadeUp.POOLED);
    assertThat(comparison.rows())
        .extracting(row -> row.run().candidate())
        .containsExactlyElementsOf(MadeUp.PLAN.candidates());
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 3);
  }

  @Test
  void run_noTimeForAnotherRound_endsAfterACompleteOne() {
    Comparison comparison = run(Duration.ZERO);

    assertThat(comparison.rounds()).isEqualTo(1);
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 1);
    assertThat(progress.toString()).contains("ends with 1 of 3 rounds");
  }

  @Test
  void run_roundReachesTheLimit_isDropped() {
    slowFrom = 5; // the second run of the second round

    Comparison comparison = run(Duration.ofSeconds(50));

    assertThat(order).hasSize(5);
    assertThat(comparison.rounds()).isEqualTo(1);
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 1);
    assertThat(progress.toString()).contains("ends with 1 of 3 rounds");
  }

  @Test
  void run_interruptedInTheFirstRound_keepsWhatThereIs() {
    interruptedAfter = 2;

    Comparison comparison = run(Duration.ofHours(1));

    assertThat(comparison.rounds()).isZero();
    assertThat(comparison.problem()).isEqualTo("interrupted, with 0 of 3 rounds complete");
    assertThat(comparison.rows())
        .extracting(row -> row.run().candidate())
        .containsExactly(MadeUp.HYBRID, MadeUp.POOLED);
    assertThat(comparison.rows().get(0).ratioTo(MadeUp.POOLED)).isPresent();
  }

  @Test
  void run_interruptedLater_keepsWhatWasMeasuredWithEverybody() {
    interruptedAfter = 5;

    Comparison comparison = run(Duration.ofHours(1));

    assertThat(comparison.problem()).isEqualTo("interrupted, with 1 of 3 rounds complete");
    assertThat(comparison.rows()).hasSize(3);
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 1);
  }

  @Test
  void run_oneRunFails_keepsTheOthersAndSaysWhy() {
    failsAfter = 7;

    Comparison comparison = run(Duration.ofHours(1));

    assertThat(comparison.problem()).isEqualTo("its JVM has ended, with 2 of 3 rounds complete");
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 2);
  }

  @Test
  void run_nothingMeasured_fails() {
    failsAfter = 0;

    assertThatThrownBy(() -> run(Duration.ofHours(1)))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("its JVM has ended, before there was any result");
  }

  @Test
  void run_progress_saysWhatIsLeft() {
    run(Duration.ofHours(1));

    assertThat(progress.toString()).contains("(at most 8 s left)").doesNotContain("(at most 0 s");
  }

  @Test
  void run_twoRoundsFit_keepsTwo() {
    Comparison comparison = run(Duration.ofSeconds(7));

    assertThat(comparison.rounds()).isEqualTo(2);
    assertThat(comparison.rows()).allMatch(row -> row.figures().forks().size() == 2);
  }

  @Test
  void round_anyNumber_measuresEverythingOnce() {
    for (int round = 0; round < 10; round++) {
      assertThat(MadeUp.PLAN.round(round).stream().collect(Collectors.toSet()))
          .hasSize(3)
          .hasSameSizeAs(MadeUp.PLAN.round(round));
    }
  }

  @Test
  void round_severalSettings_alternateWithTheCandidates() {
    ComparePlan plan = MadeUp.plan(MadeUp.OLD_SIMPLE, MadeUp.NEW_DISABLED);

    assertThat(plan.round(1))
        .containsExactly(
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.POOLED),
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.ADAPTIVE),
            MadeUp.run(MadeUp.NEW_DISABLED, MadeUp.HYBRID),
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.POOLED),
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.ADAPTIVE),
            MadeUp.run(MadeUp.OLD_SIMPLE, MadeUp.HYBRID));
    assertThat(plan.estimate()).isEqualTo(MadeUp.PLAN.estimate().multipliedBy(2));
  }

  @Test
  void estimate_inSlices_isLonger() {
    ComparePlan plan =
        MadeUp.plan(
            Scenario.of("replace-in-order-1024"), MadeUp.PLAN.candidates(), MadeUp.OLD_SIMPLE);

    assertThat(plan.estimate()).isEqualTo(plan.sliceTimes().perRun().multipliedBy(9));
  }

  @Test
  void estimate_isRunsTimesTheirLength() {
    Duration perRun = MadeUp.PLAN.times().perRun();

    assertThat(MadeUp.PLAN.estimate()).isEqualTo(perRun.multipliedBy(9));
  }
}
