package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Netty's own allocators count as used: all that was taken from the system. */
final class UsedDirectMemoryTest {

  private static final long KEEP_ALL = -1;
  private static final int CHUNK_BYTES = 256 * 1024;

  private final CountedSource source = new CountedSource();

  private LiteByteBufAllocator allocator(long decayMillis) {
    return TestAllocators.from(source, TestAllocators.builder("hybrid").decayMillis(decayMillis));
  }

  private static void burst(LiteByteBufAllocator allocator) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      buffers.add(allocator.directBuffer(30_000));
    }
    buffers.forEach(ByteBuf::release);
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0, 10_000})
  void usedDirectMemory_beforeAndAfterABurst_isWhatTheSourceHasOut(long decayMillis)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(decayMillis);
    assertThat(allocator.metric().usedDirectMemory()).isZero();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf kept = loop.call(() -> allocator.directBuffer(1_000));
      loop.run(() -> burst(allocator));
      // The loop may just be giving back what is left.
      eventually(() -> allocator.metric().usedDirectMemory() == source.bytes(), allocator::metric);
      long used = allocator.metric().usedDirectMemory();
      assertThat(used).isGreaterThanOrEqualTo(decayMillis == 0 ? 1_000 : 30_000_000);
      assertThat(allocator.metric().reservedBytes()).isBetween(1_000L, 4L * CHUNK_BYTES);
      allocator.closeAsync().get();
      assertThat(allocator.metric().usedDirectMemory()).isEqualTo(source.bytes()).isPositive();
      kept.release();
      assertThat(allocator.metric().usedDirectMemory()).isEqualTo(source.bytes()).isZero();
    }
  }

  @Test
  void usedDirectMemory_systemTakesNothingBack_staysWhatTheSourceHasOut() throws Exception {
    LiteByteBufAllocator allocator = allocator(0);
    source.takesNothingBack = true;
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> burst(allocator));
      // A chunk whose return is being tried again is in neither figure for that moment.
      eventually(() -> allocator.metric().usedDirectMemory() == source.bytes(), allocator::metric);
      assertThat(source.bytes()).isGreaterThanOrEqualTo(30_000_000);
      source.takesNothingBack = false;
      eventually(() -> source.bytes() == 0, source::bytes);
      eventually(() -> allocator.metric().usedDirectMemory() == 0, allocator::metric);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {KEEP_ALL, 0, 1})
  void usedDirectMemory_whileLoopsAreAtWork_isNeitherNegativeNorLessThanWhatIsLive(long decayMillis)
      throws Exception {
    LiteByteBufAllocator allocator = allocator(decayMillis);
    AtomicBoolean ended = new AtomicBoolean();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf kept = loop.call(() -> allocator.directBuffer(1_000));
      Future<?> work =
          loop.loop()
              .submit(
                  () -> {
                    for (int i = 0; i < 200; i++) {
                      burst(allocator);
                    }
                    ended.set(true);
                  });
      while (!ended.get()) {
        assertThat(allocator.metric().usedDirectMemory()).isGreaterThanOrEqualTo(1_000);
      }
      work.get();
      loop.run(kept::release);
    }
    allocator.close();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
  }
}
