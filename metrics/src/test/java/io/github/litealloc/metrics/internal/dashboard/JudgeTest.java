package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigures;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.netty.FallbackReason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JudgeTest {

  private final History history = new History();

  private static Moment moment(
      long second, long fallbacks, long failures, BudgetFigures... budgets) {
    AllocatorFigures figures =
        new AllocatorFigures(
            second * 1_000,
            ArenaFigures.NONE,
            1,
            0,
            Map.of(),
            Map.of(FallbackReason.OFF_LOOP, fallbacks, FallbackReason.HEAP, 1_000_000L),
            Map.of(),
            failures);
    return new Moment(
        second * 1_000, List.of(new AllocatorView("a", "hybrid", figures)), List.of(budgets));
  }

  private static BudgetFigures budget(long max, long reserved, long refusals) {
    return new BudgetFigures("b", max, reserved, reserved, refusals);
  }

  @Test
  void judge_nothingHappens_isOk() {
    history.add(moment(0, 0, 0));
    Verdict verdict = Judge.judge(moment(1, 0, 0, budget(100, 85, 0)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.OK);
    assertThat(verdict.reasons()).isEmpty();
  }

  @Test
  void judge_budgetNearlyUsed_isWatch() {
    Verdict verdict = Judge.judge(moment(1, 0, 0, budget(100, 87, 0)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(verdict.reasons()).containsExactly("Budget \"b\" is 87 % used.");
  }

  @Test
  void judge_unlimitedBudget_isOk() {
    Verdict verdict =
        Judge.judge(moment(1, 0, 0, budget(Long.MAX_VALUE, Long.MAX_VALUE - 1, 0)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.OK);
  }

  @Test
  void judge_failuresAndMore_isActAndSaysTheWorstFirst() {
    history.add(moment(0, 0, 2, budget(100, 0, 3)));
    Verdict verdict = Judge.judge(moment(10, 0, 3, budget(100, 99, 5)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.ACT);
    assertThat(verdict.reasons())
        .containsExactly(
            "Once in the last 5 minutes a request for memory failed with an exception.",
            "Budget \"b\" is 99 % used.",
            "2 times in the last 5 minutes a budget refused memory.");
  }

  @Test
  void judge_failuresLongAgo_isOk() {
    history.add(moment(0, 0, 0));
    history.add(moment(100, 0, 9));
    assertThat(Judge.judge(moment(401, 0, 9), history).level()).isEqualTo(Verdict.Level.OK);
  }

  @Test
  void judge_manyBypassTheArenas_isWatch() {
    history.add(moment(0, 0, 0));
    Verdict verdict = Judge.judge(moment(10, 100, 0), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(verdict.reasons())
        .containsExactly("100 % of the requests of the last minute bypassed the arenas.");
  }

  @Test
  void judge_fewRequestsBypass_meanNothing() {
    history.add(moment(0, 0, 0));
    assertThat(Judge.judge(moment(10, 10, 0), history).level()).isEqualTo(Verdict.Level.OK);
  }
}
