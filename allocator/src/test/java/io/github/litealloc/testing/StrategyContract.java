package io.github.litealloc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.BlockCache;
import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link io.github.litealloc.Strategy} promises, seen through an arena. A subclass names
 * the strategy, and inherits the tests.
 *
 * <p>Each test has an arena of its own, on memory that is overwritten as soon as it is given back;
 * after each test, all of it must have come back.
 *
 * @since 0.1.0
 */
public abstract class StrategyContract {

  private static final int RANDOM_OPERATIONS = 100_000;
  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int SMALL = 100;
  private static final int HUGE = 3 * 1024 * 1024;

  /** More than an arena asks for one block, retries included, but not much more. */
  private static final int REFUSALS = 4;

  /** Sizes around every threshold that strategies have, ours and perhaps yours. */
  private static final int[] SIZES = {
    0, 1, 15, 16, 17, 100, 128, 129, 1_000, 4_096, 4_097, 8_704, 20_000, 32_768, 32_769, 65_536,
    65_537, 100_000, 300_000, 2_097_152, 2_097_153
  };

  private final TestMemorySource source = new TestMemorySource(48);
  private final MemoryBudget budget = MemoryBudget.unlimited("contract");
  private final ChunkStore store =
      ChunkStore.builder()
          .source(source)
          .budget(budget)
          .decayMillis(0)
          .refusalPauseMillis(0)
          .build();
  private final List<Block> live = new ArrayList<>();
  private Arena arena; // made before each test, when the subclass is complete

  /** For subclasses. */
  protected StrategyContract() {}

  /**
   * Names the strategy to test.
   *
   * @return its factory; every call may return the same
   */
  protected abstract StrategyFactory strategy();

  /** A live block, and what was written into it. */
  private record Block(long block, int bytes, long pattern) {}

  private Arena newArena(ChunkStore store) {
    return Arena.builder().name("tested").strategy(strategy()).store(store).build();
  }

  /** Goes on with an arena whose memory ends after so many bytes. */
  private void useArenaOf(long maxBytes) {
    MemoryBudget small = MemoryBudget.of("small", maxBytes);
    arena =
        newArena(
            ChunkStore.builder()
                .source(source)
                .budget(small)
                .decayMillis(0)
                .refusalPauseMillis(0)
                .build());
  }

  @BeforeEach
  final void makeArena() {
    arena = newArena(store);
  }

  @AfterEach
  final void everythingComesBack() {
    if (!arena.isClosed()) {
      arena.reset();
      arena.close();
    }
    assertThat(arena.statistics().reservedBytes()).as("reserved at the end").isZero();
    assertThat(source.pieces()).as("chunks that never came back").isZero();
  }

  private Block allocate(int bytes, int alignment) {
    long block = arena.allocate(bytes, alignment);
    assertThat(block).as("block of %d bytes", bytes).isNotEqualTo(Blocks.NO_BLOCK);
    return added(block, bytes);
  }

  private Block allocate(int bytes) {
    return allocate(bytes, 16);
  }

  private Block added(long block, int bytes) {
    Block added = new Block(block, bytes, block * 31 + bytes);
    Patterns.write(arena.buffer(block), Blocks.offset(block), bytes, added.pattern());
    live.add(added);
    return added;
  }

  private void free(Block block) {
    verify(block);
    live.remove(block);
    arena.free(block.block(), block.bytes());
  }

  private Block reallocate(Block old, int bytes) {
    long block = arena.reallocate(old.block(), old.bytes(), bytes);
    assertThat(block).as("block of %d bytes", bytes).isNotEqualTo(Blocks.NO_BLOCK);
    int kept = Math.min(old.bytes(), bytes);
    Patterns.verify(arena.buffer(block), Blocks.offset(block), kept, old.pattern());
    live.remove(old);
    return added(block, bytes);
  }

