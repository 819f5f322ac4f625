package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.internal.CleanableDirectBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Buffers do not share bytes, and a region goes back once, with the last buffer in it. */
final class RegionByteBufAllocatorTest {

  private static final int LARGE = RegionByteBufAllocator.LARGEST_SHARED_BYTES + 1;
  private static final int SMALL = RegionByteBufAllocator.LARGEST_SHARED_BYTES;
  private static final int SMALL_IN_A_REGION = RegionByteBufAllocator.REGION_BYTES / SMALL;

  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private final AtomicBoolean givesBackInVain = new AtomicBoolean();
  private final RegionByteBufAllocator allocator = new RegionByteBufAllocator(Memory::new);

  /** Which was given back at most once, and whose bytes are not touched afterwards. */
  private final class Memory implements CleanableDirectBuffer {
    private final ByteBuffer buffer;
    private boolean isGivenBack;

    Memory(int bytes) {
      buffer = ByteBuffer.allocateDirect(bytes);
      taken.incrementAndGet();
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public synchronized void clean() {
      if (givesBackInVain.getAndSet(false)) {
        throw new StackOverflowError("by the test");
      }
      assertThat(isGivenBack).as("given back before").isFalse();
      isGivenBack = true;
      givenBack.incrementAndGet();
    }
  }

