package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays that are too short for what is copied, and buffers that are: nothing is copied then. */
final class ArrayBoundsTest {

  private static final int BYTES = 16;

  private final LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
  private final ByteBuf buffer = allocator.directBuffer(BYTES, BYTES);

  @BeforeEach
  void fill() {
    buffer.setZero(0, BYTES);
  }

  @AfterEach
  void close() {
    if (buffer.refCnt() > 0) {
      buffer.release();
    }
    allocator.close();
  }

  @ParameterizedTest(name = "at {0} of the buffer, {1} of the array, {2} bytes")
  @CsvSource({
    "0, 0, 9",
    "0, 8, 1",
    "0, 9, 0",
    "0, 1, 8",
    "0, -1, 4",
    "0, 2147483647, 2",
    "-1, 0, 4",
    "13, 0, 4",
    "17, 0, 0",
    "2147483647, 0, 2",
    "0, 0, -1",
    "0, 2147483647, 2147483647"
  })
  void setAndGetBytes_beyondEitherEnd_copiesNothing(int index, int arrayIndex, int count) {
    byte[] array = {1, 2, 3, 4, 5, 6, 7, 8};
    byte[] before = array.clone();
    assertThatThrownBy(() -> buffer.setBytes(index, array, arrayIndex, count))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.getBytes(index, array, arrayIndex, count))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(array).isEqualTo(before);
    byte[] contents = new byte[BYTES];
    buffer.getBytes(0, contents);
    assertThat(contents).containsOnly(0);
  }

  @ParameterizedTest(name = "{0} bytes")
  @CsvSource({"0", "4"})
  void setAndGetBytes_ofReleasedBuffer_isRefused(int count) {
    buffer.release();
    byte[] array = new byte[8];
    assertThatThrownBy(() -> buffer.setBytes(0, array, 0, count))
        .isInstanceOf(IllegalReferenceCountException.class);
    assertThatThrownBy(() -> buffer.getBytes(0, array, 0, count))
        .isInstanceOf(IllegalReferenceCountException.class);
  }
}
