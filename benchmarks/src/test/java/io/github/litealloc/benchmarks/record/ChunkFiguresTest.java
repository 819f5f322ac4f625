package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.record.ChunkFigures.Owner;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkFiguresTest {

  private final List<ChunkFigures.Seen> events = new ArrayList<>();

  private void allocated(Owner owner, long address, long bytes) {
    events.add(new ChunkFigures.Seen(true, events.size(), owner, address, bytes));
  }

  private void freed(Owner owner, long address, long bytes) {
    events.add(new ChunkFigures.Seen(false, events.size(), owner, address, bytes));
  }

  private ChunkFigures figures() {
    return ChunkFigures.of(events).orElseThrow();
  }

  @Test
  void of_noEvent_isUnknown() {
    assertThat(ChunkFigures.of(events)).isEmpty();
  }

  @Test
  void of_chunksThatComeAndGo_haveTheirHighestSum() {
    allocated(Owner.POOLED, 7, 100);
    allocated(Owner.POOLED, 8, 20);
    freed(Owner.POOLED, 7, 100);
    allocated(Owner.POOLED, 7, 50);

    assertThat(figures()).isEqualTo(new ChunkFigures(1, 3, 170, 1, 100, 0, 0, 120));
    assertThat(figures().owners()).isEqualTo("pooled");
  }

  @Test
  void of_chunkThatWasThereBefore_countsUntilItIsFreed() {
    allocated(Owner.ADAPTIVE, 7, 100);
    freed(Owner.ADAPTIVE, 9, 40);
    allocated(Owner.ADAPTIVE, 8, 10);

    assertThat(figures()).isEqualTo(new ChunkFigures(2, 2, 110, 1, 40, 1, 40, 140));
  }

  @Test
  void of_onlyFreed_heldThatMuch() {
    freed(Owner.LITE, 7, 100);
    freed(Owner.LITE, 8, 100);

    assertThat(figures().peakBytes()).isEqualTo(200);
    assertThat(figures().bornBefore()).isEqualTo(2);
    assertThat(figures().owners()).isEqualTo("lite-alloc");
  }

  /** Events of two threads may be told in the wrong order. */
  @Test
  void of_addressThatIsTakenBeforeItIsFreed_isTwoChunks() {
    allocated(Owner.POOLED, 7, 100);
    allocated(Owner.POOLED, 7, 100);
    freed(Owner.POOLED, 7, 100);
    freed(Owner.POOLED, 7, 100);

    assertThat(figures().bornBefore()).isZero();
  }

  @Test
  void of_noAddresses_arePairedBySizeAndOwner() {
    allocated(Owner.POOLED, 0, 100);
    freed(Owner.POOLED, 0, 100);
    freed(Owner.POOLED, 0, 100);
    freed(Owner.ADAPTIVE, 0, 100);
    freed(Owner.POOLED, 0, 50);

    assertThat(figures().bornBefore()).isEqualTo(3);
    assertThat(figures().bornBeforeBytes()).isEqualTo(250);
    assertThat(figures().owners()).isEqualTo("pooled and adaptive");
  }

  @Test
  void owner_ofAClass_isKnownByItsName() {
    assertThat(Owner.of("io.netty.buffer.PooledByteBufAllocator")).isEqualTo(Owner.POOLED);
    assertThat(Owner.of("io.netty.buffer.AdaptiveByteBufAllocator")).isEqualTo(Owner.ADAPTIVE);
    assertThat(Owner.of("io.netty.buffer.UnpooledByteBufAllocator")).isEqualTo(Owner.OTHER);
    assertThat(Owner.of("")).isEqualTo(Owner.OTHER);
  }
}
