package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Released buffers keep their blocks for a while, and nobody can tell but by the speed. */
final class BufferCacheTest {

  private static final String STRATEGIES = "io.github.litealloc.netty.TestAllocators#strategies";

  private final Level levelBefore = ResourceLeakDetector.getLevel();

  @AfterEach
  void restoreLevel() {
    ResourceLeakDetector.setLevel(levelBefore);
  }

  private static long cached(LiteByteBufAllocator allocator) {
    return allocator.metric().arenas().stream()
        .mapToLong(it -> it.statistics().cachedBytes())
        .sum();
  }

  private static long block(ByteBuf buffer) {
    return ((LiteByteBuf) TestAllocators.innermost(buffer)).block();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_buffer_countsAsFreeAndGivesItsBlockToTheNextOfItsSize(String strategy) {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
      ByteBuf first = allocator.directBuffer(1024, 4096).writeZero(100);
      first.readByte();
      first.markReaderIndex().markWriterIndex();
      long block = block(first);
      first.release();
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().liveBuffers()).isZero();
      assertThat(cached(allocator)).isEqualTo(1024);

      ByteBuf second = allocator.directBuffer(1020, 2048);

      assertThat(block(second)).isEqualTo(block);
      assertThat(second.capacity()).isEqualTo(1020);
      assertThat(second.maxCapacity()).isEqualTo(2048);
      assertThat(second.refCnt()).isEqualTo(1);
      assertThat(second.readableBytes()).isZero();
      assertThat(second.resetWriterIndex().writerIndex()).isZero();
      assertThat(second.resetReaderIndex().readerIndex()).isZero();
      assertThat(cached(allocator)).isZero();
      second.release();
    }
  }

  /** Its thread may never come back: what is kept would pin memory for ever. */
  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_onAThreadWithoutAClock_keepsNoMoreThanAShare(String strategy) {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
      List<ByteBuf> buffers = new ArrayList<>();
      for (int bytes = 256; bytes <= 16_384; bytes += 256) {
        buffers.add(allocator.directBuffer(bytes));
      }
      buffers.forEach(ByteBuf::release);
      assertThat(cached(allocator))
          .isPositive()
          .isLessThan(64 * 1024); // 16 KiB, and a sixteenth of the half MiB that was reserved
    }
  }

  private record Held(ByteBuf buffer, int id, int bytes) {
    void verify() {
      assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(Pattern.bytes(id, 0, bytes));
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void directBuffer_manyReleasedAtOnce_haveNoByteInCommon(String strategy) {
    try (LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
      SplittableRandom random = new SplittableRandom(7);
      List<Held> live = new ArrayList<>();
      for (int round = 0; round < 20_000; round++) {
        if (live.size() < 50 || random.nextBoolean() && live.size() < 200) {
          int bytes = random.nextInt(10) == 0 ? random.nextInt(40_000) : random.nextInt(600);
          ByteBuf buffer = allocator.directBuffer(bytes, 80_000);
          live.add(new Held(buffer.writeBytes(Pattern.bytes(round, 0, bytes)), round, bytes));
        } else {
          Held held = live.remove(random.nextInt(live.size()));
          held.verify();
          if (random.nextInt(10) == 0) {
            held.buffer.capacity(random.nextInt(2 * held.bytes + 1));
          }
          held.buffer.release();
        }
      }
      live.forEach(held -> held.buffer.release());
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().requestedBytes()).isZero();
      allocator.trimOnThisThread();
      assertThat(allocator.metric().usedDirectMemory()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void release_bufferTrackedByTheLeakDetector_isCachedToo(String strategy) {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    try (LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
      Set<Object> buffers = new HashSet<>();
      Set<Long> blocks = new HashSet<>();
      for (int i = 0; i < 10; i++) {
        ByteBuf buffer = allocator.directBuffer(500);
        buffers.add(System.identityHashCode(TestAllocators.innermost(buffer)));
        blocks.add(block(buffer));
        buffer.capacity(501); // which asks again whether it may be cached
        buffer.capacity(500);
        buffer.release();
        assertThat(cached(allocator)).isEqualTo(512);
      }
      assertThat(buffers).hasSize(1);
      assertThat(blocks).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void directBuffer_onlyCachedBuffersInTheWay_getsTheirMemory(String strategy) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("small")
            .strategy(strategy)
            .budget(MemoryBudget.of("small", 3 << 15))
            .whenExhausted(ExhaustionPolicy.THROW)
            .build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            for (int i = 0; i < 4; i++) {
              allocator.directBuffer(64 << i).release();
            }
            assertThat(cached(allocator)).isPositive();

            allocator.directBuffer(1 << 16).release();

            assertThat(allocator.metric().failures()).isZero();
          });
    }
  }

  /** Or what a load no longer needs would pin its chunks as long as there is any other. */
  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void timer_whileOtherSizesAreInUse_freesWhatIsNot(String strategy) throws Exception {
    try (LiteByteBufAllocator allocator = TestAllocators.builder(strategy).build();
        TestLoop loop = new TestLoop()) {
      ByteBuf aboveTheFloor = loop.call(() -> allocator.directBuffer(100_000));
      loop.run(() -> allocator.directBuffer(1024).release());
      loop.run(() -> allocator.directBuffer(4096).release());
      assertThat(cached(allocator)).isEqualTo(1024 + 4096);

      eventually(
          () -> {
            releaseOne(allocator, loop);
            return cached(allocator) == 4096;
          },
          () -> cached(allocator));

      loop.call(aboveTheFloor::release);
    }
  }

  private static void releaseOne(LiteByteBufAllocator allocator, TestLoop loop) {
    loop.loop().submit(() -> allocator.directBuffer(4096).release()).syncUninterruptibly();
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void strategy_changed_givesCachedMemoryBack(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(1000).release());
      assertThat(cached(allocator)).isPositive();

      allocator.strategy("hybrid".equals(strategy) ? "free-list" : "hybrid");

      loop.run(() -> assertThat(cached(allocator)).isZero());
      assertThat(allocator.metric().arenas()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource(STRATEGIES)
  void close_cachedBuffers_giveTheirMemoryBack(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder(strategy).decayMillis(0).build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf out =
          loop.call(
              () -> {
                allocator.directBuffer(1000).release();
                return allocator.directBuffer(2000);
              });

      allocator.closeAsync().get();
      assertThat(cached(allocator)).isZero();

      out.release();
      assertThat(allocator.metric().usedDirectMemory()).isZero();
    }
  }
}
