package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Copies between buffers, and from streams, that go wrong half-way. */
final class FailingCopyTest {

  @Test
  void getBytes_intoAReleasedBuffer_isRefused() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf source = allocator.directBuffer(64).writeZero(64);
    ByteBuf released = allocator.directBuffer(64);
    released.release();
    assertThatThrownBy(() -> source.getBytes(0, released, 0, 64))
        .isInstanceOf(IllegalReferenceCountException.class);
    source.release();
  }

  @Test
  void setBytes_fromAReleasedBuffer_isRefused() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf destination = allocator.directBuffer(64);
    ByteBuf released = allocator.directBuffer(64).writeZero(64);
    released.release();
    assertThatThrownBy(() -> destination.setBytes(0, released, 0, 64))
        .isInstanceOf(IllegalReferenceCountException.class);
    destination.release();
  }

  @Test
  void writeBytes_fromAStreamThatFailsAfterSomeBytes_keepsThem() throws IOException {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = allocator.directBuffer(64);
    InputStream failing =
        new InputStream() {
          @Override
          public int read() {
            return 7;
          }

          @Override
          public int read(byte[] destination, int offset, int length) {
            destination[offset] = 7;
            return 1;
          }

          @Override
          public int available() throws IOException {
            throw new IOException("thrown by a test");
          }
        };
    assertThat(buffer.writeBytes(failing, 10)).isEqualTo(1);
    assertThat(buffer.readByte()).isEqualTo((byte) 7);
    buffer.release();
  }
}