  private void verify(Block block) {
    long name = block.block();
    Patterns.verify(arena.buffer(name), Blocks.offset(name), block.bytes(), block.pattern());
  }

  /** Contents intact, used bytes exact. */
  private void verifyAll() {
    long used = 0;
    long requested = 0;
    for (Block block : live) {
      verify(block);
      used += arena.sizeOf(block.block(), block.bytes());
      requested += block.bytes();
    }
    assertThat(statistics().usedBytes()).as("used").isEqualTo(used);
    assertThat(statistics().requestedBytes()).as("requested").isEqualTo(requested);
    assertThat(statistics().liveBlocks()).as("live blocks").isEqualTo(live.size());
    assertThat(statistics().reservedBytes()).as("reserved").isEqualTo(source.bytes());
  }

  private void freeAll() {
    while (!live.isEmpty()) {
      free(live.get(live.size() - 1));
    }
  }

  private ArenaStatistics statistics() {
    return arena.statistics();
  }

  private boolean isAligned(Block block, int alignment) {
    return arena.buffer(block.block()).alignmentOffset(Blocks.offset(block.block()), alignment)
        == 0;
  }

  // The factory.

  @Test
  void name_isInLowerKebabCase() {
    assertThat(strategy().name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(arena.strategy()).isEqualTo(strategy().name());
  }

  @Test
  void create_severalArenas_shareNothing() {
    Block first = allocate(1_000);
    Arena other = newArena(store);
    long foreign = other.allocate(1_000);
    other.buffer(foreign).putLong(Blocks.offset(foreign), 42);

    assertThat(other.statistics().usedBytes()).isEqualTo(other.sizeOf(foreign, 1_000));
    assertThat(statistics().usedBytes()).isEqualTo(arena.sizeOf(first.block(), 1_000));
    other.reset();
    verifyAll();
    other.close();
  }

  @Test
  void create_takesNoMemoryYet() {
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().chunks()).isZero();
  }

  // Sizes and alignments.

  @Test
  void allocate_anySize_getsMultipleOf16ThatHoldsIt() {
    for (int bytes = 0; bytes <= 5_000; bytes++) {
      requireSize(bytes);
    }
    for (int bytes : SIZES) {
      requireSize(bytes);
    }
  }

  private void requireSize(int bytes) {
    Block block = allocate(bytes);
    int size = arena.sizeOf(block.block(), bytes);
    assertThat(size % Blocks.GRANULE_BYTES).as("size of %d bytes", bytes).isZero();
    assertThat(size).isGreaterThanOrEqualTo(Math.max(bytes, Blocks.GRANULE_BYTES));
    assertThat(Blocks.offset(block.block()) + (long) size)
        .as("end of %d bytes", bytes)
        .isLessThanOrEqualTo(arena.buffer(block.block()).capacity());
    verifyAll();
    free(block);
  }

  /** Whoever keeps a block for other requests relies on it. */
  @Test
  void sizeFor_anyRequest_isNoneOrTheSizeOfItsBlocksAndTheSameForAllThatRoundUpAlike() {
    try (Arena unchecked =
        Arena.builder().strategy(strategy()).store(store).checked(false).build()) {
      BlockCache cache = unchecked.blockCache(() -> {});
      for (int bytes = 0; bytes <= 5_000; bytes++) {
        requireSizeFor(unchecked, cache, bytes);
      }
      for (int bytes : SIZES) {
        requireSizeFor(unchecked, cache, bytes);
      }
    }
  }

  private static void requireSizeFor(Arena unchecked, BlockCache cache, int bytes) {
    int size = cache.blockBytes(bytes);
    assertThat(size)
        .as("sizeFor %d bytes, and what they round up to", bytes)
        .isEqualTo(cache.blockBytes(Blocks.roundUp(bytes)));
    long block = unchecked.allocate(bytes);
    if (size != 0 && Blocks.slackBytes(block) == 0) {
      assertThat(unchecked.sizeOf(block, bytes)).as("size of %d bytes", bytes).isEqualTo(size);
    }
    unchecked.free(block, bytes);
  }