  private List<ByteBuf> buffers(int count, int bytes) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      buffers.add(allocator.directBuffer(bytes));
    }
    return buffers;
  }

  @Test
  void release_ofTheLastBufferInAFullRegion_givesItBack() {
    List<ByteBuf> first = buffers(SMALL_IN_A_REGION, SMALL);
    assertThat(taken).hasValue(1);
    ByteBuf next = allocator.directBuffer(SMALL);
    assertThat(taken).hasValue(2);
    first.subList(1, first.size()).forEach(ByteBuf::release);
    assertThat(givenBack).hasValue(0);
    first.get(0).release();
    assertThat(givenBack).hasValue(1);
    next.release();
    assertThat(givenBack).as("the one that is kept").hasValue(1);
    buffers(SMALL_IN_A_REGION, SMALL).forEach(ByteBuf::release);
    assertThat(taken).as("from its start again").hasValue(2);
  }

  @Test
  void release_whileOthersLive_keepsAFewEmptyRegionsForThem() {
    int regions = 3 * RegionByteBufAllocator.LIVE_FOR_A_SPARE;
    List<ByteBuf> live = buffers(regions * SMALL_IN_A_REGION, SMALL);
    live.subList(0, SMALL_IN_A_REGION).forEach(ByteBuf::release);
    assertThat(givenBack).as("the first one is kept").hasValue(0);
    live.addAll(buffers(SMALL_IN_A_REGION, SMALL));
    assertThat(taken).as("and used again").hasValue(regions);
    live.subList(SMALL_IN_A_REGION, live.size()).forEach(ByteBuf::release);
    assertThat(taken.get() - givenBack.get()).as("when nothing is live").isEqualTo(1);
  }

  /** As near the limit of direct memory. */
  @Test
  void directBuffer_noRoomForARegion_isServedByMemoryOfItsOwn() {
    RegionByteBufAllocator tight =
        new RegionByteBufAllocator(
            bytes -> {
              if (bytes >= RegionByteBufAllocator.REGION_BYTES) {
                throw new OutOfMemoryError("no room for " + bytes);
              }
              return new Memory(bytes);
            });
    ByteBuf buffer = tight.directBuffer(1_000);
    assertThat(buffer.capacity()).isEqualTo(1_000);
    buffer.release();
    assertThat(givenBack).hasValue(1);
  }

  @Test
  void directBuffer_large_hasMemoryOfItsOwnWhichGoesBackAtOnce() {
    ByteBuf large = allocator.directBuffer(LARGE);
    large.release();
    assertThat(taken).hasValue(1);
    assertThat(givenBack).hasValue(1);
  }

  /** Netty stores its new place only after the old one was ended: an error there would lose it. */
  @Test
  void capacity_stackEndsWhenARegionIsToGo_movesAllTheSame() {
    List<ByteBuf> first = buffers(SMALL_IN_A_REGION - 1, SMALL);
    ByteBuf moved = allocator.directBuffer(SMALL, Integer.MAX_VALUE).writeLong(42);
    moved.capacity(SMALL - 1).capacity(SMALL - 2); // the second time it is Netty who ends the place
    List<ByteBuf> others = buffers(2 * SMALL_IN_A_REGION, SMALL);
    first.forEach(ByteBuf::release);
    givesBackInVain.set(true);

    moved.capacity(LARGE);
    assertThat(moved.getLong(0)).isEqualTo(42);
    others.forEach(ByteBuf::release);
    assertThat(givesBackInVain).as("it was to go").isFalse();
    moved.release();
    buffers(SMALL_IN_A_REGION, SMALL).forEach(ByteBuf::release);
    assertThat(taken.get() - givenBack.get()).as("kept, or lost by the memory itself").isEqualTo(2);
  }

  @Test
  void release_again_endsAPlaceOnce() {
    ByteBuf buffer = allocator.directBuffer(SMALL, Integer.MAX_VALUE);
    buffer.capacity(
        SMALL - 1); // in another place; now the first is ended, and once more at the end
    ByteBuf other = allocator.directBuffer(SMALL).writeLong(7);
    buffer.release();
    List<ByteBuf> next = buffers(SMALL_IN_A_REGION, SMALL);
    next.forEach(each -> each.writeLong(8));
    assertThat(other.getLong(0)).isEqualTo(7);
    other.release();
    next.forEach(ByteBuf::release);
    assertThat(taken.get() - givenBack.get()).isEqualTo(1);
  }

  @Test
  void capacity_changed_keepsTheBytesAndFreesTheOldPlace() {
    ByteBuf buffer = allocator.directBuffer(SMALL, Integer.MAX_VALUE).writeLong(42);
    buffer.capacity(LARGE);
    assertThat(buffer.getLong(0)).isEqualTo(42);
    buffer.capacity(100);
    assertThat(buffer.getLong(0)).isEqualTo(42);
    assertThat(buffer.writerIndex()).isEqualTo(Long.BYTES);
    buffer.release();
    assertThat(givenBack).as("the large one, not the region").hasValue(1);
    assertThat(buffers(SMALL_IN_A_REGION, SMALL)).isNotEmpty();
    assertThat(taken).as("nothing of the region is in use").hasValue(2);
  }

  @Test
  void directBuffer_new_isEmptyAndDirectAndOurs() {
    ByteBuf buffer = allocator.directBuffer(100, 200);
    assertThat(buffer.readableBytes()).isZero();
    assertThat(buffer.capacity()).isEqualTo(100);
    assertThat(buffer.maxCapacity()).isEqualTo(200);
    assertThat(buffer.isDirect()).isTrue();
    assertThat(buffer.alloc()).isSameAs(allocator);
    assertThatThrownBy(() -> buffer.writeZero(201)).isInstanceOf(IndexOutOfBoundsException.class);
    buffer.release();
  }

  @Test
  void buffers_ofFourThreadsAtOnce_neverShareBytes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> ends = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int seed = i;
      ends.add(threads.submit(() -> writeAndVerify(new Random(seed), seed)));
    }
    for (Future<?> end : ends) {
      end.get();
    }
    threads.shutdown();
    assertThat(taken.get() - givenBack.get()).as("regions that are kept").isEqualTo(1);
  }

  private void writeAndVerify(Random random, int mark) {
    List<ByteBuf> live = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 20; i++) {
        int bytes = 1 + random.nextInt(2 * SMALL);
        ByteBuf buffer = allocator.directBuffer(bytes);
        live.add(fill(buffer.writerIndex(bytes), mark));
      }
      Collections.shuffle(live, random);
      List<ByteBuf> ended = live.subList(0, live.size() / 2);
      for (ByteBuf buffer : ended) {
        requireFilled(buffer, mark);
        buffer.release();
      }
      ended.clear();
    }
    live.forEach(ByteBuf::release);
  }

  private static byte[] bytes(int count, int mark) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) mark);
    return bytes;
  }

  private static ByteBuf fill(ByteBuf buffer, int mark) {
    return buffer.setBytes(0, bytes(buffer.writerIndex(), mark));
  }

  private static void requireFilled(ByteBuf buffer, int mark) {
    byte[] found = ByteBufUtil.getBytes(buffer);
    int other = Arrays.mismatch(found, bytes(found.length, mark));
    assertThat(other).as("the first byte of somebody else's").isEqualTo(-1);
  }
}
