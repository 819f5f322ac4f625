package com.example.bitmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.testing.StrategyContract;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The detector detects: each wrong strategy fails the contract, where its fault says it should. */
final class WrongStrategiesTest {

  /** Runs the whole contract, as a user would, and returns the methods that failed. */
  private static List<String> failuresOf(Class<? extends StrategyContract> contract) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(contract))
        .execute()
        .testEvents()
        .failed()
        .map(Event::getTestDescriptor)
        .map(test -> test.getDisplayName().replace("()", ""))
        .collect(Collectors.toList());
  }

  private record Wrong(String name, Function<Chunks, Strategy> constructor)
      implements StrategyFactory {
    @Override
    public Strategy create(Chunks chunks) {
      return constructor.apply(chunks);
    }
  }

  private abstract static class ContractOf extends StrategyContract {
    private final StrategyFactory strategy;

    ContractOf(String name, Function<Chunks, Strategy> constructor) {
      this.strategy = new Wrong(name, constructor);
    }

    @Override
    protected final StrategyFactory strategy() {
      return strategy;
    }
  }

  static final class RightContract extends ContractOf {
    RightContract() {
      super("right", BitmapStrategy::new);
    }
  }

  @Test
  void contract_rightStrategy_passes() {
    assertThat(failuresOf(RightContract.class)).isEmpty();
  }

  // Blocks that overlap.

  static final class HandsOutTwice extends BitmapStrategy {
    private int allocations;

    HandsOutTwice(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      long block = super.allocate(bytes, alignment);
      if (block != Blocks.NO_BLOCK && ++allocations % 100 == 0) {
        super.free(block, bytes); // and so will be handed out again
        chunks.blockAllocated(Blocks.chunk(block), Blocks.roundUp(bytes));
      }
      return block;
    }
  }

  static final class HandsOutTwiceContract extends ContractOf {
    HandsOutTwiceContract() {
      super("hands-out-twice", HandsOutTwice::new);
    }
  }

  @Test
  void contract_blocksHandedOutTwice_fails() {
    assertThat(failuresOf(HandsOutTwiceContract.class))
        .contains(
            "allocate_manyBlocks_neverOverlap", "randomOperations_afterEveryStep_matchTheModel");
  }

  static final class GrowsIntoItsNeighbour extends BitmapStrategy {
    GrowsIntoItsNeighbour(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      int newSize = Blocks.roundUp(newBytes);
      if (Blocks.offset(block) + (long) newSize > chunks.bytes(Blocks.chunk(block))) {
        return Blocks.NO_BLOCK;
      }
      chunks.blockResized(Blocks.chunk(block), newSize - Blocks.roundUp(oldBytes));
      return block;
    }
  }

  static final class GrowsIntoItsNeighbourContract extends ContractOf {
    GrowsIntoItsNeighbourContract() {
      super("grows-into-its-neighbour", GrowsIntoItsNeighbour::new);
    }
  }

  @Test
  void contract_blocksGrownIntoTheirNeighbours_fails() {
    assertThat(failuresOf(GrowsIntoItsNeighbourContract.class))
        .contains(
            "reallocate_betweenAllSizes_keepsContents",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  static final class SharesZeroBytes extends BitmapStrategy {
    private long zero = Blocks.NO_BLOCK;

    SharesZeroBytes(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      if (bytes > 0 || alignment > Blocks.GRANULE_BYTES) {
        return super.allocate(bytes, alignment);
      }
      if (zero == Blocks.NO_BLOCK || !chunks.isHeld(Blocks.chunk(zero))) {
        zero = super.allocate(0, alignment);
      } else {
        chunks.blockAllocated(Blocks.chunk(zero), Blocks.GRANULE_BYTES);
      }
      return zero;
    }
  }

  static final class SharesZeroBytesContract extends ContractOf {
    SharesZeroBytesContract() {
      super("shares-zero-bytes", SharesZeroBytes::new);
    }
  }

  @Test
  void contract_zeroByteBlocksShared_fails() {
    assertThat(failuresOf(SharesZeroBytesContract.class))
        .contains(
            "allocate_zeroBytes_ownsItsPlace", "randomOperations_afterEveryStep_matchTheModel");
  }

  // Wrong accounts.

  static final class ForgetsResizes extends BitmapStrategy {
    ForgetsResizes(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      if (super.resize(block, oldBytes, newBytes) == Blocks.NO_BLOCK) {
        return Blocks.NO_BLOCK;
      }
      chunks.blockResized(
          Blocks.chunk(block), Blocks.roundUp(oldBytes) - Blocks.roundUp(newBytes)); // undone
      return block;
    }
  }

  static final class ForgetsResizesContract extends ContractOf {
    ForgetsResizesContract() {
      super("forgets-resizes", ForgetsResizes::new);
    }
  }

  @Test
  void contract_resizesNotAccountedFor_fails() {
    assertThat(failuresOf(ForgetsResizesContract.class))
        .contains(
            "free_afterReallocations_losesNoByte", "randomOperations_afterEveryStep_matchTheModel");
  }

  static final class CountsOneGranuleTooMany extends BitmapStrategy {
    CountsOneGranuleTooMany(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected int sizeOf(long block, int bytes) {
      return super.sizeOf(block, bytes) + Blocks.GRANULE_BYTES;
    }
  }

  static final class CountsOneGranuleTooManyContract extends ContractOf {
    CountsOneGranuleTooManyContract() {
      super("counts-one-granule-too-many", CountsOneGranuleTooMany::new);
    }
  }

  @Test
  void contract_sizesThatWereNotAccountedFor_fails() {
    assertThat(failuresOf(CountsOneGranuleTooManyContract.class))
        .contains(
            "allocate_anySize_getsMultipleOf16ThatHoldsIt",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  // Wrong places.

  static final class IgnoresAlignment extends BitmapStrategy {
    IgnoresAlignment(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      return super.allocate(bytes, Math.min(alignment, 512));
    }
  }

  static final class IgnoresAlignmentContract extends ContractOf {
    IgnoresAlignmentContract() {
      super("ignores-alignment", IgnoresAlignment::new);
    }
  }

  @Test
  void contract_misalignedBlocks_fails() {
    assertThat(failuresOf(IgnoresAlignmentContract.class))
        .contains(
            "allocate_everySizeAndAlignment_isAlignedAndKeepsItsContents",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  // Lost memory.

  static final class LosesChunks extends BitmapStrategy {
    LosesChunks(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected void trim() {
      int first = 0;
      if (chunks.isHeld(first) && chunks.usedBytes(first) == 0) {
        chunks.giveBack(first, 0); // and all others stay
      }
    }
  }

  static final class LosesChunksContract extends ContractOf {
    LosesChunksContract() {
      super("loses-chunks", LosesChunks::new);
    }
  }

  @Test
  void contract_emptyChunksKept_fails() {
    assertThat(failuresOf(LosesChunksContract.class))
        .contains(
            "trim_nothingLive_givesEveryChunkBack",
            "trim_someChunksEmpty_keepsExactlyThoseWithLiveBlocks",
            "close_liveBlocks_keepsTheirChunksUntilTheyAreFreed",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  static final class LosesSlots extends BitmapStrategy {
    LosesSlots(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected void trim() {
      for (int slot = 0; slot < chunks.slots(); slot++) {
        if (chunks.isHeld(slot) && chunks.usedBytes(slot) == 0) {
          chunks.giveBack(slot, 1); // an entry that is never dropped
        }
      }
    }
  }

  static final class LosesSlotsContract extends ContractOf {
    LosesSlotsContract() {
      super("loses-slots", LosesSlots::new);
    }
  }

  @Test
  void contract_slotsNeverUsedAgain_fails() {
    assertThat(failuresOf(LosesSlotsContract.class))
        .contains("randomOperations_afterEveryStep_matchTheModel");
  }

  static final class PromisesMoreThanItGives extends BitmapStrategy {
    PromisesMoreThanItGives(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected int sizeFor(int bytes) {
      return Blocks.roundUp(bytes) + Blocks.GRANULE_BYTES;
    }
  }

  static final class PromisesMoreThanItGivesContract extends ContractOf {
    PromisesMoreThanItGivesContract() {
      super("promises-more", PromisesMoreThanItGives::new);
    }
  }

  @Test
  void contract_keptBlocksSmallerThanSaid_fails() {
    assertThat(failuresOf(PromisesMoreThanItGivesContract.class))
        .contains("sizeFor_anyRequest_isNoneOrTheSizeOfItsBlocksAndTheSameForAllThatRoundUpAlike");
  }

  static final class AnswersByTheByte extends BitmapStrategy {
    AnswersByTheByte(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected int sizeFor(int bytes) {
      return bytes % 2 == 0 ? Blocks.roundUp(bytes) : 0;
    }
  }

  static final class AnswersByTheByteContract extends ContractOf {
    AnswersByTheByteContract() {
      super("answers-by-the-byte", AnswersByTheByte::new);
    }
  }

  @Test
  void contract_sizesThatDifferWithinAGranule_fails() {
    assertThat(failuresOf(AnswersByTheByteContract.class))
        .contains("sizeFor_anyRequest_isNoneOrTheSizeOfItsBlocksAndTheSameForAllThatRoundUpAlike");
  }

  static final class NeverReuses extends BitmapStrategy {
    NeverReuses(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected void free(long block, int bytes) {
      chunks.blockFreed(Blocks.chunk(block), sizeOf(block, bytes));
    }
  }

  static final class NeverReusesContract extends ContractOf {
    NeverReusesContract() {
      super("never-reuses", NeverReuses::new);
    }
  }

  @Test
  void contract_memoryNotReused_fails() {
    assertThat(failuresOf(NeverReusesContract.class))
        .contains("allocate_sameSizeAgainAndAgainBesideALiveBlock_reusesMemory");
  }

  // Contents.

  static final class ShrinksFromTheFront extends BitmapStrategy {
    ShrinksFromTheFront(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      int freed = Blocks.roundUp(oldBytes) - Blocks.roundUp(newBytes);
      if (freed <= 0) {
        return super.resize(block, oldBytes, newBytes);
      }
      super.free(block, oldBytes);
      handOut(Blocks.chunk(block), Blocks.offset(block) + freed, Blocks.roundUp(newBytes));
      return block; // the caller keeps the front, which is free now
    }
  }

  static final class ShrinksFromTheFrontContract extends ContractOf {
    ShrinksFromTheFrontContract() {
      super("shrinks-from-the-front", ShrinksFromTheFront::new);
    }
  }

  @Test
  void contract_contentsLostWhenShrinking_fails() {
    assertThat(failuresOf(ShrinksFromTheFrontContract.class))
        .contains("randomOperations_afterEveryStep_matchTheModel");
  }

  static final class GivesLiveChunksBack extends BitmapStrategy {
    GivesLiveChunksBack(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected void free(long block, int bytes) {
      int slot = Blocks.chunk(block);
      super.free(block, bytes);
      int used = chunks.usedBytes(slot);
      if (used > 0 && used < 1_000) {
        chunks.blockFreed(slot, used); // somebody else's
        chunks.giveBack(slot, 0);
      }
    }
  }

  static final class GivesLiveChunksBackContract extends ContractOf {
    GivesLiveChunksBackContract() {
      super("gives-live-chunks-back", GivesLiveChunksBack::new);
    }
  }

  @Test
  void contract_contentsLostWithTheirChunk_fails() {
    assertThat(failuresOf(GivesLiveChunksBackContract.class))
        .contains(
            "trim_someChunksEmpty_keepsExactlyThoseWithLiveBlocks",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  // Exhaustion.

  static final class ThrowsWhenExhausted extends BitmapStrategy {
    ThrowsWhenExhausted(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      long block = super.allocate(bytes, alignment);
      if (block == Blocks.NO_BLOCK) {
        throw new IllegalStateException("no memory");
      }
      return block;
    }
  }

  static final class ThrowsWhenExhaustedContract extends ContractOf {
    ThrowsWhenExhaustedContract() {
      super("throws-when-exhausted", ThrowsWhenExhausted::new);
    }
  }

  @Test
  void contract_exceptionWhenExhausted_fails() {
    assertThat(failuresOf(ThrowsWhenExhaustedContract.class))
        .contains(
            "allocate_budgetExhausted_saysSoAndHarmsNothing",
            "allocate_anyChunkRefused_harmsNothing",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  static final class LosesMemoryWhenExhausted extends BitmapStrategy {
    LosesMemoryWhenExhausted(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      long block = super.allocate(bytes, alignment);
      if (block == Blocks.NO_BLOCK && bytes > Blocks.GRANULE_BYTES) {
        super.allocate(0, Blocks.GRANULE_BYTES); // what nobody will ever free
      }
      return block;
    }
  }

  static final class LosesMemoryWhenExhaustedContract extends ContractOf {
    LosesMemoryWhenExhaustedContract() {
      super("loses-memory-when-exhausted", LosesMemoryWhenExhausted::new);
    }
  }

  @Test
  void contract_memoryLostWhenExhausted_fails() {
    assertThat(failuresOf(LosesMemoryWhenExhaustedContract.class))
        .contains(
            "allocate_budgetExhausted_saysSoAndHarmsNothing",
            "randomOperations_afterEveryStep_matchTheModel");
  }

  // The factory.

  static final class UnusableNameContract extends ContractOf {
    UnusableNameContract() {
      super("Not A Name", BitmapStrategy::new);
    }
  }

  @Test
  void contract_unusableName_fails() {
    assertThat(failuresOf(UnusableNameContract.class)).containsExactly("name_isInLowerKebabCase");
  }

  static final class OneForAllContract extends StrategyContract {
    private static final class OneForAll implements StrategyFactory {
      private Strategy strategy;

      @Override
      public String name() {
        return "one-for-all";
      }

      @Override
      public Strategy create(Chunks chunks) {
        if (strategy == null) {
          strategy = new BitmapStrategy(chunks);
        }
        return strategy;
      }
    }

    private final StrategyFactory strategy = new OneForAll();

    @Override
    protected StrategyFactory strategy() {
      return strategy;
    }
  }

  @Test
  void contract_oneStrategyForSeveralArenas_fails() {
    assertThat(failuresOf(OneForAllContract.class)).contains("create_severalArenas_shareNothing");
  }
}
