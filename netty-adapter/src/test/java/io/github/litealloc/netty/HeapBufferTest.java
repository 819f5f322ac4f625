package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Heap buffers are ours: in alloc(), and in the figures. */
final class HeapBufferTest {

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();

  @AfterEach
  void closeAllocator() {
    assertThat(allocator.metric().heapBuffers()).isZero();
    assertThat(allocator.metric().heapBytes()).isZero();
    allocator.close();
  }

  @Test
  void alloc_ofHeapBuffersAndWhatIsMadeOfThem_isOurs() {
    ByteBuf buffer = allocator.heapBuffer(100).writeZero(100);
    ByteBuf copy = buffer.copy();
    CompositeByteBuf composite =
        allocator.compositeHeapBuffer().addComponents(true, buffer, copy).consolidate();
    ByteBuf copyOfAll = composite.copy();
    Stream.of(
            composite,
            composite.component(0),
            composite.internalComponent(0),
            copyOfAll,
            copyOfAll.slice(5, 10),
            copyOfAll.duplicate(),
            copyOfAll.asReadOnly())
        .forEach(each -> assertThat(each.alloc()).isSameAs(allocator));
    assertThat(copyOfAll.hasArray()).isTrue();
    copyOfAll.writeZero(1_000_000);
    assertThat(copyOfAll.alloc()).isSameAs(allocator);
    assertThat(allocator.metric().fallbacks(FallbackReason.HEAP)).isEqualTo(4);
    copyOfAll.release();
    composite.release();
  }

  /** Whatever is done to one buffer, also where the leak detector follows it. */
  @ParameterizedTest
  @EnumSource(
      value = Level.class,
      names = {"DISABLED", "PARANOID"})
  void alloc_atEachStepOfALife_isOurs(Level level) throws Exception {
    Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(level);
    try (TestLoop loop = new TestLoop()) {
      loop.run(this::liveThroughAll); // on a loop, which reuses its objects
      liveThroughAll();
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  private void liveThroughAll() {
    ByteBuf buffer = requireOurs(allocator.heapBuffer(16)).writeLong(42);
    requireOurs(buffer.ensureWritable(5_000)).writeZero(5_000); // another array
    requireOurs(buffer.capacity(100_000)).capacity(6_000);
    List<ByteBuf> slices =
        List.of(
            buffer.retainedSlice(0, 8),
            buffer.retainedDuplicate(),
            buffer.retainedSlice(0, 100).retainedSlice(0, 8), // retains the whole once more
            buffer.readRetainedSlice(8));
    for (ByteBuf slice : slices) {
      requireOurs(requireOurs(slice.retain()).copy()).release();
      assertThat(slice.getLong(0)).isEqualTo(42);
      slice.release();
    }
    requireOurs(buffer.readBytes(10)).release();
    requireOurs(buffer.asReadOnly().copy(0, 8)).release();
    CompositeByteBuf all = allocator.compositeHeapBuffer();
    all.addComponent(true, buffer).addComponent(true, requireOurs(allocator.heapBuffer(9)));
    requireOurs(all.writeZero(20_000)); // a component of its own
    for (int i = 0; i < all.numComponents(); i++) {
      requireOurs(all.component(i));
    }
    requireOurs(all.alloc().heapBuffer(3)).release();
    requireOurs(all.consolidate().component(0));
    requireOurs(all.copy()).release();
    assertThat(all.release()).isTrue();
    ByteBuf left = slices.get(0); // the composite has let go of it for its copy
    assertThat(left.getLong(0)).isEqualTo(42);
    assertThat(left.release(slices.size() + 1)).isTrue();
  }

  private ByteBuf requireOurs(ByteBuf buffer) {
    assertThat(buffer.alloc()).isSameAs(allocator);
    return buffer;
  }

  @Test
  void heapBuffers_liveAndTotal_areInTheFigures() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      loop.run(
          () -> {
            allocator.directBuffer(10).release(); // so that the loop has an arena
            for (int i = 0; i < 100; i++) {
              buffers.add(allocator.heapBuffer(1_000));
            }
            buffers.get(0).capacity(3_000);
            buffers.get(1).capacity(500);
          });
      assertThat(allocator.metric().heapBuffers()).isEqualTo(100);
      assertThat(allocator.metric().heapBytes()).isEqualTo(101_500);
      assertThat(allocator.metric().fallbacks(FallbackReason.HEAP)).isEqualTo(100);
      assertThat(allocator.metric().fallbackBytes(FallbackReason.HEAP)).isEqualTo(100_000);
      buffers.subList(0, 50).forEach(ByteBuf::release);
      assertThat(allocator.metric().heapBuffers()).isEqualTo(50);
      loop.run(() -> buffers.subList(50, 100).forEach(ByteBuf::release));
      assertThat(allocator.metric().heapBytes()).isZero();
    }
  }

  @Test
  void heapBuffers_ofALoopInTurn_makeNoGarbage() throws Exception {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (TestLoop loop = new TestLoop()) {
      long bytes =
          loop.call(
              () -> {
                allocator.directBuffer(10).release();
                long before = 0;
                for (int i = 0; i < 22_000; i++) {
                  if (i == 20_000) {
                    before = threads.getCurrentThreadAllocatedBytes();
                  }
                  ByteBuf buffer = allocator.heapBuffer(16_709);
                  buffer.writeByte(i);
                  buffer.release();
                }
                return threads.getCurrentThreadAllocatedBytes() - before;
              });
      assertThat(bytes / 2_000).as("bytes for each of 2,000").isLessThan(32); // an object has more
    }
  }
}