  @Test
  void allocate_everySizeAndAlignment_isAlignedAndKeepsItsContents() {
    for (int bytes : SIZES) {
      for (int alignment = 1; alignment <= 4096; alignment *= 2) {
        Block block = allocate(bytes, alignment);
        assertThat(isAligned(block, Math.max(alignment, Blocks.GRANULE_BYTES)))
            .as("%d bytes aligned to %d", bytes, alignment)
            .isTrue();
        allocate(16); // or all would start aligned
      }
      verifyAll();
      for (int i = 0; i < live.size(); i += 2) {
        free(live.get(i)); // blocks to be found, when the next size is aligned
      }
    }
  }

  @Test
  void allocate_zeroBytes_ownsItsPlace() {
    Block first = allocate(0);
    Block second = allocate(0);
    allocate(16);

    assertThat(first.block()).isNotEqualTo(second.block());
    assertThat(statistics().requestedBytes()).isEqualTo(16);
    verifyAll();
    free(first);
    allocate(16);
    verifyAll();
  }

  // Blocks of their own.

  @Test
  void allocate_manyBlocks_neverOverlap() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      allocate(random.nextInt(2_000));
    }
    verifyAll();
    for (int i = 0; i < 1_000; i++) {
      free(live.get(random.nextInt(live.size())));
      allocate(random.nextInt(1_000));
    }
    verifyAll();
  }

  @Test
  void allocate_afterMostWereFreed_takesNoMemoryInUse() {
    for (int i = 0; i < 3_000; i++) {
      allocate(i % 500);
    }
    List<Block> kept = new ArrayList<>();
    for (Block block : List.copyOf(live)) {
      if (live.indexOf(block) % 7 == 3) {
        kept.add(block);
      } else {
        free(block);
      }
    }
    arena.trim();
    for (int i = 0; i < 3_000; i++) {
      allocate((i * 37) % 600);
    }
    assertThat(live).containsAll(kept);
    verifyAll();
  }

  // Reuse.

  @Test
  void allocate_sameBurstAgainAndAgain_reusesMemory() {
    long afterFirst = 0;
    for (int burst = 0; burst < 100; burst++) {
      for (int bytes : new int[] {16, 60, 200, 1_000, 4_096, 8_704, 20_000, 70_000}) {
        allocate(bytes);
      }
      verifyAll();
      freeAll();
      if (burst == 0) {
        afterFirst = statistics().peakReservedBytes();
      }
    }
    // Some waste is the strategy's choice, but it must not add up.
    assertThat(statistics().peakReservedBytes()).isLessThanOrEqualTo(4 * afterFirst);
  }

  @Test
  void allocate_sameSizeAgainAndAgainBesideALiveBlock_reusesMemory() {
    for (int bytes : new int[] {1, 100, 1_000, 5_000, 40_000}) {
      allocate(16);
      Block replaced = allocate(bytes);
      long reserved = statistics().reservedBytes();
      for (int i = 0; i < 10_000; i++) {
        free(replaced);
        replaced = allocate(bytes);
      }
      // A block that cannot be reused alone comes back with its chunk.
      assertThat(statistics().reservedBytes()).isLessThanOrEqualTo(reserved + 16L * UNIT);
    }
    verifyAll();
  }

  // Exhaustion.

  @Test
  void allocate_budgetExhausted_saysSoAndHarmsNothing() {
    useArenaOf(8L * UNIT);
    allocateUntilExhausted(1_000);
    long failures = statistics().failures();
    assertThat(failures).isEqualTo(1);
    verifyAll();

    for (int bytes : SIZES) {
      long block = arena.allocate(bytes, 4096);
      if (block != Blocks.NO_BLOCK) {
        added(block, bytes);
      }
    }
    verifyAll();
    assertThat(arena.allocate(Integer.MAX_VALUE)).isEqualTo(Blocks.NO_BLOCK);
    verifyAll();

    freeAll();
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
    verify(allocate(1_000)); // and starts again
  }

  private void allocateUntilExhausted(int bytes) {
    for (long block = arena.allocate(bytes);
        block != Blocks.NO_BLOCK;
        block = arena.allocate(bytes)) {
      assertThat(live).as("blocks within the budget").hasSizeLessThan(100_000);
      added(block, bytes);
    }
  }

  @Test
  void allocate_exhausted_isServedOnceSomethingOfThatSizeIsFreed() {
    useArenaOf(8L * UNIT);
    allocateUntilExhausted(SMALL);
    for (int round = 0; round < 100; round++) {
      free(live.get(round % live.size()));
      allocate(SMALL);
    }
    verifyAll();
  }

  @Test
  void allocate_exhausted_firstReclaimsWhatIsEmptyOrRemotelyFreed() {
    useArenaOf(8L * UNIT);
    int bytes = 7 * UNIT;
    Block large = allocate(bytes);
    live.remove(large);
    arena.remoteFree(large.block(), bytes);

    Block small = allocate(100);
    free(small);
    allocate(bytes); // all memory was free, but some of it in a chunk that is too small
    verifyAll();
    assertThat(statistics().failures()).isZero();
  }

  @Test
  void allocate_anyChunkRefused_harmsNothing() {
    long requests = 0;
    for (long refused = 1; refused <= requests || refused == 1; refused++) {
      long before = source.requests();
      source.refuseRequests(before + refused, REFUSALS);
      Random random = new Random(5);
      for (int i = 0; i < 400; i++) {
        step(random);
      }
      requests = source.requests() - before;
      verifyAll();
      freeAll();
      arena.trim();
      assertThat(statistics().reservedBytes()).isZero();
    }
    assertThat(statistics().failures()).isPositive();
  }

  private void step(Random random) {
    int bytes = random.nextInt(30) == 0 ? random.nextInt(200_000) : random.nextInt(3_000);
    int choice = random.nextInt(5);
    if (live.isEmpty() || choice < 3) {
      long block = arena.allocate(bytes);
      if (block != Blocks.NO_BLOCK) {
        added(block, bytes);
      }
      return;
    }
    Block chosen = live.get(random.nextInt(live.size()));
    if (choice == 3) {
      free(chosen);
      return;
    }
    long block = arena.reallocate(chosen.block(), chosen.bytes(), bytes);
    if (block != Blocks.NO_BLOCK) {
      live.remove(chosen);
      added(block, bytes);
    }
  }

  @Test
  void allocate_sourceThrows_passesItOnAndHarmsNothing() {
    source.answer(TestMemorySource.Answer.BROKEN);
    assertThatThrownBy(() -> allocate(100)).isInstanceOf(TestMemorySource.Broken.class);
    assertThatThrownBy(() -> allocate(HUGE)).isInstanceOf(TestMemorySource.Broken.class);
    assertThat(statistics().reservedBytes()).isZero();
    verifyAll();

    source.answer(TestMemorySource.Answer.MEMORY);
    Block block = allocate(100);
    source.answer(TestMemorySource.Answer.BROKEN);
    assertThatThrownBy(() -> arena.reallocate(block.block(), 100, 300_000))
        .isInstanceOf(TestMemorySource.Broken.class);
    verifyAll();
    source.answer(TestMemorySource.Answer.MEMORY);
    reallocate(block, 300_000);
    verifyAll();
  }

  // Reallocation.

  @Test
  void reallocate_betweenAllSizes_keepsContents() {
    for (int from : SIZES) {
      for (int to : SIZES) {
        Block block = allocate(from);
        allocate(16); // or it would always be the last of its chunk
        reallocate(block, to);
        verifyAll();
        freeAll();
      }
    }
  }

  @Test
  void reallocate_withinTheBlock_staysInPlace() {
    for (int bytes : SIZES) {
      Block block = allocate(bytes);
      int size = arena.sizeOf(block.block(), bytes);
      allocate(16);
      Block grown = reallocate(block, size);
      assertThat(Blocks.withoutSlack(grown.block()))
          .as("%d bytes, grown to %d", bytes, size)
          .isEqualTo(Blocks.withoutSlack(block.block()));
      assertThat(arena.sizeOf(grown.block(), size)).isEqualTo(size);
      verifyAll();
    }
  }

  @Test
  void reallocate_exhausted_leavesTheOldBlock() {
    useArenaOf(8L * UNIT);
    allocateUntilExhausted(1_000);
    for (Block block : List.of(live.get(0), live.get(live.size() / 2))) {
      assertThat(arena.reallocate(block.block(), 1_000, 10 * UNIT)).isEqualTo(Blocks.NO_BLOCK);
    }
    assertThat(statistics().reallocationsMoved()).isZero();
    verifyAll();
  }

  @Test
  void free_afterReallocations_losesNoByte() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 20; i++) {
        Block block = allocate(random.nextInt(2_000));
        reallocate(block, random.nextInt(4_000));
      }
      verifyAll();
      freeAll();
      assertThat(statistics().usedBytes()).isZero();
    }
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
  }

  // Giving memory back.

  @Test
  void trim_nothingLive_givesEveryChunkBack() {
    for (int i = 0; i < 5_000; i++) {
      allocate(i % 300);
    }
    for (Block block : List.copyOf(live)) {
      free(block);
    }
    arena.trim();

    assertThat(statistics().reservedBytes()).isZero();
    assertThat(statistics().chunks()).isZero();
    assertThat(source.pieces()).isZero();
    allocate(200);
    verifyAll(); // and starts again
  }

  @Test
  void trim_someChunksEmpty_keepsExactlyThoseWithLiveBlocks() {
    for (int bytes : new int[] {100, 1_000, 20_000, 70_000}) {
      for (int i = 0; i < 20 * UNIT / bytes; i++) {
        allocate(bytes);
      }
      int kept = Blocks.chunk(live.get(live.size() / 2).block());
      for (Block block : List.copyOf(live)) {
        if (Blocks.chunk(block.block()) != kept) {
          free(block);
        }
      }
      arena.trim();
      assertThat(statistics().chunks()).isEqualTo(1);
      assertThat(statistics().reservedBytes()).isEqualTo(statistics().pinnedBytes());
      verifyAll();
      // What was given back is taken again, and nothing of its old blocks is left over.
      for (int i = 0; i < 20 * UNIT / bytes; i++) {
        allocate(bytes);
      }
      verifyAll();
      freeAll();
      arena.trim();
      assertThat(statistics().reservedBytes()).isZero();
    }
  }

  @Test
  void reset_liveBlocks_forgetsThemAll() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1_000; i++) {
        allocate(i);
        if (i % 3 == 0) {
          free(live.get(i / 3));
        }
      }
      verifyAll();
      arena.reset();
      live.clear();
      assertThat(statistics().reservedBytes()).isZero();
      verifyAll();
    }
  }

  @Test
  void close_liveBlocks_keepsTheirChunksUntilTheyAreFreed() {
    for (int i = 0; i < 20 * UNIT / 1_000; i++) {
      allocate(1_000);
    }
    Block kept = live.get(0);
    for (Block block : List.copyOf(live)) {
      if (block != kept) {
        free(block);
      }
    }
    arena.close();
    verifyAll();
    assertThat(statistics().chunks()).isEqualTo(1);
    OtherThread.run(() -> free(kept));
    assertThat(statistics().reservedBytes()).isZero();
  }

  // Everything at once.

  @Test
  void randomOperations_afterEveryStep_matchTheModel() {
    RandomOperations.on(strategy()).runAll(RANDOM_OPERATIONS);
  }
}
