package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views are per buffer: a gathering write holds the views of many buffers of one chunk at once. */
final class NioViewTest {

  @Test
  void internalNioBuffer_ofManyBuffersOfOneChunk_areIndependent(@TempDir Path folder)
      throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    int count = 64;
    ByteBuf[] buffers = new ByteBuf[count];
    ByteBuffer[] views = new ByteBuffer[count];
    ByteBuf expected = Unpooled.buffer();
    for (int i = 0; i < count; i++) {
      buffers[i] = allocator.directBuffer(i == 7 ? 0 : 9).writeZero(i == 7 ? 0 : 1);
      for (int b = 1; b < buffers[i].capacity(); b++) {
        buffers[i].writeByte(i);
      }
      expected.writeBytes(buffers[i].duplicate());
    }
    for (int i = 0; i < count; i++) {
      views[i] = buffers[i].internalNioBuffer(0, buffers[i].readableBytes());
    }
    Path file = folder.resolve("gathered");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(views);
    }
    assertThat(Files.readAllBytes(file))
        .containsExactly(java.util.Arrays.copyOf(expected.array(), expected.readableBytes()));
    for (ByteBuf buffer : buffers) {
      buffer.release();
    }
    allocator.close();
  }

  @Test
  void zeroLengthBuffer_never_sharesBytesWithANeighbour() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf empty = allocator.directBuffer(0, 100);
    ByteBuf neighbour = allocator.directBuffer(16).writeLong(1).writeLong(2);
    empty.writeLong(-1);
    assertThat(neighbour.readLong()).isEqualTo(1);
    assertThat(neighbour.readLong()).isEqualTo(2);
    assertThat(empty.readLong()).isEqualTo(-1);
    empty.release();
    neighbour.release();
    allocator.close();
  }
}
