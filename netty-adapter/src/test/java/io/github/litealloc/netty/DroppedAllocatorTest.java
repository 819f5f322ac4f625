package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import io.netty.buffer.ByteBuf;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Allocators and threads that nobody has closed, and nobody can reach any more. */
final class DroppedAllocatorTest {

  private static final long MAX_BYTES = 64L << 20;
  private static final int BUFFERS = 100;
  private static final int BUFFER_BYTES = 200_000;

  private final MemoryBudget budget = MemoryBudget.of("dropped", MAX_BYTES);

  /** Where the JDK's shared arenas are what chunks are from; Netty's buffers cannot be watched. */
  private static boolean isWatchingChunks() {
    return DefaultMemorySource.INSTANCE == MemorySource.jdk() && Runtime.version().feature() >= 22;
  }

  private LiteAllocatorBuilder builder() {
    return LiteByteBufAllocator.builder()
        .budget(budget)
        .offLoop(OffLoopPolicy.ADOPT)
        .decayMillis(-1);
  }

  /** Runs on a thread that ends without a word, as plain ones do. */
  private void useAndDrop(Runnable work) throws Exception {
    Thread thread = new Thread(work);
    thread.start();
    thread.join();
  }

  private void burst(LiteByteBufAllocator allocator, boolean releases) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < BUFFERS; i++) {
      buffers.add(allocator.directBuffer(BUFFER_BYTES).writeInt(i));
    }
    if (releases) {
      buffers.forEach(ByteBuf::release);
    }
  }

  /** Another allocator of the process is in use meanwhile: it needs a fresh chunk now and then. */
  private void awaitReserved(long atMost) throws Exception {
    try (LiteByteBufAllocator other = TestAllocators.builder("hybrid").decayMillis(0).build()) {
      eventually(
          () -> {
            System.gc();
            other.directBuffer(3 << 20).release(); // has a chunk of its own
            return budget.reservedBytes() <= atMost;
          },
          () -> budget);
    }
  }

  /** As much as there is room for, had nobody forgotten anything. */
  private void requireWholeBudget() {
    assertThat(budget.promisedBytes()).isZero();
    try (LiteByteBufAllocator allocator = builder().whenExhausted(ExhaustionPolicy.THROW).build()) {
      allocator.directBuffer((int) MAX_BYTES - (1 << 20)).release();
    }
    assertThat(budget.reservedBytes()).isZero();
  }

  @Test
  void allocator_droppedWithIdleChunks_givesThemBack() throws Exception {
    useAndDrop(() -> burst(builder().build(), true));
    assertThat(budget.reservedBytes()).isGreaterThanOrEqualTo(BUFFERS * (long) BUFFER_BYTES);
    awaitReserved(isWatchingChunks() ? 0 : 1 << 20); // what the arena itself has kept
    if (isWatchingChunks()) {
      requireWholeBudget();
    }
  }

  @Test
  void allocator_droppedWithLiveBuffers_givesTheirChunksBack() throws Exception {
    assumeTrue(isWatchingChunks());
    useAndDrop(() -> burst(builder().build(), false));
    assertThat(budget.reservedBytes()).isGreaterThanOrEqualTo(BUFFERS * (long) BUFFER_BYTES);
    awaitReserved(0);
    requireWholeBudget();
  }

  @Test
  void allocator_droppedWhereNettyCounts_isNoLongerCounted() throws Exception {
    assumeTrue(PlatformDependent.hasUnsafe() && PlatformDependent.usedDirectMemory() >= 0);
    long before = PlatformDependent.usedDirectMemory();
    useAndDrop(() -> burst(builder().build(), true));
    assertThat(PlatformDependent.usedDirectMemory() - before)
        .isGreaterThanOrEqualTo(BUFFERS * (long) BUFFER_BYTES);
    awaitReserved(1 << 20);
    assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(2 << 20);
  }

  @Test
  void view_ofABufferOfADroppedAllocator_keepsItsChunk() throws Exception {
    assumeTrue(isWatchingChunks());
    AtomicReference<ByteBuffer> view = new AtomicReference<>();
    useAndDrop(
        () -> {
          LiteByteBufAllocator allocator = builder().build();
          burst(allocator, false);
          ByteBuf seen = allocator.directBuffer(64).writeLong(42).writeLong(43);
          view.set(seen.nioBuffer(8, 8).slice().asReadOnlyBuffer());
        });
    awaitReserved(1 << 20);
    assertThat(budget.reservedBytes()).isPositive();
    assertThat(view.get().getLong(0)).isEqualTo(43);
    view.set(null);
    awaitReserved(0);
    requireWholeBudget();
  }

  @Test
  void buffer_ofADroppedAllocator_keepsItsArena() throws Exception {
    AtomicReference<ByteBuf> kept = new AtomicReference<>();
    useAndDrop(
        () -> {
          LiteByteBufAllocator allocator = builder().build();
          burst(allocator, true);
          kept.set(allocator.directBuffer(64).writeLong(42));
        });
    for (int i = 0; i < 3; i++) {
      System.gc();
      useAndDrop(() -> burst(builder().build(), true)); // comes by what is found
    }
    assertThat(kept.get().readLong()).isEqualTo(42);
    kept.get().release();
    kept.set(null);
    if (isWatchingChunks()) {
      awaitReserved(0);
    }
  }
}
