package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The segregated strategy with its own classes; {@link SegregatedBumpCrateTest} has the rest. */
class SegregatedBumpTest extends BuiltInStrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return Strategies.SEGREGATED_BUMP;
  }

  @Override
  long mostReservedPerUsed() {
    return 4;
  }

  @Test
  void allocate_everyClass_isServedExactlyAndReused() {
    SizeClasses classes = SizeClasses.NETWORK;
    allocate(16);
    for (int i = 0; i < classes.count(); i++) {
      int bytes = classes.bytes(i);
      long anchor = allocate(bytes);
      long block = allocate(bytes);
      assertThat(arena.sizeOf(block, bytes)).isEqualTo(bytes);
      arena.free(block, bytes);
      long again = allocate(bytes - 15);
      assertThat(again).isEqualTo(block);
      assertThat(arena.sizeOf(again, bytes - 15)).isEqualTo(bytes);
      verify(anchor, bytes);
    }
  }

  @Test
  void free_aboveTheLargestClass_comesBackWithItsChunk() {
    int large = SizeClasses.NETWORK.maxBytes() + 1;
    long first = allocate(large);
    long second = allocate(large);
    assertThat(statistics().chunks()).isEqualTo(2);
    arena.free(first, large);
    assertThat(statistics().pinnedBytes()).isEqualTo(Chunks.CHUNK_BYTES);
    assertThat(arena.trim()).isEqualTo(UNIT); // it had stayed as the spare
    assertThat(statistics().chunks()).isEqualTo(1);
    verify(second, large);
  }

  @Test
  void reallocate_largeToMuchSmaller_freesWhatItsNameCannotSay() {
    int large = 200 * 1_024;
    long block = allocate(large);
    long obstacle = allocate(16);
    int chunk = Blocks.chunk(block);
    long shrunk = arena.reallocate(block, large, 64);

    assertThat(place(shrunk)).isEqualTo(place(block));
    assertThat(arena.sizeOf(shrunk, 64)).isEqualTo(64);
    assertThat(statistics().usedBytes()).isEqualTo(64 + 16);
    verify(shrunk, 64, block);
    verify(obstacle, 16);

    // It is a block of its class now: it is reused as one, and its chunk must wait for it.
    arena.free(shrunk, 64);
    assertThat(place(allocate(64))).isEqualTo(place(block));
    arena.free(block, 64);
    arena.free(obstacle, 16);
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
    assertThat(Blocks.chunk(allocate(64))).isEqualTo(chunk); // no entry is left that names it
  }

  @Test
  void reallocate_smallerByAllThatANameCanSay_keepsItsSize() {
    int bytes = 64 + Blocks.MAX_SLACK_BYTES;
    long block = allocate(bytes);
    allocate(16);
    long shrunk = arena.reallocate(block, bytes, 64);
    assertThat(arena.sizeOf(shrunk, 64)).isEqualTo(bytes);
    assertThat(statistics().usedBytes()).isEqualTo(bytes + 16);
  }
}
