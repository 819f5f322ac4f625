package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link ReleasedWhileGrowingTest} for a buffer on the heap, which grows in what others give. */
final class HeapReleasedWhileGrowingTest {

  private static final int BYTES = 200;
  private static final int MORE = 5_000;

  /** Runs something when what it has given changes its capacity, before or after the change. */
  private static final class HeapAllocator extends AbstractByteBufAllocator {
    private Runnable before = () -> {};
    private Runnable after = () -> {};
    private int given;

    HeapAllocator() {
      super(false);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      given++;
      return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity) {
        @Override
        public ByteBuf capacity(int newCapacity) {
          once(before);
          super.capacity(newCapacity);
          once(after);
          return this;
        }

        @Override
        protected void deallocate() {
          given--;
          super.deallocate();
        }
      };
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }

    private void once(Runnable what) {
      if (what == before) {
        before = () -> {};
      } else {
        after = () -> {};
      }
      what.run();
    }
  }

  private final HeapAllocator heap = new HeapAllocator();
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().heapAllocator(heap).build();
  private final List<ByteBuf> others = new ArrayList<>();

  /** Releases, and has the object that is free now go on as somebody else's. */
  private void releaseAndAllocate(ByteBuf buffer) {
    buffer.release();
    others.add(allocator.heapBuffer(BYTES).writeLong(42));
  }

  private void requireOthersWhole() {
    assertThat(others).isNotEmpty();
    for (ByteBuf other : others) {
      assertThat(other.capacity()).isEqualTo(BYTES);
      assertThat(other.getLong(0)).isEqualTo(42);
      assertThat(other.release()).isTrue();
    }
    assertThat(allocator.metric().heapBytes()).isZero();
    assertThat(heap.given).isZero();
    allocator.close();
  }

  @Test
  void capacity_releasedBeforeItHasChanged_endsAfterwardsAndIsToldOf() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES);
            heap.before = () -> releaseAndAllocate(growing);
            assertThatThrownBy(() -> growing.capacity(MORE))
                .isInstanceOf(IllegalReferenceCountException.class);
            assertThat(growing.refCnt()).isZero();
            others.add(allocator.heapBuffer(BYTES).writeLong(42));
            requireOthersWhole();
          });
    }
  }

  @Test
  void capacity_releasedAfterItHasChanged_endsAfterwardsAndIsToldOf() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES);
            heap.after = () -> releaseAndAllocate(growing);
            assertThatThrownBy(() -> growing.writeBytes(new byte[MORE]))
                .isInstanceOf(IllegalReferenceCountException.class);
            requireOthersWhole();
          });
    }
  }

  @Test
  void capacity_releasedAndFailed_throwsWhatHasFailed() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES);
            heap.after =
                () -> {
                  releaseAndAllocate(growing);
                  throw new IllegalStateException("foreign");
                };
            assertThatThrownBy(() -> growing.capacity(MORE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("foreign");
            requireOthersWhole();
          });
    }
  }

  @Test
  void capacity_allReferencesReleasedByAnotherThread_endsAfterwards() throws Exception {
    try (TestLoop loop = new TestLoop();
        TestLoop other = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES).retain(2);
            heap.after =
                () -> {
                  assertThat(growing.refCnt()).isEqualTo(3); // a hold is no reference
                  try {
                    assertThat(other.call(() -> growing.release(3))).isTrue();
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                  others.add(allocator.heapBuffer(BYTES).writeLong(42));
                };
            assertThatThrownBy(() -> growing.capacity(MORE))
                .isInstanceOf(IllegalReferenceCountException.class);
            requireOthersWhole();
          });
    }
  }

  @Test
  void capacity_changedOnceMoreMeanwhile_isRefusedThereAndGoesOn() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES).writeLong(7);
            heap.before =
                () ->
                    assertThatThrownBy(() -> growing.capacity(10))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("one change at a time");
            assertThat(growing.capacity(MORE).getLong(0)).isEqualTo(7);
            assertThat(growing.release()).isTrue();
            others.add(allocator.heapBuffer(BYTES).writeLong(42));
            requireOthersWhole();
          });
    }
  }

  @Test
  void write_otherCodeHasWrittenMeanwhile_isRefused() throws Exception {
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            allocator.directBuffer(1).release(); // an arena, which keeps objects for reuse
            ByteBuf growing = allocator.heapBuffer(BYTES);
            heap.after = () -> growing.writerIndex(100);
            assertThatThrownBy(() -> growing.writeBytes(new byte[MORE]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("somebody has written meanwhile");
            assertThat(growing.release()).isTrue();
            others.add(allocator.heapBuffer(BYTES).writeLong(42));
            requireOthersWhole();
          });
    }
  }
}
