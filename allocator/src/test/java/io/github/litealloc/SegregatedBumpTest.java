package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The segregated strategy with its own classes; {@link SegregatedBumpCrateTest} has the rest. */
final class SegregatedBumpTest extends BuiltInStrategyContract {

  @Override
  protected StrategyFactory strategy() {
    return Strategies.SEGREGATED_BUMP;
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
    assertThat(statistics().pinned()).isEqualTo(Chunks.CHUNK_BYTES);
    assertThat(arena.trim()).isEqualTo(UNIT); // it had stayed as the spare
    assertThat(statistics().chunks()).isEqualTo(1);
    verify(second, large);
  }
}
