package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The last value of a buffer may be the last one of its chunk, which must be no special case. */
final class LastBytesTest {

  private static final int BYTES = 4_096;

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void getAndSet_lastValueOfEachBufferOfAChunk_work(String strategy) {
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 64; i++) { // several chunks full
      buffers.add(allocator.directBuffer(BYTES));
    }
    buffers.add(allocator.directBuffer(1 << 20)); // a chunk of its own
    for (ByteBuf buffer : buffers) {
      writeAndReadAtTheEnd(buffer);
    }
    buffers.forEach(ByteBuf::release);
    allocator.close();
  }

  private static void writeAndReadAtTheEnd(ByteBuf buffer) {
    int end = buffer.capacity();
    assertThat(buffer.setByte(end - 1, -2).getByte(end - 1)).isEqualTo((byte) -2);
    assertThat(buffer.setShort(end - 2, -3).getShort(end - 2)).isEqualTo((short) -3);
    assertThat(buffer.setShortLE(end - 2, -4).getShortLE(end - 2)).isEqualTo((short) -4);
    assertThat(buffer.setMedium(end - 3, -5).getMedium(end - 3)).isEqualTo(-5);
    assertThat(buffer.setMediumLE(end - 3, -6).getMediumLE(end - 3)).isEqualTo(-6);
    assertThat(buffer.setInt(end - 4, -7).getInt(end - 4)).isEqualTo(-7);
    assertThat(buffer.setIntLE(end - 4, -8).getIntLE(end - 4)).isEqualTo(-8);
    assertThat(buffer.setLong(end - 8, -9).getLong(end - 8)).isEqualTo(-9);
    assertThat(buffer.setLongLE(end - 8, -10).getLongLE(end - 8)).isEqualTo(-10);
    assertThatThrownBy(() -> buffer.getLong(end - 7)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
