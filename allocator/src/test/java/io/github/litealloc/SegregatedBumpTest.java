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
    assertThat(statistics().pinnedBytes()).isEqualTo(UNIT);
    assertThat(arena.trim()).isEqualTo(UNIT); // it had stayed as the spare
    assertThat(statistics().chunks()).isEqualTo(1);
    verify(second, large);
  }

  @Test
  void reallocate_largeToMuchSmaller_freesWhatItsNameCannotSay() {
    int large = 200 * 1_024;
    long block = allocate(large);
    long obstacle = allocate(16);
    long shrunk = arena.reallocate(block, large, 64);

    assertThat(place(shrunk)).isEqualTo(place(block));
    assertThat(arena.sizeOf(shrunk, 64)).isEqualTo(64 + Blocks.MAX_SLACK_BYTES);
    assertThat(statistics().usedBytes()).isEqualTo(64 + Blocks.MAX_SLACK_BYTES + 16);
    verify(shrunk, 64, block);
    verify(obstacle, 16);

    // It still is a block of its own chunk, which goes back with it, and no other is put there.
    long small = allocate(64);
    assertThat(Blocks.chunk(small)).isEqualTo(Blocks.chunk(obstacle));
    long grown = arena.reallocate(shrunk, 64, large);
    assertThat(place(grown)).isEqualTo(place(block));
    arena.free(grown, large);
    arena.trim();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
  }

  @Test
  void allocate_largeAndSmall_lieApart() {
    int large = 64 * 1_024;
    long first = allocate(large);
    long second = allocate(large);
    long small = allocate(16);
    assertThat(statistics().reservedBytes()).isEqualTo(3 * UNIT);
    arena.free(first, large);
    arena.free(second, large);
    arena.trim();
    assertThat(statistics().reservedBytes()).isEqualTo(UNIT);
    verify(small, 16);
  }

  @Test
  void free_largeAgainAndAgain_keepsOneChunkForTheNext() {
    int large = 40 * 1_024;
    allocate(16);
    for (int i = 0; i < 100; i++) {
      arena.free(allocate(large), large);
    }
    assertThat(statistics().chunkReservations()).isEqualTo(2);
    allocate(large - 1_000);
    assertThat(statistics().chunkReservations()).isEqualTo(2);
    allocate(large);
    assertThat(statistics().chunkReservations()).isEqualTo(3);
  }

  @Test
  void reallocate_classesOfMoreThanANameCanSay_keepContentsAndChunks() {
    StrategyFactory coarse =
        Strategies.segregatedBump("coarse", SizeClasses.of(64, 512 * 1_024, 1_024 * 1_024));
    arena = Arena.builder().strategy(coarse).store(store).checked(isChecked()).build();
    int[] sizes = {64, 300 * 1_024, 600 * 1_024, 1_500 * 1_024};
    for (int from : sizes) {
      for (int to : sizes) {
        long block = allocate(from);
        long other = allocate(64);
        long resized = arena.reallocate(block, from, to);
        verify(resized, Math.min(from, to), block);
        arena.free(resized, to);
        long next = allocate(from);
        verify(other, 64);
        arena.free(next, from);
        arena.free(other, 64);
      }
    }
    arena.trim();
    assertThat(statistics().reservedBytes()).isZero();
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
