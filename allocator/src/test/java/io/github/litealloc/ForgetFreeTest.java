package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.Patterns;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link Strategy#forgetFree} of every strategy. {@link RandomOperationsTest} and {@link
 * HardenedRandomTest} have it among everything else.
 */
final class ForgetFreeTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int SMALL = 128;

  private final TestMemorySource source = new TestMemorySource(48);
  private final ChunkStore store =
      ChunkStore.builder()
          .source(source)
          .budget(MemoryBudget.unlimited("forgetting"))
          .decayMillis(0)
          .build();
  private Arena arena = Arena.builder().store(store).build();

  private static Stream<Arguments> arenas() {
    return TestStrategies.all().stream()
        .flatMap(
            strategy -> Stream.of(Arguments.of(strategy, true), Arguments.of(strategy, false)));
  }

  private void use(StrategyFactory strategy, boolean isChecked) {
    arena = Arena.builder().strategy(strategy).store(store).checked(isChecked).build();
  }

  @AfterEach
  void allMemoryComesBack() {
    arena.reset();
    arena.close();
    assertThat(source.pieces()).isZero();
  }

  private long allocate(int bytes) {
    long block = arena.allocate(bytes);
    assertThat(block).isNotEqualTo(Blocks.NO_BLOCK);
    Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, block);
    return block;
  }

  private void verify(long block, int bytes) {
    verify(block, bytes, block);
  }

  private void verify(long block, int bytes, long writtenAs) {
    Patterns.verify(arena.buffer(block), Blocks.offset(block), bytes, writtenAs);
  }

  private static long place(long block) {
    return Blocks.withoutSlack(block);
  }

  private int chunkBytes(int slot) {
    return arena.buffer(Blocks.block(slot, 0)).capacity();
  }

  private ArenaStatistics statistics() {
    return arena.statistics();
  }

  /** What the strategy has told that it forgot: where it ends, by where it begins. */
  private TreeMap<Integer, Integer> forget(int slot) {
    TreeMap<Integer, Integer> runs = new TreeMap<>();
    boolean canForget =
        arena.router.forgetFree(
            only(slot),
            (chunk, offset, bytes) -> {
              assertThat(chunk).isEqualTo(slot);
              assertThat(runs)
                  .as("runs, which are told of in pieces as large as can be")
                  .doesNotContainValue(offset);
              runs.put(offset, offset + bytes);
            });
    assertThat(canForget).isTrue();
    return runs;
  }

  private static int bytesOf(TreeMap<Integer, Integer> runs) {
    return runs.entrySet().stream().mapToInt(run -> run.getValue() - run.getKey()).sum();
  }

  private static boolean overlaps(@Nullable TreeMap<Integer, Integer> runs, long block, int bytes) {
    if (runs == null) {
      return false;
    }
    Map.Entry<Integer, Integer> below = runs.lowerEntry(Blocks.offset(block) + bytes);
    return below != null && below.getValue() > Blocks.offset(block);
  }

  /** Some chunks full of small blocks, of which every 50th is left. */
  private List<Long> pinChunks() {
    List<Long> all = new ArrayList<>();
    while (statistics().chunks() < 4) {
      all.add(allocate(SMALL));
    }
    List<Long> left = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i % 50 == 7) {
        left.add(all.get(i));
      } else {
        arena.free(all.get(i), SMALL);
      }
    }
    return left;
  }

  private static Set<Integer> chunksOf(List<Long> blocks) {
    Set<Integer> slots = new HashSet<>();
    blocks.forEach(block -> slots.add(Blocks.chunk(block)));
    return slots;
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void pinnedChunks_tellOfAllThatIsFreeAndHandOutNoneOfIt(
      StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    List<Long> left = pinChunks();
    Map<Integer, TreeMap<Integer, Integer>> forgotten = new HashMap<>();
    chunksOf(left).forEach(slot -> forgotten.put(slot, forget(slot)));
    forgotten.forEach(
        (slot, runs) -> {
          int inUse = 0;
          for (long block : left) {
            if (Blocks.chunk(block) == slot) {
              int size = arena.sizeOf(block, SMALL);
              assertThat(overlaps(runs, block, size)).isFalse();
              inUse += size;
            }
          }
          assertThat(bytesOf(runs)).as("chunk %d", slot).isEqualTo(chunkBytes(slot) - inUse);
        });
    for (int i = 0; i < 5_000; i++) {
      assertThat(forgotten).doesNotContainKey(Blocks.chunk(allocate(SMALL)));
    }
    left.forEach(block -> verify(block, SMALL));
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void severalChunksAtOnce_areToldOfInOrder(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    List<Long> left = pinChunks();
    long used = statistics().usedBytes();
    long pinned = statistics().pinnedBytes();
    BitSet slots = new BitSet();
    chunksOf(left).forEach(slots::set);
    List<Long> places = new ArrayList<>();
    long[] told = new long[1];
    arena.router.forgetFree(
        slots,
        (chunk, offset, bytes) -> {
          places.add(Blocks.block(chunk, offset));
          told[0] += bytes;
        });
    assertThat(places).isSorted();
    assertThat(told[0]).isEqualTo(pinned - used).isPositive();
    assertThat(statistics().usedBytes()).isEqualTo(used);
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void lastBlocksFreed_chunksGoBackAtOnce(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    List<Long> left = pinChunks();
    Set<Integer> slots = chunksOf(left);
    slots.forEach(this::forget);
    long other = allocate(SMALL);
    left.forEach(block -> arena.free(block, SMALL));
    assertThat(statistics().chunks()).isEqualTo(1);
    verify(other, SMALL);
    arena.free(other, SMALL);
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void onlyChunk_lastBlockFreed_goesBackAtOnce(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    for (int bytes : new int[] {SMALL, 20_000, 30_000}) {
      long pinning = allocate(bytes);
      arena.free(allocate(bytes), bytes);
      arena.trim();
      assertThat(forget(Blocks.chunk(pinning))).isNotEmpty();
      verify(pinning, bytes);
      arena.free(pinning, bytes);
      assertThat(statistics().reservedBytes()).isZero();
      arena.free(allocate(bytes), bytes); // and starts again
      arena.trim();
    }
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void chunkThatIsCarved_isLeft(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    long first = allocate(SMALL);
    int slot = Blocks.chunk(first);
    assertThat(bytesOf(forget(slot))).isEqualTo(UNIT - arena.sizeOf(first, SMALL));
    long second = allocate(SMALL);
    assertThat(Blocks.chunk(second)).isNotEqualTo(slot);
    arena.free(second, SMALL); // the arena's last chunk may be kept, but for the forgotten one
    arena.free(first, SMALL);
    assertThat(statistics().chunks()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void blockFreedLater_isReusedAndForgottenLater(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    long first = allocate(SMALL);
    long second = allocate(SMALL);
    long third = allocate(SMALL);
    int size = arena.sizeOf(second, SMALL);
    int slot = Blocks.chunk(first);
    forget(slot);
    arena.free(second, SMALL);
    assertThat(place(allocate(SMALL))).isEqualTo(place(second));
    assertThat(forget(slot)).isEmpty();

    arena.free(second, SMALL);
    int offset = Blocks.offset(second);
    assertThat(forget(slot)).containsExactly(Map.entry(offset, offset + size));
    verify(first, SMALL);
    verify(third, SMALL);
    arena.free(first, SMALL);
    arena.free(third, SMALL);
    assertThat(statistics().reservedBytes()).isZero();
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void block_growsIntoNothingThatWasForgotten(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    for (int bytes : new int[] {SMALL, 20_000, 70_000}) {
      arena.reset();
      long block = allocate(bytes);
      long gone = allocate(bytes);
      long last = allocate(bytes);
      arena.free(gone, bytes);
      int slot = Blocks.chunk(block);
      TreeMap<Integer, Integer> runs = forget(slot);
      long releases = statistics().chunkReleases(); // after one, the slot may be another chunk's
      for (long each : new long[] {block, last}) {
        long grown = arena.reallocate(each, bytes, 2 * bytes);
        verify(grown, bytes, each);
        boolean isThere = Blocks.chunk(grown) == slot && statistics().chunkReleases() == releases;
        assertThat(isThere && overlaps(runs, grown, 2 * bytes)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("arenas")
  void freedBlocksOfEverySize_areToldOf(StrategyFactory strategy, boolean isChecked) {
    use(strategy, isChecked);
    for (int bytes : new int[] {16, 128, 5_000, 30_000, 60_000, 110_000}) {
      arena.reset();
      long freed = allocate(bytes);
      long pinning = allocate(bytes);
      for (int i = 0; i < 10 && Blocks.chunk(freed) != Blocks.chunk(pinning); i++) {
        freed = pinning;
        pinning = allocate(bytes);
      }
      if (Blocks.chunk(freed) != Blocks.chunk(pinning)) {
        assertThat(bytes).as("bytes of a block that has a chunk of its own").isGreaterThan(32_768);
        continue;
      }
      int size = arena.sizeOf(pinning, bytes);
      arena.free(freed, bytes);
      TreeMap<Integer, Integer> runs = forget(Blocks.chunk(pinning));
      assertThat(overlaps(runs, freed, size)).as("%d bytes", bytes).isTrue();
      assertThat(overlaps(runs, pinning, size)).isFalse();
      verify(pinning, bytes);
    }
  }

  @Test
  void emptyChunkOrNone_isRefused() {
    arena.free(allocate(SMALL), SMALL);
    assertThatThrownBy(() -> forget(0)).hasMessageContaining("slots: 0");
    assertThatThrownBy(() -> forget(5)).hasMessageContaining("slots: 5");
    assertThat(arena.isSuspect()).isFalse();
  }

  @Test
  void suspectArena_forgetsNothing() {
    allocate(SMALL);
    arena.suspect(new AssertionError("by the test"));
    assertThat(arena.router.forgetFree(only(0), (chunk, offset, bytes) -> {})).isFalse();
  }

  @Test
  void visitorThatFails_leavesTheArenaInOrder() {
    long block = allocate(SMALL);
    assertThatThrownBy(
            () ->
                arena.router.forgetFree(
                    only(0),
                    (chunk, offset, bytes) -> {
                      throw new IllegalArgumentException("by the test");
                    }))
        .hasMessage("by the test");
    assertThat(arena.isSuspect()).isFalse();
    assertThat(Blocks.chunk(allocate(SMALL))).isNotEqualTo(Blocks.chunk(block));
    arena.free(block, SMALL);
    assertThat(statistics().chunks()).isEqualTo(1);
  }

  // Strategies that tell what is wrong, or nothing.

  private interface Told {
    boolean by(Strategy strategy, BitSet slots, FreeRunVisitor visitor);
  }

  private void useTelling(Told told) {
    use(
        new StrategyFactory() {
          @Override
          public String name() {
            return "telling";
          }

          @Override
          public Strategy create(Chunks chunks) {
            return new OneByOne(chunks) {
              @Override
              protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
                return told.by(this, slots, visitor);
              }
            };
          }
        },
        true);
    arena.allocate(SMALL);
  }

  /** Carves blocks from one chunk, and reuses none. */
  private static class OneByOne extends Strategy {
    private int next = UNIT;
    private int slot;

    OneByOne(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      int size = Blocks.roundUp(bytes);
      if (next + size > UNIT) {
        slot = chunks.take(UNIT);
        next = 0;
      }
      chunks.blockAllocated(slot, size);
      next += size;
      return Blocks.block(slot, next - size);
    }

    @Override
    protected void free(long block, int bytes) {
      chunks.blockFreed(Blocks.chunk(block), Blocks.roundUp(bytes));
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      return newBytes <= oldBytes ? block : Blocks.NO_BLOCK;
    }

    @Override
    protected int sizeOf(long block, int bytes) {
      return Blocks.roundUp(bytes);
    }

    @Override
    protected void trim() {}

    @Override
    protected void reset() {
      next = UNIT;
    }

    @Override
    protected int maxBytes() {
      return 1_024;
    }
  }

  @Test
  void strategyThatDoesNotForget_saysSo() {
    useTelling((strategy, slots, visitor) -> false);
    assertThat(arena.router.forgetFree(only(0), (chunk, offset, bytes) -> {})).isFalse();
    assertThat(arena.isSuspect()).isFalse();
  }

  @Test
  void strategyThatTellsWhatIsWrong_makesTheArenaSuspect() {
    int[][] wrong = {
      {0, 0, UNIT},
      {0, -16, 32},
      {0, 16, 0},
      {0, 16, -16},
      {0, 8, 16},
      {0, 16, 8},
      {1, 0, 16},
      {-1, 0, 16},
      {0, UNIT - 16, 32},
      {0, Integer.MAX_VALUE - 15, 32}
    };
    for (int[] run : wrong) {
      useTelling(
          (strategy, slots, visitor) -> {
            visitor.freeRun(run[0], run[1], run[2]);
            return true;
          });
      assertThatThrownBy(() -> arena.router.forgetFree(only(0), (chunk, offset, bytes) -> {}))
          .as("%d:%d, %d bytes", run[0], run[1], run[2])
          .isInstanceOf(RuntimeException.class);
      assertThat(arena.isSuspect()).isTrue();
      arena.reset();
    }
  }

  @Test
  void strategyThatTellsTwice_makesTheArenaSuspect() {
    useTelling(
        (strategy, slots, visitor) -> {
          visitor.freeRun(0, 1_024, 512);
          visitor.freeRun(0, 1_520, 512);
          return true;
        });
    assertThatThrownBy(() -> arena.router.forgetFree(only(0), (chunk, offset, bytes) -> {}))
        .hasMessageContaining("twice");
    assertThat(arena.isSuspect()).isTrue();
  }

  // Hardened ones.

  @Test
  void hardened_blockInQuarantine_isNotFree() {
    Hardening hardening = Hardening.debugBuilder().guardBytes(32).build();
    arena = Arena.builder().store(store).hardening(hardening).build();
    long pinning = allocate(SMALL);
    long waiting = allocate(SMALL);
    arena.free(waiting, SMALL);
    int end = Blocks.offset(waiting) + arena.sizeOf(pinning, SMALL) + 32;
    TreeMap<Integer, Integer> runs = forget(Blocks.chunk(pinning));
    assertThat(runs.firstKey()).isEqualTo(end);
    arena.verify();
    verify(pinning, SMALL);
  }

  @Test
  void hardened_writtenToBeforeItIsForgotten_isReportedByTheNextOperation() {
    List<MemoryViolation> violations = new ArrayList<>();
    Hardening hardening = Hardening.builder().poison(true).onViolation(violations::add).build();
    arena = Arena.builder().store(store).hardening(hardening).build();
    long pinning = allocate(SMALL);
    arena.buffer(pinning).put(30_000, (byte) 1);
    forget(Blocks.chunk(pinning));
    allocate(SMALL);
    assertThat(violations).hasSize(1);
    assertThat(violations.get(0).kind()).isEqualTo(MemoryViolation.Kind.WRITE_TO_FREE_MEMORY);
  }

  @Test
  void hardened_pagesThatAreGone_areNoViolation() {
    List<MemoryViolation> violations = new ArrayList<>();
    Hardening hardening = Hardening.builder().poison(true).onViolation(violations::add).build();
    arena = Arena.builder().store(store).hardening(hardening).build();
    long pinning = allocate(SMALL);
    arena.router.forgetFree(
        only(Blocks.chunk(pinning)),
        (chunk, offset, bytes) -> Patterns.write(arena.buffer(pinning), offset, bytes, 0));
    verify(pinning, SMALL);
    arena.free(pinning, SMALL);
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(violations).isEmpty();
  }

  private static BitSet only(int slot) {
    BitSet slots = new BitSet();
    slots.set(slot);
    return slots;
  }
}
