package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.TimeUnit;

/** An application: asks an allocator on an event loop for buffers, until it is ended. */
final class BufferTraffic {

  /** More than any allocator keeps a chunk for. */
  static final int LARGE_BYTES = 33 << 20;

  private static final int ROUNDS_FOR_A_LARGE_ONE = 50;

  private BufferTraffic() {}

  public static void main(String[] args) throws Exception {
    Candidate candidate = Candidate.of(args[0]);
    DefaultEventLoop loop = new DefaultEventLoop();
    DefaultEventLoop other = new DefaultEventLoop();
    ByteBufAllocator allocator = MeasuredAllocator.open(candidate, "traffic").allocator();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    for (int round = 0; System.nanoTime() - end < 0; round++) {
      round(allocator, loop, other);
      if (round % ROUNDS_FOR_A_LARGE_ONE == 0) {
        loop.submit(() -> allocator.directBuffer(LARGE_BYTES).release()).get();
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    System.exit(0); // the loops would keep it alive, and whoever records it would wait for events
  }

  /**
   * Three direct buffers, of which one moves and one is released elsewhere, and one on the heap.
   */
  static void round(ByteBufAllocator allocator, DefaultEventLoop loop, DefaultEventLoop other)
      throws Exception {
    ByteBuf elsewhere =
        loop.submit(
                () -> {
                  ByteBuf small = allocator.directBuffer(100);
                  ByteBuf grows = allocator.directBuffer(300);
                  grows.writeZero(5_000);
                  allocator.heapBuffer(50).release();
                  small.release();
                  grows.release();
                  return allocator.directBuffer(2_000);
                })
            .get();
    other.submit(() -> elsewhere.release()).get();
  }

  /** Returns whether addresses tell nothing of a candidate here, see {@link Pairing}. */
  static boolean isPairedBySize(Candidate candidate) {
    return candidate.kind() == AllocatorKind.POOLED && PlatformDependent.hasUnsafe();
  }
}
