package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that only the garbage collector frees, on every JDK. */
final class CollectedMemoryTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int MAX_UNITS = 64;

  private final Source source = new Source();
  private final MemoryBudget budget = MemoryBudget.of("collected", MAX_UNITS * (long) UNIT);
  private final Floor none = new Floor(0);
  private final List<Runnable> waiting = new ArrayList<>();
  private long nanos = 5;
  private int collections;
  private final CollectorCall collector =
      new CollectorCall(() -> nanos, (delay, task) -> waiting.add(task), () -> collections++);
  private final ChunkStore store = store(0);

  private ChunkStore store(long decayMillis) {
    return ChunkStore.builder()
        .source(source)
        .budget(budget)
        .decayMillis(decayMillis)
        .trimNativeHeap(false)
        .collector(collector)
        .build();
  }

  private @Nullable Chunk tryTake(ChunkStore from, int units) {
    none.refusedBy(null);
    return from.take(none, units * UNIT, units * UNIT);
  }

  private Chunk take(int units) {
    Chunk chunk = tryTake(store, units);
    assertThat(chunk).isNotNull();
    assertThat(chunk.bytes()).isEqualTo(units * UNIT);
    return chunk;
  }

  private void giveBack(Chunk chunk) {
    store.giveBack(none, chunk);
  }

  private void requireCharged(int units, int ofTheseDead) {
    assertThat(budget.reservedBytes()).isEqualTo(units * (long) UNIT);
    assertThat(budget.uncollectedBytes()).isEqualTo(ofTheseDead * (long) UNIT);
  }

  /** The collector takes what is dead, as it does some time or other. */
  private void collectUntil(long chargedUnits) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (budget.reservedBytes() > chargedUnits * UNIT && System.nanoTime() - end < 0) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(budget.reservedBytes()).isEqualTo(chargedUnits * UNIT);
  }

  @Test
  void giveBack_aChunk_leavesItChargedAndServesTheNextRequestOfAnySize() {
    giveBack(take(10));
    requireCharged(10, 10);
    Chunk small = take(3);
    Chunk large = take(7);
    assertThat(source.requests).isEqualTo(1);
    requireCharged(10, 0);
    giveBack(small);
    giveBack(large);
    take(10);
    assertThat(source.requests).isEqualTo(1);
  }

  @Test
  void giveBack_theLastOfARegion_isCreditedOnceTheCollectorHasTakenIt() throws Exception {
    giveBack(take(10));
    collectUntil(0);
    requireCharged(0, 0);
    take(10);
    assertThat(source.requests).isEqualTo(2);
  }

  @Test
  void collector_whileAChunkLives_takesNothingOfItsRegion() throws Exception {
    List<Chunk> live = new ArrayList<>(); // and no other references, which would keep them
    live.add(take(5));
    giveBack(take(5)); // a region of its own
    live.add(take(2));
    for (Chunk chunk : live) {
      for (int i = 0; i < chunk.bytes(); i += 4096) {
        chunk.buffer().putInt(i, i);
      }
    }
    for (int round = 0; round < 3; round++) {
      System.gc();
    }
    requireCharged(10, 3);
    for (Chunk chunk : live) {
      for (int i = 0; i < chunk.bytes(); i += 4096) {
        assertThat(chunk.buffer().getInt(i)).isEqualTo(i);
      }
    }
    giveBackLast(live);
    collectUntil(5);
    giveBackLast(live);
    collectUntil(0);
  }

  private void giveBackLast(List<Chunk> live) {
    giveBack(live.remove(live.size() - 1));
  }

  private void fillWithDeadPieces() {
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < MAX_UNITS / 8; i++) {
      chunks.add(take(8));
    }
    chunks.forEach(this::giveBack);
    requireCharged(MAX_UNITS, MAX_UNITS);
  }

  @Test
  void take_aLargeChunk_hasARegionMadeThatServesOthersLikeIt() {
    for (int i = 0; i < 3; i++) {
      take(20);
    }
    assertThat(source.requests).isEqualTo(1);
    requireCharged(60, 0);
    take(4);
    requireCharged(64, 0);
  }

  @Test
  void take_fromABudgetFullOfWhatIsDead_isRefusedForTheCollectorWhichIsAsked() throws Exception {
    fillWithDeadPieces();
    assertThat(tryTake(store, 40)).isNull();
    assertThat(none.refusedBy()).isEqualTo(Refusal.COLLECTOR);
    assertThat(budget.collectorRefusals()).isEqualTo(1);
    assertThat(budget.refusals()).isZero();
    assertThat(budget.heldBytes()).isZero();
    assertThat(waiting).hasSize(1);
    assertThat(tryTake(store, 40)).isNull();
    assertThat(waiting).hasSize(1);
    assertThat(collections).isZero(); // not on this thread
    waiting.remove(0).run();
    assertThat(collections).isEqualTo(1);
    assertThat(tryTake(store, 8)).isNotNull(); // what fits is served all the time

    collectUntil(8);
    assertThat(tryTake(store, 32)).isNotNull();
  }

  @Test
  void take_thatTheBudgetRefuses_asksNoCollector() {
    take(40);
    assertThat(tryTake(store, 40)).isNull();
    assertThat(none.refusedBy()).isEqualTo(Refusal.BUDGET);
    assertThat(budget.collectorRefusals()).isZero();
    assertThat(waiting).isEmpty();
  }

  @Test
  void take_thatTheSystemRefuses_isCountedAsSuchAndCharged() {
    source.isRefusing = true;
    assertThat(tryTake(store, 1)).isNull();
    assertThat(none.refusedBy()).isEqualTo(Refusal.SYSTEM);
    assertThat(budget.systemRefusals()).isEqualTo(1);
    requireCharged(0, 0);
    assertThat(budget.heldBytes()).isZero();
  }

  @Test
  void ask_again_comesASecondLater() {
    List<Long> delays = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    CollectorCall call =
        new CollectorCall(
            () -> nanos, (delay, task) -> delays.add(delay) && tasks.add(task), () -> {});
    call.ask(() -> {});
    tasks.get(0).run(); // and then it looks
    nanos += CollectorCall.REST_NANOS / 4;
    call.ask(() -> {});
    call.ask(() -> {});
    assertThat(tasks).hasSize(3);
    assertThat(delays.get(0)).isZero();
    assertThat(delays.get(2)).isEqualTo(CollectorCall.REST_NANOS / 4 * 3);
  }

  @Test
  void pressure_ofABudgetFullOfWhatIsDead_isNormal() {
    Chunk half = take(32);
    Chunk rest = take(32);
    assertThat(budget.pressure()).isEqualTo(MemoryPressure.CRITICAL);
    giveBack(half);
    giveBack(rest);
    assertThat(budget.pressure()).isEqualTo(MemoryPressure.NORMAL);
    requireCharged(64, 64);
  }

  @Test
  void otherStore_ofTheSameBudgetAndSource_takesWhatIsDead() {
    giveBack(take(10));
    assertThat(tryTake(store(0), 10)).isNotNull();
    assertThat(source.requests).isEqualTo(1);
  }

  @Test
  void store_thatKeepsWhatIsEmpty_givesItUpForARequestThatNeedsIt() {
    ChunkStore keeping = store(-1);
    List<Chunk> chunks = new ArrayList<>();
    Chunk whole = tryTake(keeping, 64); // so that there is one region
    keeping.giveBack(none, whole);
    keeping.trim();
    for (int i = 0; i < 8; i++) {
      chunks.add(tryTake(keeping, 8));
    }
    chunks.forEach(chunk -> keeping.giveBack(none, chunk));
    assertThat(keeping.idleBytes()).isEqualTo(64L * UNIT);
    assertThat(tryTake(keeping, 60)).isNotNull();
    assertThat(source.requests).isEqualTo(1);
  }

  @Test
  void store_thatIsGone_leavesNothingCharged() throws Exception {
    ChunkStore gone = store(-1);
    gone.giveBack(none, tryTake(gone, 10));
    gone.stopRetaining();
    gone = null;
    collectUntil(0);
  }

  @Test
  void trim_ofWhatTheCollectorHasToFree_saysThatNothingWentBack() {
    ChunkStore keeping = store(-1);
    keeping.giveBack(none, tryTake(keeping, 10));
    assertThat(keeping.trim()).isZero();
    assertThat(keeping.idleBytes()).isZero();
    requireCharged(10, 10);
  }

  private record Live(Chunk chunk, int mark) {

    void require() {
      ByteBuffer buffer = chunk.buffer();
      for (int i = 0; i < chunk.bytes(); i += UNIT / 2) {
        assertThat(buffer.getInt(i)).isEqualTo(mark);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomOperations_withAndWithoutTheCollector_keepChunksApartAndTheBooksRight(long seed)
      throws Exception {
    Random random = new Random(seed);
    List<Live> live = new ArrayList<>();
    long liveUnits = 0;
    for (int step = 0; step < 3_000; step++) {
      if (step % 500 == 499) {
        System.gc();
      }
      if (random.nextInt(100) < 52) {
        int units = 1 + random.nextInt(random.nextBoolean() ? 4 : 30);
        Chunk chunk = tryTake(store, units);
        assertThat(chunk != null || none.refusedBy() != null).isTrue();
        if (chunk == null) {
          Refusal expected = liveUnits + units > MAX_UNITS ? Refusal.BUDGET : Refusal.COLLECTOR;
          assertThat(none.refusedBy()).isEqualTo(expected);
        } else {
          for (int i = 0; i < chunk.bytes(); i += UNIT / 2) {
            chunk.buffer().putInt(i, step);
          }
          live.add(new Live(chunk, step));
          liveUnits += units;
        }
      } else if (!live.isEmpty()) {
        Live done = live.remove(random.nextInt(live.size()));
        done.require();
        liveUnits -= done.chunk().bytes() / UNIT;
        giveBack(done.chunk());
      }
      long uncollected = budget.uncollectedBytes(); // may become less now, and not more
      long reserved = budget.reservedBytes();
      assertThat(reserved).isBetween(liveUnits * UNIT, budget.maxBytes());
      assertThat(reserved - liveUnits * UNIT).isBetween(budget.uncollectedBytes(), uncollected);
      assertThat(budget.heldBytes()).isEqualTo(liveUnits * UNIT);
    }
    live.forEach(Live::require);
    live.forEach(each -> giveBack(each.chunk()));
    live.clear();
    collectUntil(0);
  }

  /** As the JDK's own before Java 22. */
  private static final class Source implements MemorySource {
    private int requests;
    private boolean isRefusing;

    @Override
    public Memory allocate(int bytes) {
      requests++;
      if (isRefusing) {
        throw new OutOfMemoryError("refused by the test");
      }
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
      return new Memory() {
        @Override
        public ByteBuffer buffer() {
          return buffer;
        }

        @Override
        public long address() {
          return 0;
        }

        @Override
        public void release() {
          throw new AssertionError("nobody may ask the collector's work of a source");
        }
      };
    }

    @Override
    public boolean freesAtOnce() {
      return false;
    }

    @Override
    public String name() {
      return "collected";
    }
  }
}
