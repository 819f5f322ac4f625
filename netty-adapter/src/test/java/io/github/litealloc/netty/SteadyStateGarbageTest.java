package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In the steady state an event loop allocates, grows and releases buffers without heap garbage. */
final class SteadyStateGarbageTest {

  private static final int ROUNDS = 200_000;
  private static final int BATCHES = 50;

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void allocateAndRelease_inTheSteadyState_createsNoGarbage(String strategy) throws Exception {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      long garbage =
          loop.call(
              () -> {
                ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
                ByteBuf[] live = new ByteBuf[256];
                replaceBuffers(allocator, live);
                long start = threads.getCurrentThreadAllocatedBytes();
                replaceBuffers(allocator, live);
                long end = threads.getCurrentThreadAllocatedBytes();
                for (ByteBuf buffer : live) {
                  buffer.release();
                }
                return end - start;
              });
      // Far less than a byte a round: what remains is tables that still grow, and the measurement.
      assertThat(garbage).isLessThan(ROUNDS / 2);
      assertThat(allocator.metric().usedBytes()).isZero();
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void releaseOnAnotherThread_inTheSteadyState_createsNoGarbageOnEitherThread(String strategy)
      throws Exception {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop();
        TestLoop releaser = new TestLoop()) {
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      ByteBuf[] batch = new ByteBuf[1_000];
      long onOwner = 0;
      long onReleaser = 0;
      for (int round = 0; round < 4 * BATCHES; round++) {
        boolean isWarm = round >= 3 * BATCHES; // until then tables of chunks grow
        long owners =
            loop.call(
                () -> {
                  long start = threads.getCurrentThreadAllocatedBytes();
                  for (int i = 0; i < batch.length; i++) {
                    batch[i] = allocator.directBuffer(16 << (i & 7));
                  }
                  return threads.getCurrentThreadAllocatedBytes() - start;
                });
        long releasers =
            releaser.call(
                () -> {
                  long start = threads.getCurrentThreadAllocatedBytes();
                  for (ByteBuf buffer : batch) {
                    buffer.release();
                  }
                  return threads.getCurrentThreadAllocatedBytes() - start;
                });
        onOwner += isWarm ? owners : 0;
        onReleaser += isWarm ? releasers : 0;
      }
      // Waking the owner at most once a batch is what may cost something and, where the JVM has had
      // a
      // recorder, an event for each chunk that comes and goes: some 25 in a batch.
      assertThat(onOwner).isLessThan(BATCHES * (long) batch.length * 2);
      assertThat(onReleaser).isLessThan(BATCHES * (long) batch.length / 2);
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().arenas().get(0).statistics().remoteFrees())
          .isEqualTo(4L * BATCHES * batch.length);
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static void replaceBuffers(LiteByteBufAllocator allocator, ByteBuf[] live) {
    int random = 1;
    for (int i = 0; i < ROUNDS; i++) {
      random = random * 1_103_515_245 + 12_345;
      int slot = (random >>> 16) & 255;
      ByteBuf old = live[slot];
      if (old != null) {
        old.release();
      }
      int size = 16 << (random >>> 24 & 7);
      live[slot] = allocator.directBuffer(size).writeZero(size).writeInt(i);
    }
  }
}
