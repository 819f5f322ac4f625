package io.github.litealloc.memory;

import static io.github.litealloc.memory.MemoryPressure.CRITICAL;
import static io.github.litealloc.memory.MemoryPressure.HIGH;
import static io.github.litealloc.memory.MemoryPressure.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.support.WithoutStackTrace;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class MemoryPressureTest {

  private final MemoryBudget budget = MemoryBudget.of("pressed", 1_000);
  private final Floor none = new Floor(0);
  private final List<MemoryPressure> told = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** What the listener has been told so far. */
  private List<MemoryPressure> told() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    return told;
  }

  /** Charges or credits until exactly so many bytes are charged. */
  private MemoryPressure charge(long bytes) {
    long delta = bytes - budget.reservedBytes();
    if (delta >= 0) {
      assertThat(budget.tryClaim(none, delta) && budget.reserve(delta)).isTrue();
    } else {
      budget.credit(-delta);
      budget.unclaim(none, -delta);
    }
    told();
    return budget.pressure();
  }

  @Test
  void pressure_rising_changesAtItsMarks() {
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThat(charge(799)).isEqualTo(NORMAL);
    assertThat(charge(800)).isEqualTo(HIGH);
    assertThat(charge(949)).isEqualTo(HIGH);
    assertThat(charge(950)).isEqualTo(CRITICAL);
    assertThat(charge(1_000)).isEqualTo(CRITICAL);
  }

  @Test
  void pressure_falling_isLeftWellBelowItsMark() {
    charge(1_000);
    assertThat(charge(900)).isEqualTo(CRITICAL);
    assertThat(charge(800)).isEqualTo(CRITICAL);
    assertThat(charge(799)).isEqualTo(HIGH);
    assertThat(charge(700)).isEqualTo(HIGH);
    assertThat(charge(699)).isEqualTo(NORMAL);
    assertThat(charge(799)).isEqualTo(NORMAL);
  }

  @Test
  void pressure_manyLevelsAtOnce_isTheLast() {
    assertThat(charge(1_000)).isEqualTo(CRITICAL);
    assertThat(charge(0)).isEqualTo(NORMAL);
  }

  @Test
  void pressureNanos_ofEachLevel_growWhileItLasts() {
    assertThat(budget.pressureNanos(HIGH)).isZero();
    charge(850);
    while (budget.pressureNanos(HIGH) == 0) {
      Thread.onSpinWait();
    }
    charge(960);
    long high = budget.pressureNanos(HIGH);
    while (budget.pressureNanos(CRITICAL) == 0) {
      Thread.onSpinWait();
    }
    charge(0);
    long critical = budget.pressureNanos(CRITICAL);
    long normal = budget.pressureNanos(NORMAL);
    while (budget.pressureNanos(NORMAL) == normal) {
      Thread.onSpinWait();
    }
    assertThat(budget.pressureNanos(HIGH)).isEqualTo(high);
    assertThat(budget.pressureNanos(CRITICAL)).isEqualTo(critical);
  }

  @Test
  void pressure_refusedCharge_staysAsItIs() {
    charge(100);
    assertThat(budget.tryClaim(none, 901)).isFalse();
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThat(budget.refusals()).isEqualTo(1);
  }

  @Test
  void listener_addedWhenTheLevelIsHigh_isToldAtOnce() {
    charge(850);
    budget.addPressureListener(tasks::add, told::add);
    assertThat(told()).containsExactly(HIGH);
  }

  @Test
  void pressure_unlimitedBudget_staysNormal() {
    MemoryBudget unlimited = MemoryBudget.unlimited("u");
    assertThat(unlimited.reserve(1L << 50)).isTrue();
    assertThat(unlimited.pressure()).isEqualTo(NORMAL);
  }

  @Test
  void listener_everyChange_isToldOnceAndInOrder() throws Exception {
    AutoCloseable registration = budget.addPressureListener(tasks::add, told::add);
    charge(500);
    charge(850);
    charge(860);
    charge(960);
    charge(750);
    charge(750);
    charge(10);
    assertThat(told()).containsExactly(HIGH, CRITICAL, HIGH, NORMAL);

    registration.close();
    charge(1_000);
    assertThat(told()).hasSize(4);
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
  }

  @Test
  void listener_throws_othersAreToldAndTheChargeHolds() {
    budget.addPressureListener(
        tasks::add,
        level -> {
          throw new WithoutStackTrace("a listener may throw");
        });
    budget.addPressureListener(tasks::add, told::add);
    charge(960);
    assertThat(told()).containsExactly(CRITICAL);
    assertThat(budget.reservedBytes()).isEqualTo(960);
  }

  /** Has a budget raise its level while an arena allocates, and says where the listener ran. */
  private static Thread listenerOf(Executor executor, CountDownLatch told) throws Exception {
    MemoryBudget budget = MemoryBudget.of("b", 4 * ChunkStore.CHUNK_UNIT_BYTES);
    AtomicReference<Thread> thread = new AtomicReference<>();
    budget.addPressureListener(
        executor,
        level -> {
          thread.set(Thread.currentThread());
          told.countDown();
        });
    ChunkStore store =
        ChunkStore.builder().source(new TestMemorySource()).budget(budget).decayMillis(0).build();
    try (Arena arena = Arena.builder().store(store).build()) {
      arena.allocate(4 * ChunkStore.CHUNK_UNIT_BYTES);
      assertThat(told.await(60, TimeUnit.SECONDS)).isTrue(); // the level is not to fall before
      arena.reset();
    }
    return thread.get();
  }

  @Test
  void listener_executorRunsItAtOnce_isCalledOnAnotherThread() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Thread thread = listenerOf(Runnable::run, told);
    assertThat(thread).isNotNull().isNotSameAs(Thread.currentThread());
  }

  @Test
  void listener_executorRunsItLaterOnTheSameThread_isCalledThere() throws Exception {
    charge(850);
    tasks.clear();
    List<Thread> threads = new ArrayList<>();
    budget.addPressureListener(tasks::add, level -> threads.add(Thread.currentThread()));
    told();
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void listener_executorThrows_othersAreToldAndTheChargeHolds() {
    budget.addPressureListener(
        task -> {
          throw new WithoutStackTrace("an executor may be shut down");
        },
        told::add);
    budget.addPressureListener(
        task -> {
          throw new AssertionError("or broken");
        },
        told::add);
    budget.addPressureListener(tasks::add, told::add);
    charge(960);
    assertThat(told()).containsExactly(CRITICAL);
    assertThat(budget.reservedBytes()).isEqualTo(960);
  }

  @Test
  void listener_noStackToTellIt_hearsOfItWhenSomebodyAsks() {
    AtomicInteger calls = new AtomicInteger();
    budget.addPressureListener(
        task -> {
          if (calls.incrementAndGet() <= 3) {
            throw new StackOverflowError("by the test");
          }
          tasks.add(task);
        },
        told::add);
    List<MemoryPressure> others = new ArrayList<>();
    budget.addPressureListener(tasks::add, others::add);

    assertThat(budget.tryClaim(none, 960) && budget.reserve(960)).isTrue();
    assertThat(told()).isEmpty();
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    assertThat(told()).isEmpty();
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    assertThat(told()).containsExactly(CRITICAL);
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
    assertThat(calls).hasValue(4);
    assertThat(told()).containsExactly(CRITICAL);
    assertThat(others).containsExactly(CRITICAL);
  }

  @Test
  void listener_closedWhileATaskWaits_isNotCalled() throws Exception {
    AutoCloseable registration = budget.addPressureListener(tasks::add, told::add);
    assertThat(budget.tryClaim(none, 960) && budget.reserve(960)).isTrue();
    assertThat(tasks).isNotEmpty();
    registration.close();
    assertThat(told()).isEmpty();
  }

  @Test
  void pressure_arenaOnTheBudget_followsIt() {
    int unit = ChunkStore.CHUNK_UNIT_BYTES;
    MemoryBudget small = MemoryBudget.of("small", 10 * unit);
    small.addPressureListener(tasks::add, told::add);
    ChunkStore store =
        ChunkStore.builder().source(new TestMemorySource()).budget(small).decayMillis(0).build();
    Arena arena = Arena.builder().strategy("free-list").store(store).build();
    long block = arena.allocate(8 * unit);
    assertThat(told()).containsExactly(HIGH);
    assertThat(arena.allocate(8 * unit)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(told()).containsExactly(HIGH); // a refusal is counted, and says nothing of the level
    assertThat(small.refusals()).isPositive();
    arena.free(block, 8 * unit);
    arena.close();
    assertThat(told()).containsExactly(HIGH, NORMAL);
  }
}
