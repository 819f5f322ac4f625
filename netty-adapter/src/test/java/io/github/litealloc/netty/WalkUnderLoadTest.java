package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Looking at buffers while event loops allocate, grow, release and trim them. */
final class WalkUnderLoadTest {

  private static final int HELD = 50;
  private static final int HELD_BYTES = 100_000; // and up: no other buffer has such a size
  private static final int MAX_OTHER_BYTES = 4_096;

  @ParameterizedTest
  @CsvSource({"0, DISABLED", "3, DISABLED", "0, SIMPLE", "5, PARANOID"})
  void outstanding_underLoad_listsWhatIsHeldExactlyOnceAndNothingThatCannotBe(
      int sampling, Level level) throws Exception {
    Level levelBefore = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(level);
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(sampling).build();
    try (TestLoop loop = new TestLoop();
        TestLoop helper = new TestLoop()) {
      List<ByteBuf> held = loop.call(() -> hold(allocator));
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
      Future<?> load = loop.loop().submit(() -> work(allocator, helper, end));
      int looks = 0;
      while (!load.isDone()) {
        checkHeld(allocator.outstanding());
        allocator.holders();
        looks++;
      }
      load.get();
      assertThat(looks).isPositive();
      loop.run(() -> held.forEach(ByteBuf::release));
      helper.run(() -> {}); // has released what it was given
      assertThat(allocator.outstanding().isEmpty()).as(allocator.outstanding().toString()).isTrue();
    } finally {
      ResourceLeakDetector.setLevel(levelBefore);
    }
  }

  private static List<ByteBuf> hold(LiteByteBufAllocator allocator) {
    List<ByteBuf> held = new ArrayList<>();
    for (int i = 0; i < HELD; i++) {
      allocator.directBuffer(10).release();
      held.add(allocator.directBuffer(HELD_BYTES + i));
    }
    return held;
  }

  /** Waves, so that tables grow and are given up; some buffers are released elsewhere. */
  private static void work(LiteByteBufAllocator allocator, TestLoop helper, long end) {
    int random = 1;
    while (System.nanoTime() - end < 0) {
      List<ByteBuf> wave = new ArrayList<>();
      List<ByteBuf> abroad = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        random = random * 1_103_515_245 + 12_345;
        int bytes = (random >>> 16) % (MAX_OTHER_BYTES / 2);
        ByteBuf buffer = allocator.directBuffer(bytes);
        if (i % 5 == 0) {
          buffer.capacity(2 * bytes);
        }
        (i % 7 == 0 ? abroad : wave).add(buffer);
      }
      helper.loop().execute(() -> abroad.forEach(ByteBuf::release));
      wave.forEach(ByteBuf::release);
      allocator.trim();
    }
  }

  private static void checkHeld(OutstandingBuffers outstanding) {
    Map<Integer, Integer> times = new HashMap<>();
    for (OutstandingBuffer buffer : outstanding.buffers()) {
      if (buffer.capacityBytes() >= HELD_BYTES) {
        times.merge(buffer.capacityBytes(), 1, Integer::sum);
      } else {
        assertThat(buffer.capacityBytes()).isBetween(0, MAX_OTHER_BYTES);
      }
      assertThat(buffer.forgotten()).isFalse();
      assertThat(buffer.ageNanos()).isBetween(0L, TimeUnit.HOURS.toNanos(1));
    }
    assertThat(times).hasSize(HELD);
    assertThat(times.values()).containsOnly(1);
  }
}
