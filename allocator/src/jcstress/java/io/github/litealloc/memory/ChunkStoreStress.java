package io.github.litealloc.memory;

import static io.github.litealloc.memory.StressSource.UNIT;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** No chunk is lost or handed out twice, and idle chunks keep nobody from a floor. */
final class ChunkStoreStress {

  private ChunkStoreStress() {}

  static ChunkStore store(MemoryBudget budget) {
    return ChunkStore.builder()
        .source(new StressSource())
        .budget(budget)
        .nanoTime(() -> 0) // nothing here depends on time, and reading it would take most of it
        .build();
  }

  /** Has a store keep one chunk of two units, which fills a budget of two. */
  static void keepTwoUnits(ChunkStore store) {
    Floor none = new Floor(0);
    @Nullable Chunk chunk = store.take(none, 2 * UNIT, 2 * UNIT);
    if (chunk != null) {
      store.giveBack(none, chunk);
    }
  }

  static int units(long bytes) {
    return (int) (bytes / UNIT);
  }

  /** Two arenas want their first chunks while an idle one, too large for them, fills the budget. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both got their floors")
  @Outcome(expect = FORBIDDEN, desc = "refused below a floor, or miscounted")
  @State
  public static class FloorsBehindIdleChunk {
    private final MemoryBudget budget = MemoryBudget.of("stress", 2 * UNIT);
    private final ChunkStore store = store(budget);
    private final Floor one = new Floor(UNIT);
    private final Floor other = new Floor(UNIT);

    public FloorsBehindIdleChunk() {
      keepTwoUnits(store);
      budget.promise(one);
      budget.promise(other);
    }

    @Actor
    public void one(III_Result result) {
      result.r1 = store.take(one, UNIT, UNIT) != null ? 1 : 0;
    }

    @Actor
    public void other(III_Result result) {
      result.r2 = store.take(other, UNIT, UNIT) != null ? 1 : 0;
    }

    @Arbiter
    public void reserved(III_Result result) {
      result.r3 = units(budget.reservedBytes());
    }
  }

  /** An arena wants its floor while another thread trims the chunk that is in its way. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the floor was there")
  @Outcome(expect = FORBIDDEN, desc = "refused because a chunk was on its way, or miscounted")
  @State
  public static class FloorWhileTrimming {
    private final MemoryBudget budget = MemoryBudget.of("stress", 2 * UNIT);
    private final ChunkStore store = store(budget);
    private final Floor floor = new Floor(UNIT);

    public FloorWhileTrimming() {
      keepTwoUnits(store);
      budget.promise(floor);
    }

    @Actor
    public void take(II_Result result) {
      result.r1 = store.take(floor, UNIT, UNIT) != null ? 1 : 0;
    }

    @Actor
    public void trim() {
      store.trim();
    }

    @Arbiter
    public void reserved(II_Result result) {
      result.r2 = units(budget.reservedBytes());
    }
  }

  /** One idle chunk, and two arenas that want it. */
  @JCStressTest
  @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "the one got it")
  @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "the other got it")
  @Outcome(expect = FORBIDDEN, desc = "handed out twice, or lost")
  @State
  public static class OneChunkForTwo {
    private final MemoryBudget budget = MemoryBudget.of("stress", 2 * UNIT);
    private final ChunkStore store = store(budget);
    private final Floor one = new Floor(0);
    private final Floor other = new Floor(0);

    public OneChunkForTwo() {
      keepTwoUnits(store);
    }

    @Actor
    public void one(III_Result result) {
      result.r1 = store.take(one, 2 * UNIT, 2 * UNIT) != null ? 1 : 0;
    }

    @Actor
    public void other(III_Result result) {
      result.r2 = store.take(other, 2 * UNIT, 2 * UNIT) != null ? 1 : 0;
    }

    @Arbiter
    public void sum(III_Result result) {
      result.r3 = units(budget.heldBytes() + store.idleBytes());
    }
  }

  /** A chunk is given back while the store stops keeping chunks. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "everything went back to the system")
  @Outcome(expect = FORBIDDEN, desc = "a chunk was kept by a store that keeps none")
  @State
  public static class GiveBackWhileStopping {
    private final MemoryBudget budget = MemoryBudget.of("stress", 2 * UNIT);
    private final ChunkStore store = store(budget);
    private final Floor floor = new Floor(0);
    private final @Nullable Chunk chunk = store.take(floor, UNIT, UNIT);

    @Actor
    public void giveBack() {
      if (chunk != null) {
        store.giveBack(floor, chunk);
      }
    }

    @Actor
    public void stop() {
      store.stopRetaining();
    }

    @Arbiter
    public void reserved(II_Result result) {
      result.r1 = units(budget.reservedBytes());
      result.r2 = units(store.idleBytes());
    }
  }
}
