package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.support.Threads;
import io.github.litealloc.support.WithoutStackTrace;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ChunkStoreTest {

  private static final List<StrategyFactory> BUILT_IN =
      List.of(
          Strategies.BUMP_FREE_LIST,
          Strategies.SEGREGATED_BUMP,
          Strategies.FREE_LIST,
          Strategies.HYBRID);

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();
  private final MemoryBudget budget = MemoryBudget.of("store", 16 * UNIT);
  private final Floor none = new Floor(0);

  /** A store that keeps empty chunks until it is told otherwise, or none at all. */
  private ChunkStore store(boolean isRetaining) {
    return ChunkStore.builder()
        .source(source)
        .budget(budget)
        .decayMillis(isRetaining ? -1 : 0)
        .build();
  }

  private static Chunk taken(@Nullable Chunk chunk) {
    if (chunk == null) {
      throw new AssertionError("refused");
    }
    return chunk;
  }

  private Chunk take(ChunkStore store, int bytes) {
    return taken(store.take(none, bytes, bytes));
  }

  @Test
  void take_fresh_chargesExactlyItsBytes() {
    ChunkStore store = store(false);
    Chunk chunk = take(store, 2 * UNIT);

    assertThat(chunk.bytes()).isEqualTo(2 * UNIT);
    assertThat(budget.reservedBytes()).isEqualTo(2 * UNIT);
    assertThat(store.idleBytes()).isZero();
    store.giveBack(none, chunk);
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void take_idleChunkFits_reusesTheMostRecent() {
    ChunkStore store = store(true);
    Chunk first = take(store, UNIT);
    Chunk second = take(store, UNIT);
    store.giveBack(none, first);
    store.giveBack(none, second);
    assertThat(store.idleBytes()).isEqualTo(2 * UNIT);
    assertThat(budget.reservedBytes()).isEqualTo(2 * UNIT);

    assertThat(store.take(none, 100, UNIT)).isSameAs(second);
    assertThat(store.take(none, 100, UNIT)).isSameAs(first);
    assertThat(store.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(2 * UNIT);
  }

  @Test
  void take_idleChunkTooSmallOrMuchTooLarge_takesAFreshOne() {
    ChunkStore store = store(true);
    Chunk small = take(store, UNIT);
    Chunk large = take(store, 8 * UNIT);
    store.giveBack(none, small);
    store.giveBack(none, large);

    Chunk middle = taken(store.take(none, UNIT + 1, 4 * UNIT));
    assertThat(middle.bytes()).isEqualTo(4 * UNIT);
    assertThat(store.take(none, UNIT, 4 * UNIT)).isSameAs(small); // smaller than usual, but enough
    assertThat(store.idleBytes()).isEqualTo(8 * UNIT);
  }

  @Test
  void giveBack_notRetaining_goesToTheSystemAtOnce() {
    ChunkStore store = store(false);
    store.giveBack(none, take(store, UNIT));
    assertThat(store.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void stopRetaining_idleAndLaterChunks_goToTheSystem() {
    ChunkStore store = store(true);
    Chunk kept = take(store, UNIT);
    store.giveBack(none, take(store, 3 * UNIT));
    assertThat(store.idleBytes()).isEqualTo(3 * UNIT);
    store.stopRetaining();
    assertThat(store.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
    store.giveBack(none, kept);
    assertThat(source.pieces()).isZero();
  }

  @Test
  void trim_toATarget_givesTheOldestBackFirst() {
    ChunkStore store = store(true);
    List<Chunk> chunks = takeAndGiveBack(store, 5);

    assertThat(store.trim(5 * UNIT)).isZero();
    assertThat(store.trim(3 * UNIT)).isEqualTo(2 * UNIT);
    assertThat(store.trim(2 * UNIT - 1)).isEqualTo(2 * UNIT); // whole chunks only
    assertThat(store.idleBytes()).isEqualTo(UNIT);
    assertThat(store.take(none, UNIT, UNIT)).isSameAs(chunks.get(4));
    assertThat(store.trim(0)).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
  }

  /** Chunks of one unit each, the first of which was given back first. */
  private List<Chunk> takeAndGiveBack(ChunkStore store, int count) {
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chunks.add(take(store, UNIT));
    }
    chunks.forEach(chunk -> store.giveBack(none, chunk));
    return chunks;
  }

  @Test
  void trim_idleChunks_givesAllBackAndTellsHowMuch() {
    ChunkStore store = store(true);
    Chunk kept = take(store, UNIT);
    store.giveBack(none, take(store, 2 * UNIT));
    store.giveBack(none, take(store, 3 * UNIT));

    assertThat(store.trim()).isEqualTo(5 * UNIT);
    assertThat(store.idleBytes()).isZero();
    assertThat(store.trim()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(UNIT);
    store.giveBack(none, kept);
  }

  @Test
  void take_budgetExhaustedByIdleChunks_givesThemUp() {
    ChunkStore store = store(true);
    Chunk kept = take(store, UNIT);
    store.giveBack(none, take(store, 8 * UNIT));

    Chunk large = take(store, 12 * UNIT);
    assertThat(store.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(13 * UNIT);
    assertThat(source.bytes()).isEqualTo(13 * UNIT);
    store.giveBack(none, large);
    store.giveBack(none, kept);
  }

  @Test
  void take_budgetExhausted_isRefusedAndNothingIsCharged() {
    ChunkStore store = store(true);
    Chunk chunk = take(store, 10 * UNIT);

    assertThat(store.take(none, 7 * UNIT, 7 * UNIT)).isNull();
    assertThat(budget.reservedBytes()).isEqualTo(10 * UNIT);
    assertThat(budget.refusals()).isPositive();
    assertThat(source.pieces()).isEqualTo(1);
    store.giveBack(none, chunk);
    assertThat(take(store, 7 * UNIT).bytes()).isEqualTo(7 * UNIT);
  }

  @Test
  void take_twoStoresOnOneBudget_shareIt() {
    ChunkStore one = store(false);
    ChunkStore other = store(false);
    Chunk chunk = take(one, 10 * UNIT);
    assertThat(other.take(none, 7 * UNIT, 7 * UNIT)).isNull();
    one.giveBack(none, chunk);
    assertThat(take(other, 7 * UNIT).bytes()).isEqualTo(7 * UNIT);
  }

  @Test
  void take_budgetExhaustedByAnotherStoresIdleChunks_givesThemUp() {
    ChunkStore one = store(true);
    ChunkStore other = store(true);
    Chunk live = take(one, UNIT);
    one.giveBack(none, take(one, 10 * UNIT));

    assertThat(take(other, 15 * UNIT).bytes()).isEqualTo(15 * UNIT);
    assertThat(one.idleBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(16 * UNIT);
    assertThat(other.take(none, UNIT, UNIT)).isNull(); // what is live stays
    live.buffer().putInt(0, 1);
  }

  @Test
  void decayMillis_belowNever_isRefused() {
    assertThatThrownBy(() -> ChunkStore.builder().decayMillis(-2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("decayMillis: -2 (expected: >= 0, or -1 for never)");
  }

  @Test
  void builder_defaults_areTheDocumentedOnes() {
    ChunkStore store = ChunkStore.builder().build();
    assertThat(store.source()).isSameAs(MemorySource.range().orElseGet(MemorySource::jdk));
    assertThat(store.budget()).isSameAs(MemoryBudget.ofProcess());
    assertThat(ChunkStore.DEFAULT_DECAY_MILLIS).isEqualTo(10_000);
  }

  // Sources that misbehave. Whatever they do, the budget is exact afterwards.

  @Test
  void take_sourceHasNoMemory_isRefused() {
    source.refuse(true);
    assertThat(store(false).take(none, UNIT, UNIT)).isNull();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.refusals()).isZero();
    assertThat(budget.systemRefusals()).isEqualTo(1);
  }

  @Test
  void take_sourceThrows_isThrownOn() {
    assertFails(
        bytes -> {
          throw new IllegalStateException("broken source");
        },
        "broken source");
  }

  @Test
  void take_sourceReturnsAnotherSize_saysWhatIsExpected() {
    assertFails(bytes -> ByteBuffer.allocateDirect(bytes - 16), "(expected: a direct buffer of ");
    assertFails(bytes -> ByteBuffer.allocateDirect(bytes + 16), "(expected: a direct buffer of ");
  }

  @Test
  void take_sourceReturnsNothingOrAReadOnlyBuffer_saysWhatIsExpected() {
    assertFails(bytes -> null, "returned null (expected: a direct buffer of ");
    assertFails(
        bytes -> ByteBuffer.allocateDirect(bytes).asReadOnlyBuffer(),
        "(expected: a direct buffer of ");
    assertFails(
        bytes -> ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN),
        "writable and big-endian)");
  }

  @Test
  void take_sourceReturnsHeapBuffer_saysWhatIsExpected() {
    assertFails(ByteBuffer::allocate, "(expected: a direct buffer of ");
  }

  @Test
  void take_sourceReturnsMisalignedBuffer_saysWhatIsExpected() {
    assertFails(
        bytes -> {
          ByteBuffer all = ByteBuffer.allocateDirect(bytes + 32);
          int toGranule = (16 - all.alignmentOffset(0, 16)) % 16;
          return all.slice(toGranule + 8, bytes);
        },
        "remainder 8 modulo 16 (expected: 0)");
  }

  /** The failure is reported, and neither budget nor memory is lost, also not through an arena. */
  private void assertFails(IntFunction<ByteBuffer> allocation, String message) {
    FaultySource faulty = new FaultySource(allocation);
    ChunkStore store = ChunkStore.builder().source(faulty).budget(budget).build();
    assertThatThrownBy(() -> store.take(none, UNIT, UNIT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(message);
    assertThat(budget.reservedBytes()).isZero();
    assertThat(store.idleBytes()).isZero();
    assertThat(faulty.outstanding).isZero();

    for (StrategyFactory strategy : BUILT_IN) {
      Arena arena = Arena.builder().strategy(strategy).store(store).build();
      faulty.isFaulty = false;
      long block = arena.allocate(UNIT);
      faulty.isFaulty = true;
      String before = arena.statistics().toString();
      assertThatThrownBy(() -> arena.allocate(100)).hasMessageContaining(message);
      assertThat(arena.statistics()).hasToString(before);
      faulty.isFaulty = false;
      arena.free(arena.allocate(100), 100);
      arena.free(block, UNIT);
      arena.close();
      faulty.isFaulty = true;
      assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
      store.trim();
      assertThat(budget.reservedBytes()).isZero();
      assertThat(faulty.outstanding).isZero();
    }
  }

  /** A source that works or, at times, does not. */
  private static final class FaultySource implements MemorySource {
    private final IntFunction<ByteBuffer> allocation;
    private boolean isFaulty = true;
    private int outstanding;

    FaultySource(IntFunction<ByteBuffer> allocation) {
      this.allocation = allocation;
    }

    @Override
    public Memory allocate(int bytes) {
      ByteBuffer buffer = isFaulty ? allocation.apply(bytes) : ByteBuffer.allocateDirect(bytes);
      outstanding++;
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
          outstanding--;
        }
      };
    }

    @Override
    public String name() {
      return "faulty";
    }
  }

  @Test
  void take_sourceHasNoMemoryWhileChunksAreIdle_givesThemUpAndTriesAgain() {
    BoundedSource bounded = new BoundedSource(5 * UNIT);
    ChunkStore one = ChunkStore.builder().source(bounded).budget(budget).build();
    ChunkStore other = ChunkStore.builder().source(bounded).budget(budget).build();
    one.giveBack(none, take(one, UNIT)); // too small for what follows
    other.giveBack(none, take(other, 4 * UNIT));

    Chunk large = take(one, 5 * UNIT);
    assertThat(one.take(none, UNIT, UNIT)).isNull();
    assertThat(budget.reservedBytes()).isEqualTo(5 * UNIT);
    one.giveBack(none, large);
    one.trim();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(bounded.left).isEqualTo(5 * UNIT);
  }

  @Test
  void trim_systemDoesNotTakeAChunkBack_keepsItForAnotherTry() {
    BoundedSource bounded = new BoundedSource(16 * UNIT);
    for (boolean isRetaining : new boolean[] {true, false}) {
      ChunkStore store =
          ChunkStore.builder()
              .source(bounded)
              .budget(budget)
              .decayMillis(isRetaining ? ChunkStore.DEFAULT_DECAY_MILLIS : 0)
              .build();
      List<Chunk> chunks = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        chunks.add(take(store, UNIT));
      }
      bounded.refusedReleases = 1;
      chunks.forEach(chunk -> store.giveBack(none, chunk));
      store.trim(); // the others go back
      assertThat(store.idleBytes()).isEqualTo(isRetaining ? UNIT : 0);
      assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
      assertThat(bounded.left).isEqualTo(16 * UNIT - (int) store.idleBytes());

      assertThat(store.trim()).isEqualTo(isRetaining ? UNIT : 0);
      assertThat(budget.reservedBytes()).isZero();
      assertThat(bounded.left).isEqualTo(16 * UNIT);
    }
  }

  @Test
  void free_systemDoesNotTakeTheChunkBack_isExactAllTheSame() {
    BoundedSource bounded = new BoundedSource(16 * UNIT);
    ChunkStore store = ChunkStore.builder().source(bounded).budget(budget).decayMillis(0).build();
    Arena arena = Arena.builder().store(store).build();
    long block = arena.allocate(3_000_000 / 8);
    bounded.refusedReleases = 1;
    arena.free(block, 3_000_000 / 8);
    arena.trim();

    assertThat(arena.statistics().liveBlocks()).isZero();
    assertThat(arena.statistics().requestedBytes()).isZero();
    assertThat(arena.statistics().reservedBytes()).isZero();
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes()).isPositive();
    store.decay(System.nanoTime());
    assertThat(budget.reservedBytes()).isZero();
    arena.close();
  }

  /** A system with little memory, which at times does not take it back. */
  private static final class BoundedSource implements MemorySource {
    private int left;
    private int refusedReleases;
    private int failures;

    BoundedSource(int bytes) {
      this.left = bytes;
    }

    @Override
    public Memory allocate(int bytes) {
      if (bytes > left) {
        throw new OutOfMemoryError("the test has only " + left + " bytes");
      }
      left -= bytes;
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
          if (refusedReleases > 0) {
            refusedReleases--;
            if (failures++ % 2 == 0) {
              throw new AssertionError("not even this must lose a chunk");
            }
            throw new WithoutStackTrace("a native call still uses the memory");
          }
          left += bytes;
        }
      };
    }

    @Override
    public String name() {
      return "bounded";
    }
  }

  @Test
  void takeAndGiveBack_severalThreads_loseNothing() throws Exception {
    ChunkStore store = store(true);
    List<Threads.Running<Integer>> threads =
        Threads.startTogether(
            "taker",
            4,
            index -> {
              Random random = new Random(index);
              List<Chunk> held = new ArrayList<>();
              int taken = 0;
              for (int round = 0; round < 5_000; round++) {
                if (held.size() < 4 && random.nextBoolean()) {
                  int bytes = UNIT * (1 + random.nextInt(3));
                  Chunk chunk = store.take(none, bytes, bytes);
                  if (chunk != null) {
                    chunk.buffer().putInt(0, index); // nobody else may have this chunk
                    held.add(chunk);
                    taken++;
                  }
                } else if (!held.isEmpty()) {
                  Chunk chunk = held.remove(random.nextInt(held.size()));
                  assertThat(chunk.buffer().getInt(0)).isEqualTo(index);
                  store.giveBack(none, chunk);
                }
                if (random.nextInt(500) == 0) {
                  store.trim();
                }
              }
              held.forEach(chunk -> store.giveBack(none, chunk));
              return taken;
            });
    int taken = 0;
    for (Threads.Running<Integer> thread : threads) {
      taken += thread.join();
    }
    assertThat(taken).isPositive();
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
    assertThat(budget.peakReservedBytes()).isLessThanOrEqualTo(budget.maxBytes());
    store.trim();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(source.pieces()).isZero();
  }

  @Test
  void trim_negativeTarget_isRefused() {
    ChunkStore store = ChunkStore.builder().source(new TestMemorySource()).build();
    assertThatThrownBy(() -> store.trim(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targetBytes: -1 (expected: >= 0)");
  }
}
