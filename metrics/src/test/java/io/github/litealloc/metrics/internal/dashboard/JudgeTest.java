package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.Blocks;
import io.github.litealloc.Hardening;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.memory.MemorySource;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.ElsewhereFigures;
import io.github.litealloc.metrics.internal.LockFigures;
import io.github.litealloc.metrics.internal.LoopFigures;
import io.github.litealloc.metrics.internal.LoopLive;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiveBuffers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JudgeTest {

  private final History history = new History(2);
  private final Judge judge = new Judge(2, Judge.LEAK_WINDOW_MILLIS);

  private static AllocatorView view(
      String name, Map<FallbackReason, Long> fallbacks, long failures, ArenaFigures... loops) {
    Map<String, LoopFigures> byName = new HashMap<>();
    ArenaFigures total = ArenaFigures.NONE;
    for (ArenaFigures loop : loops) {
      byName.put("loop-" + byName.size(), new LoopFigures("loop", false, loop, LoopLive.NONE));
      total = total.plus(loop);
    }
    return view(name, total, byName, fallbacks, failures);
  }

  private static AllocatorView view(
      String name,
      ArenaFigures total,
      Map<String, LoopFigures> loops,
      Map<FallbackReason, Long> fallbacks,
      long failures) {
    return new AllocatorView(
        name,
        "hybrid",
        "b",
        new AllocatorFigures(
            0,
            "hybrid",
            total,
            Map.of(),
            loops,
            fallbacks,
            Map.of(),
            Map.of(FailureReason.BUDGET, failures),
            ElsewhereFigures.NONE,
            new LockFigures(0, 0, 0),
            LiveBuffers.NONE));
  }

  private static AllocatorView idle(String name) {
    return view(name, Map.of(), 0);
  }

  private static Moment moment(long second, AllocatorView a, BudgetFigures... budgets) {
    return new Moment(second * 1_000, List.of(a, idle("other")), List.of(budgets));
  }

  private static BudgetFigures budget(long max, long reserved) {
    return new BudgetFigures("b", max, reserved, reserved, 0, 0, MemoryPressure.NORMAL);
  }

  private Verdict.Reason onlyReason(Moment moment) {
    Verdict verdict = judge.judge(moment, history);
    assertThat(verdict.reasons()).hasSize(1);
    assertThat(verdict.level()).isEqualTo(verdict.reasons().get(0).level());
    return verdict.reasons().get(0);
  }

  @Test
  void judge_allocatorIsSwitchedOff_isWatch() {
    AllocatorFigures off =
        new AllocatorFigures(
            0,
            "hybrid",
            ArenaFigures.NONE,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            new ElsewhereFigures(0, 0, 0, 0, true),
            new LockFigures(0, 0, 0),
            LiveBuffers.NONE);
    Verdict.Reason reason =
        onlyReason(moment(1, new AllocatorView("a", "hybrid", "b", off), budget(100, 1)));
    assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(reason.text()).contains("\"a\" is switched off");
  }

  @Test
  void judge_nothingHappens_isOk() {
    history.add(moment(0, idle("a")));
    Verdict verdict = judge.judge(moment(1, idle("a"), budget(100, 85)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.OK);
    assertThat(verdict.reasons()).isEmpty();
  }

  @Test
  void judge_budgetNearlyUsed_isWatchSinceItWasFirstSeen() {
    assertThat(judge.judge(moment(1, idle("a"), budget(100, 80)), history).reasons()).isEmpty();
    onlyReason(moment(2, idle("a"), budget(100, 86)));
    Verdict.Reason reason = onlyReason(moment(5, idle("a"), budget(100, 87)));
    assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(reason.text()).isEqualTo("Budget \"b\" is 87 % used.");
    assertThat(reason.alert()).isEqualTo("LiteAllocBudgetNearlyUsed");
    assertThat(reason.remedy()).isNotBlank();
    assertThat(reason.sinceMillis()).isEqualTo(2_000);

    judge.judge(moment(6, idle("a"), budget(100, 50)), history);
    assertThat(onlyReason(moment(7, idle("a"), budget(100, 90))).sinceMillis()).isEqualTo(7_000);
  }

  @Test
  void judge_budgetKeepsEmptyChunksAndNobodyIsServed_isWatch() {
    BudgetFigures keeping =
        new BudgetFigures("b", 1L << 30, 62 << 20, 62 << 20, 62 << 20, 0, MemoryPressure.NORMAL);
    history.add(moment(0, idle("a"), keeping));
    assertThat(judge.judge(moment(30, idle("a"), keeping), history).reasons()).isEmpty();
    Verdict.Reason reason = onlyReason(moment(60, idle("a"), keeping));
    assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(reason.alert()).isEqualTo("LiteAllocNotGivenBack");
    assertThat(reason.text())
        .isEqualTo(
            "Budget \"b\" keeps 62.0 MiB of empty chunks, and no allocator of this page has served anything for a minute.");

    try (Arena arena = Arena.builder().build()) {
      arena.allocate(16);
      AllocatorView busy = view("a", Map.of(), 0, arena.statistics().snapshot());
      assertThat(judge.judge(moment(61, busy, keeping), history).reasons()).isEmpty();
      arena.reset();
    }
  }

  @Test
  void judge_unlimitedBudget_isOk() {
    Verdict verdict =
        judge.judge(moment(1, idle("a"), budget(Long.MAX_VALUE, Long.MAX_VALUE - 1)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.OK);
  }

  @Test
  void judge_failuresAndMore_isActAndSaysTheWorstFirst() {
    history.add(moment(0, view("a", Map.of(), 2)));
    Verdict verdict = judge.judge(moment(10, view("a", Map.of(), 3), budget(100, 99)), history);
    assertThat(verdict.level()).isEqualTo(Verdict.Level.ACT);
    assertThat(verdict.reasons())
        .extracting(Verdict.Reason::text)
        .containsExactly(
            "Allocator \"a\": 1 request failed with an exception in the last 5 minutes.",
            "Budget \"b\" is 99 % used.");
  }

  @Test
  void judge_failuresLongAgo_isOk() {
    history.add(moment(0, view("a", Map.of(), 0)));
    history.add(moment(100, view("a", Map.of(), 9)));
    assertThat(judge.judge(moment(401, view("a", Map.of(), 9)), history).level())
        .isEqualTo(Verdict.Level.OK);
  }

  @Test
  void judge_bypassed_namesAllocatorReasonAndRemedy() {
    history.add(moment(0, idle("a")));
    Map<FallbackReason, Long> fallbacks =
        Map.of(FallbackReason.OFF_LOOP, 100L, FallbackReason.HEAP, 1_000_000L);
    Verdict.Reason reason = onlyReason(moment(10, view("a", fallbacks, 0)));
    assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(reason.text())
        .isEqualTo(
            "100 % of the last minute's requests to allocator \"a\" came from threads that are no"
                + " event loops (off-loop), and went past its budget.");
    assertThat(reason.remedy()).contains("OffLoopPolicy");
    assertThat(reason.alert()).isEqualTo("LiteAllocFallbackShare");
  }

  @Test
  void judge_fewRequestsBypass_meanNothing() {
    history.add(moment(0, idle("a")));
    Map<FallbackReason, Long> fallbacks = Map.of(FallbackReason.OFF_LOOP, 10L);
    assertThat(judge.judge(moment(10, view("a", fallbacks, 0)), history).level())
        .isEqualTo(Verdict.Level.OK);
  }

  @Test
  void judge_requestsPastAFullBudget_isAct() {
    ChunkStore store = ChunkStore.builder().budget(MemoryBudget.of("b", 1 << 16)).build();
    try (Arena arena = Arena.builder().store(store).build()) {
      history.add(moment(0, idle("a")));
      assertThat(arena.allocate(1 << 20)).isEqualTo(Blocks.NO_BLOCK);
      Map<FallbackReason, Long> fallbacks = Map.of(FallbackReason.EXHAUSTED, 10L);
      Verdict verdict =
          judge.judge(
              moment(1, view("a", fallbacks, 0, arena.statistics().snapshot()), budget(100, 85)),
              history);
      assertThat(verdict.level()).isEqualTo(Verdict.Level.ACT);
      assertThat(verdict.reasons())
          .extracting(Verdict.Reason::alert)
          .containsExactly("LiteAllocPastBudget", "LiteAllocChunksRefused");
      assertThat(verdict.reasons())
          .extracting(Verdict.Reason::text)
          .containsExactly(
              "100 % of the last minute's requests to allocator \"a\" went past its budget, and the"
                  + " ceiling does not hold; budget \"b\" is 85 % used.",
              "Allocator \"a\" was refused memory for 1 request in the last 5 minutes, by its"
                  + " budget; budget \"b\" is 85 % used.");
    }
  }

  /** One of a million is an exception; so is the only one in a while. */
  @Test
  void judge_hardlyAnythingPastTheBudget_isNoAct() {
    history.add(moment(0, idle("a")));
    Map<FallbackReason, Long> one = Map.of(FallbackReason.EXHAUSTED, 1L);
    assertThat(judge.judge(moment(1, view("a", one, 0)), history).reasons()).isEmpty();
    try (Arena arena = Arena.builder().build()) {
      for (int i = 0; i < 1_000; i++) {
        arena.allocate(16);
      }
      AllocatorView busy =
          view("a", Map.of(FallbackReason.EXHAUSTED, 10L), 0, arena.statistics().snapshot());
      assertThat(judge.judge(moment(2, busy), history).reasons()).isEmpty();
      arena.reset();
    }
  }

  /** It is no use to raise a budget that has room. */
  @Test
  void judge_systemRefuses_saysSoAndNotThatTheBudgetDid() {
    MemorySource none =
        new MemorySource() {
          @Override
          public Memory allocate(int bytes) {
            throw new OutOfMemoryError("the test has none");
          }

          @Override
          public String name() {
            return "none";
          }
        };
    ChunkStore store =
        ChunkStore.builder().source(none).budget(MemoryBudget.of("b", 1 << 20)).build();
    try (Arena arena = Arena.builder().store(store).build()) {
      history.add(moment(0, idle("a")));
      assertThat(arena.allocate(100)).isEqualTo(Blocks.NO_BLOCK);
      Verdict.Reason reason =
          onlyReason(
              moment(1, view("a", Map.of(), 0, arena.statistics().snapshot()), budget(100, 50)));
      assertThat(reason.alert()).isEqualTo("LiteAllocChunksRefused");
      assertThat(reason.text())
          .isEqualTo(
              "Allocator \"a\" was refused memory for 1 request in the last 5 minutes, mostly by"
                  + " the system; budget \"b\" is 50 % used.");
      assertThat(reason.remedy()).contains("MaxDirectMemorySize").doesNotContain("maxBytes");
    }
  }

  @Test
  void judge_memoryIsMisused_isWatch() {
    try (Arena arena =
        Arena.builder().hardening(Hardening.debug().telling(violation -> {})).build()) {
      history.add(moment(0, idle("a")));
      long block = arena.allocate(100);
      arena.buffer(block).put(Blocks.offset(block) + 100, (byte) 1);
      arena.free(block, 100);
      Verdict.Reason reason =
          onlyReason(moment(1, view("a", Map.of(), 0, arena.statistics().snapshot())));
      assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
      assertThat(reason.alert()).isEqualTo("LiteAllocMisuse");
      assertThat(reason.text())
          .isEqualTo("Allocator \"a\" found 1 misuse of memory in the last 5 minutes.");
    }
  }

  private static AllocatorView waiting(String name, long buffers) {
    LoopFigures loop = new LoopFigures("loop", false, ArenaFigures.NONE, new LoopLive(0, buffers));
    return view(name, ArenaFigures.NONE, Map.of("loop", loop), Map.of(), 0);
  }

  /** A wave of them may wait for a moment. */
  @Test
  void judge_buffersWaitForALoopForAMinute_isWatch() {
    for (int second = 0; second < 60; second++) {
      assertThat(judge.judge(moment(second, waiting("a", 15_000)), history).reasons()).isEmpty();
    }
    Verdict.Reason reason = onlyReason(moment(60, waiting("a", 15_000)));
    assertThat(reason.level()).isEqualTo(Verdict.Level.WATCH);
    assertThat(reason.alert()).isEqualTo("LiteAllocRemoteQueueBacklog");
    assertThat(reason.text())
        .isEqualTo(
            "Event loop \"loop\" of allocator \"a\" has had more than 10,000 buffers waiting for it for a"
                + " minute, which other threads have released.");

    assertThat(judge.judge(moment(61, waiting("a", 10_000)), history).reasons()).isEmpty();
    assertThat(judge.judge(moment(62, waiting("a", 15_000)), history).reasons()).isEmpty();
  }

  /** By an hour, in either direction; by the other clock ten seconds have passed. */
  @ParameterizedTest
  @ValueSource(longs = {-3_600_000, 3_600_000})
  void judge_somebodySetsTheClock_changesNothing(long jumpMillis) {
    long time = 1_700_000_000_000L;
    history.add(new Moment(time, 0, List.of(idle("a"), idle("other")), List.of(), List.of()));
    Map<FallbackReason, Long> few = Map.of(FallbackReason.OFF_LOOP, 9L); // in ten seconds
    Moment now =
        new Moment(
            time + jumpMillis,
            10_000,
            List.of(view("a", few, 1), idle("other")),
            List.of(),
            List.of());
    assertThat(onlyReason(now).alert()).isEqualTo("LiteAllocAllocationFailures");
    assertThat(history.span(now, 60_000)).isEqualTo(10_000);
  }

  @Test
  void judge_clockIsSetWhileBuffersAreLive_isNoLeak() {
    try (Arena arena = Arena.builder().strategy("hybrid").build()) {
      for (int hour = 0; hour < 6; hour++) {
        for (int i = 0; i < 1_000; i++) {
          arena.allocate(16);
        }
        AllocatorView view = view("a", Map.of(), 0, arena.statistics().snapshot());
        Moment now =
            new Moment(
                hour * 3_600_000L,
                hour * 1_000L,
                List.of(view, idle("other")),
                List.of(),
                List.of());
        assertThat(judge.judge(now, history).reasons()).isEmpty();
      }
      arena.reset();
    }
  }

  /** Half hours in which at least so many are live; and waves, and noise. */
  @Test
  void judge_fewestLiveBuffersRiseFromWindowToWindow_isASuspectedLeak() {
    try (Arena arena = Arena.builder().strategy("hybrid").build()) {
      List<Verdict.Reason> reasons = List.of();
      long second = 0;
      for (; second <= 180 * 60; second += 60) {
        for (int i = 0; i < 10; i++) {
          arena.allocate(16); // ten a minute: 600 an hour
        }
        AllocatorView view = view("a", Map.of(), 0, arena.statistics().snapshot());
        reasons = judge.judge(moment(second, view), history).reasons();
        if (second < 150 * 60) {
          assertThat(reasons).as("not all windows are seen after %s s", second).isEmpty();
        }
      }
      assertThat(reasons).hasSize(1);
      assertThat(reasons.get(0).level()).isEqualTo(Verdict.Level.WATCH);
      assertThat(reasons.get(0).alert()).isEqualTo("LiteAllocSuspectedLeak");
      assertThat(reasons.get(0).text())
          .isEqualTo(
              "Allocator \"a\" may leak: at least 1,520 live all through the last 30 min, 920 60"
                  + " min before, 320 2 h before.");
      arena.reset();
    }
  }

  @Test
  void judge_wavesOfLiveBuffers_areNoLeak() {
    try (Arena arena = Arena.builder().strategy("hybrid").build()) {
      for (long minute = 0; minute <= 300; minute++) {
        if (minute % 20 == 0) {
          arena.reset();
        }
        for (int i = 0; i < minute; i++) {
          arena.allocate(16);
        }
        AllocatorView view = view("a", Map.of(), 0, arena.statistics().snapshot());
        assertThat(judge.judge(moment(60 * minute, view), history).reasons()).isEmpty();
      }
      arena.reset();
    }
  }

  @Test
  void judge_noneOfOurs_isUnknown() {
    Moment netty = new Moment(1, List.of(), List.of());
    Judge other = new Judge(0, Judge.LEAK_WINDOW_MILLIS);
    assertThat(other.judge(netty, new History(0)).level()).isEqualTo(Verdict.Level.UNKNOWN);
  }

  @Test
  void judge_manyHealthyLoops_areNoWaste() {
    for (int loops : new int[] {1, 64, 512}) {
      ArenaFigures[] figures = new ArenaFigures[loops];
      try (Arena arena = Arena.builder().strategy("hybrid").build()) {
        arena.allocate(100);
        arena.allocate(100_000);
        java.util.Arrays.fill(figures, arena.statistics().snapshot());
      }
      Verdict verdict = judge.judge(moment(1, view("a", Map.of(), 0, figures)), history);
      assertThat(verdict.reasons()).as("%s loops", loops).isEmpty();
    }
  }

  @Test
  void judge_fragmented_isWatch() {
    try (Arena arena = Arena.builder().strategy("segregated-bump").build()) {
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 4_000; i++) {
        blocks.add(arena.allocate(20_000));
        arena.allocate(16);
      }
      blocks.forEach(block -> arena.free(block, 20_000));
      Verdict.Reason reason =
          onlyReason(moment(1, view("a", Map.of(), 0, arena.statistics().snapshot())));
      assertThat(reason.alert()).isEqualTo("LiteAllocFragmented");
      assertThat(reason.text()).startsWith("Allocator \"a\" pins ");
      arena.reset();
    }
  }
}
