package io.github.litealloc.memory;

import static io.github.litealloc.memory.MemoryPressure.CRITICAL;
import static io.github.litealloc.memory.MemoryPressure.HIGH;
import static io.github.litealloc.memory.MemoryPressure.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the system refuses is not asked for again and again: a question costs half a second and a
 * full collection, for which an event loop stands still.
 */
final class SystemRefusalTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();
  private final MemoryBudget budget = MemoryBudget.of("refused", 100 * UNIT);
  private final Floor none = new Floor(0);
  private final List<MemoryPressure> told = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long millis;
  private final ChunkStore store = store(source);

  private ChunkStore store(MemorySource from) {
    return ChunkStore.builder()
        .source(from)
        .budget(budget)
        .nanoTime(() -> TimeUnit.MILLISECONDS.toNanos(millis))
        .build();
  }

  private @Nullable Chunk take(int units) {
    return store.take(none, units * UNIT, units * UNIT);
  }

  private Chunk taken(int units) {
    Chunk chunk = take(units);
    assertThat(chunk).isNotNull();
    return chunk;
  }

  private void giveBack(Chunk chunk) {
    store.giveBack(none, chunk);
  }

  /** What a listener has been told since the last time. */
  private List<MemoryPressure> told() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    List<MemoryPressure> all = List.copyOf(told);
    told.clear();
    return all;
  }

  @Test
  void allocate_systemRefuses_isAskedOnceForARequestAndNotAgainForAWhile() {
    source.refuse(true);
    for (StrategyFactory strategy :
        List.of(
            Strategies.BUMP_FREE_LIST,
            Strategies.SEGREGATED_BUMP,
            Strategies.FREE_LIST,
            Strategies.HYBRID)) {
      for (int bytes : new int[] {100, UNIT, 5_000_000}) {
        millis += 10_000;
        long before = source.requests();
        try (Arena arena = Arena.builder().strategy(strategy).store(store).build()) {
          assertThat(arena.allocate(bytes)).isEqualTo(Blocks.NO_BLOCK);
          assertThat(source.requests()).isEqualTo(before + 1);
          for (int i = 0; i < 20; i++) {
            assertThat(arena.allocate(bytes)).isEqualTo(Blocks.NO_BLOCK);
          }
          millis += 999;
          assertThat(arena.allocate(bytes)).isEqualTo(Blocks.NO_BLOCK);
          assertThat(source.requests()).isEqualTo(before + 1);

          millis++;
          assertThat(arena.allocate(bytes)).isEqualTo(Blocks.NO_BLOCK);
          assertThat(source.requests()).isEqualTo(before + 2);
        }
      }
    }
    assertThat(budget.refusals()).isZero();
    assertThat(budget.systemRefusals()).isPositive();
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void take_systemHasMemoryAgainAfterThePause_isServedAndAnybodyMayAsk() {
    source.refuse(true);
    assertThat(take(1)).isNull();
    source.refuse(false);
    assertThat(take(1)).isNull();
    millis += 1_000;
    taken(1);
    taken(1);
    assertThat(budget.systemRefusals()).isEqualTo(2);
  }

  @Test
  void take_usualSizeRefused_asksForTheLeastNextTime() {
    source.refuse(true);
    assertThat(store.take(none, 100, 4 * UNIT)).isNull();
    millis += 1_000;
    source.refuse(false);
    assertThat(store.take(none, 100, 4 * UNIT)).isNull(); // the one question is for what follows
    assertThat(store.take(none, 100, UNIT)).isNotNull();
    assertThat(store.take(none, 100, 4 * UNIT)).isNotNull();
  }

  @Test
  void take_enoughWentBackMeanwhile_isWorthAnotherQuestion() {
    Chunk small = taken(1);
    Chunk large = taken(3);
    store.stopRetaining();
    source.refuse(true);
    assertThat(take(3)).isNull();
    giveBack(small);
    long before = source.requests();
    assertThat(take(3)).isNull();
    assertThat(source.requests()).isEqualTo(before); // one unit is not enough for three

    giveBack(large);
    assertThat(take(3)).isNull();
    assertThat(source.requests()).isEqualTo(before + 1);
    assertThat(take(1)).isNull();
    assertThat(source.requests()).isEqualTo(before + 1); // what went back before does not count
  }

  @Test
  void take_whileTheSystemRefuses_isServedByAnyIdleChunkThatIsLargeEnough() {
    List<Chunk> chunks = List.of(taken(1), taken(8), taken(2), taken(80));
    chunks.forEach(this::giveBack);
    source.refuse(true);
    long before = source.requests();

    assertThat(taken(3)).isSameAs(chunks.get(1)); // the smallest of them
    assertThat(taken(3)).isSameAs(chunks.get(3));
    assertThat(source.requests()).isEqualTo(before + 1);
    assertThat(budget.heldBytes()).isEqualTo(88 * UNIT);
    assertThat(budget.reservedBytes()).isEqualTo(91 * UNIT);
    assertThat(store.idleBytes()).isEqualTo(3 * UNIT);
    assertThat(budget.systemRefusals()).isZero();

    chunks.subList(1, 2).forEach(this::giveBack);
    giveBack(chunks.get(3));
    assertThat(budget.heldBytes()).isZero();
  }

  @Test
  void take_largerIdleChunkIsMoreThanTheBudgetAllows_isRefused() {
    Chunk large = taken(60);
    giveBack(large);
    ChunkAccount other = store.openAccount("other", 50 * UNIT);
    source.refuse(true);
    assertThat(take(3)).isNull(); // 60 would break the promise
    assertThat(budget.allottedBytes()).isEqualTo(50 * UNIT);
    other.close();
  }

  @Test
  void take_idleChunksAreEnoughTogether_givesThemUpAndAsksOnceMore() {
    List<Chunk> chunks = List.of(taken(1), taken(1), taken(1));
    chunks.forEach(this::giveBack);
    long before = source.requests();
    source.refuseRequests(before + 1, 1);
    assertThat(take(3)).isNotNull();
    assertThat(source.requests()).isEqualTo(before + 2);
  }

  @Test
  void take_idleChunksAreTooLittle_givesThemUpAndDoesNotAskAgain() {
    giveBack(taken(2));
    long before = source.requests();
    source.refuseRequests(before + 1, 1);
    assertThat(take(3)).isNull();
    assertThat(source.requests()).isEqualTo(before + 1);
    assertThat(store.idleBytes()).isZero();
    millis += 1_000;
    assertThat(take(3)).isNotNull();
  }

  @Test
  void take_sourceFailsAfterThePause_leavesTheQuestionToTheNext() {
    source.refuse(true);
    assertThat(take(1)).isNull();
    millis += 1_000;
    source.answer(TestMemorySource.Answer.BROKEN);
    assertThatThrownBy(() -> take(1)).isInstanceOf(TestMemorySource.Broken.class);
    source.refuse(false);
    taken(1);
  }

  @Test
  void take_whileAnotherThreadAsksAfterThePause_doesWithoutItsAnswer() {
    MemorySource nested =
        new MemorySource() {
          private int depth;

          @Override
          public Memory allocate(int bytes) {
            if (depth++ == 0) {
              throw new OutOfMemoryError("the test refuses");
            }
            assertThat(depth).isEqualTo(2); // the request below does not come here
            assertThat(take()).isNull();
            return source.allocate(bytes);
          }

          private @Nullable Chunk take() {
            return SystemRefusalTest.this.store(this).take(none, UNIT, UNIT);
          }

          @Override
          public String name() {
            return "nested";
          }
        };
    ChunkStore asking = store(nested);
    assertThat(asking.take(none, UNIT, UNIT)).isNull();
    millis += 1_000;
    assertThat(asking.take(none, UNIT, UNIT)).isNotNull();
  }

  @Test
  void take_otherStoreOfTheSameSourceWasRefused_isNotAskedEither() {
    ChunkStore other = store(source);
    source.refuse(true);
    assertThat(take(1)).isNull();
    long before = source.requests();
    assertThat(other.take(none, UNIT, UNIT)).isNull();
    assertThat(source.requests()).isEqualTo(before);
    assertThat(store(new TestMemorySource()).take(none, UNIT, UNIT)).isNotNull();
  }

  @Test
  void pressure_systemRefuses_isCriticalUntilThereIsAChunkAgain() {
    budget.addPressureListener(tasks::add, told::add);
    store.stopRetaining();
    Chunk chunk = taken(1);
    source.refuse(true);
    assertThat(take(1)).isNull();
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    assertThat(told()).containsExactly(CRITICAL);

    source.refuse(false);
    giveBack(chunk);
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    taken(1);
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThat(told()).containsExactly(NORMAL);
  }

  @Test
  void pressure_pauseIsOver_isThatOfTheBytesAgainAndAnnouncedByWhoeverAsks() {
    budget.addPressureListener(tasks::add, told::add);
    taken(85);
    source.refuse(true);
    assertThat(take(1)).isNull();
    assertThat(told()).containsExactly(CRITICAL);
    millis += 999;
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    millis++;
    assertThat(budget.pressure()).isEqualTo(HIGH); // not "critical until below 80 per cent"
    assertThat(told()).containsExactly(HIGH);
  }

  @Test
  void pressure_nobodyAllocatesAnyMore_isOverWithATick() {
    budget.addPressureListener(tasks::add, told::add);
    ChunkAccount account = store.openAccount("ticking", 0);
    source.refuse(true);
    assertThat(account.take(UNIT, UNIT)).isNull();
    assertThat(account.refusedBy()).isEqualTo(Refusal.SYSTEM);
    assertThat(told()).containsExactly(CRITICAL);
    millis += 1_000;
    account.tick(TimeUnit.MILLISECONDS.toNanos(millis), 0, false);
    assertThat(told()).containsExactly(NORMAL);
  }

  /** Whoever stops all traffic when it is critical has nobody left who would ask. */
  @Test
  void pressure_listenerOnAClock_hearsOfTheEndAlthoughNobodyAsks() throws Exception {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(0) {
          @Override
          public void execute(Runnable task) {
            tasks.add(task);
          }

          @Override
          public java.util.concurrent.ScheduledFuture<?> schedule(
              Runnable task, long delay, TimeUnit unit) {
            assertThat(unit.toMillis(delay)).isEqualTo(1_000);
            tasks.add(task);
            return super.schedule(() -> {}, 0, unit);
          }
        };
    budget.addPressureListener(clock, told::add);
    assertThat(told()).isEmpty();
    source.refuse(true);
    assertThat(take(1)).isNull();
    Queue<Runnable> pending = new ArrayDeque<>(tasks);
    tasks.clear();
    assertThat(pending).hasSize(2); // one tells of the change, one will look for the end
    pending.remove().run();
    assertThat(told()).containsExactly(CRITICAL);
    millis += 1_000;
    pending.remove().run();
    assertThat(told()).containsExactly(NORMAL);
    clock.shutdownNow();
  }

  @Test
  void pressure_chargedBytesChangeDuringARefusal_keepTheirOwnLevel() {
    budget.addPressureListener(tasks::add, told::add);
    Chunk chunk = taken(96);
    assertThat(told()).containsExactly(CRITICAL);
    source.refuse(true);
    assertThat(take(1)).isNull();
    store.stopRetaining();
    giveBack(chunk);
    assertThat(told()).isEmpty();
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    millis += 1_000;
    assertThat(budget.pressure()).isEqualTo(NORMAL);
  }

  @Test
  void refusalPauseMillis_none_asksEachTime() {
    ChunkStore eager =
        ChunkStore.builder()
            .source(new TestMemorySource())
            .budget(budget)
            .refusalPauseMillis(0)
            .build();
    TestMemorySource eagerSource = (TestMemorySource) eager.source();
    eagerSource.refuse(true);
    assertThat(eager.take(none, UNIT, UNIT)).isNull();
    assertThat(eager.take(none, UNIT, UNIT)).isNull();
    assertThat(eagerSource.requests()).isEqualTo(2);
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThatThrownBy(() -> ChunkStore.builder().refusalPauseMillis(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("refusalPauseMillis: -1 (expected: at least 0)");
  }
}
