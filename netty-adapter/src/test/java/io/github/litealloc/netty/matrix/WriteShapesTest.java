package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.DefaultFileRegion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be written: many buffers at once, and buffers made of and from others. */
final class WriteShapesTest {

  private final Payload payload = new Payload(2);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void flush_ofManyBuffersOfOneChunk_sendsEachOnesBytes(Setting setting) throws Exception {
    int buffers = 1_100; // more than one gathering write takes
    int bytes = 9;
    echo(
        setting,
        buffers * bytes,
        channel -> {
          for (int i = 0; i < buffers; i++) {
            channel.write(payload.buffer(channel.alloc(), (long) i * bytes, bytes));
          }
          channel.flush();
        });
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void write_compositesAndSlices_sendsTheirBytesOnly(Setting setting) throws Exception {
    echo(
        setting,
        51_000,
        channel -> {
          channel.write(composite(channel.alloc(), 0));
          channel.write(sliceOfTheMiddle(channel.alloc(), 30_000, 1_000));
          channel.write(readFromTheMiddle(channel.alloc(), 31_000, 10_000));
          channel.write(readFromTheMiddle(channel.alloc(), 41_000, 9_000).asReadOnly());
          channel.write(payload.write(channel.alloc().heapBuffer(), 50_000, 1_000));
          channel.flush();
        });
  }

  @ParameterizedTest
  @MethodSource(Setting.WITHOUT_TLS)
  void write_fileRegionsBetweenBuffers_keepsTheOrder(Setting setting, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("region");
    Files.write(file, payload.bytes(0, 300_000));
    echo(
        setting,
        220_000,
        channel -> {
          channel.write(payload.buffer(channel.alloc(), 0, 10_000));
          channel.write(new DefaultFileRegion(file.toFile(), 10_000, 100_000));
          channel.write(payload.buffer(channel.alloc(), 110_000, 10_000));
          channel.write(new DefaultFileRegion(file.toFile(), 120_000, 100_000));
          channel.flush();
        });
  }

  private void echo(Setting setting, int bytes, Consumer<Channel> writer) throws Exception {
    CheckingEcho server = new CheckingEcho(payload);
    CheckingClient client = new CheckingClient(payload, bytes, writer);
    try (Loopback net = new Loopback(setting)) {
      net.connect(net.serve(to -> to.addLast(server)), to -> to.addLast(client));
      client.outcome.await();
    }
  }

  /** 30,000 bytes: direct, heap and sliced components, and a composite in a composite. */
  private ByteBuf composite(ByteBufAllocator allocator, long position) {
    CompositeByteBuf inner = allocator.compositeDirectBuffer(8);
    inner.addComponent(true, payload.buffer(allocator, position + 14_000, 1));
    inner.addComponent(true, sliceOfTheMiddle(allocator, position + 14_001, 15_999));
    CompositeByteBuf outer = allocator.compositeBuffer(8);
    outer.addComponent(true, payload.buffer(allocator, position, 4_000));
    outer.addComponent(true, payload.write(allocator.heapBuffer(), position + 4_000, 3_000));
    outer.addComponent(true, readFromTheMiddle(allocator, position + 7_000, 7_000));
    outer.addComponent(true, inner);
    return outer;
  }

  private ByteBuf sliceOfTheMiddle(ByteBufAllocator allocator, long position, int bytes) {
    ByteBuf whole = surrounded(allocator, position, bytes);
    ByteBuf slice = whole.retainedSlice(7, bytes);
    whole.release();
    return slice;
  }

  private ByteBuf readFromTheMiddle(ByteBufAllocator allocator, long position, int bytes) {
    ByteBuf whole = surrounded(allocator, position, bytes);
    ByteBuf middle = whole.retainedDuplicate().setIndex(7, 7 + bytes);
    whole.release();
    return middle;
  }

  /** The bytes with seven others on either side. */
  private ByteBuf surrounded(ByteBufAllocator allocator, long position, int bytes) {
    ByteBuf buffer = allocator.directBuffer(bytes + 14).writeZero(7);
    return payload.write(buffer, position, bytes).writeZero(7);
  }
}
