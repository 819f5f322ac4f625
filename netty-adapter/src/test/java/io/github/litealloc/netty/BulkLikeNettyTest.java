package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ScatteringByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reading from streams and channels and writing to them does what Netty's own direct buffers do,
 * also where the other side is odd. What is compared: the answer or the failure, both indices, the
 * capacity, the bytes on both sides, and which calls of what length the other side has seen. Where
 * Netty's buffers differ among themselves, it is enough to do as one of them does.
 */
final class BulkLikeNettyTest {

  private static final int PIECE = 8 * 1024;

  private static final int[] COUNTS = {0, 1, 100, PIECE, PIECE + 1, 65_536, 200_000};

  @TempDir private static Path folder;

  // ---- what is done ----

  /** One call of a bulk method, with the other side made anew. */
  private interface Operation {
    Object run(ByteBuf buffer, int count, Calls calls) throws IOException;
  }

  /** What the other side has seen. */
  private static final class Calls {
    private final List<String> seen = new ArrayList<>();
    private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();

    /** Empty calls are not compared: some of Netty's buffers spare them, some do not. */
    void see(String what, int length) {
      if (length > 0) {
        seen.add(what + ' ' + length);
      }
    }
  }

  private static byte[] bytes(int count) {
    return Pattern.bytes(7, 0, count);
  }

  // ---- streams and channels to read from ----

  /** How much one call reads, as a number of bytes of the count; negative for the end. */
  private interface Reads {
    int read(int call, int wanted) throws IOException;
  }

  private static Map<String, Reads> reads() {
    Map<String, Reads> reads = new LinkedHashMap<>();
    reads.put("all", (call, wanted) -> wanted);
    reads.put("a third", (call, wanted) -> Math.min(wanted, wanted / 3 + 1));
    reads.put("one byte", (call, wanted) -> Math.min(wanted, 1));
    reads.put("at most 8 KiB", (call, wanted) -> Math.min(wanted, PIECE));
    reads.put("all, and then the end", (call, wanted) -> call == 0 ? wanted : -1);
    reads.put("the end", (call, wanted) -> -1);
    reads.put("nothing", (call, wanted) -> 0);
    reads.put("nothing at first", (call, wanted) -> call == 0 ? 0 : wanted);
    reads.put(
        "failure",
        (call, wanted) -> {
          throw new IOException("thrown by a test");
        });
    reads.put(
        "8 KiB, and then failure",
        (call, wanted) -> {
          if (call > 0) {
            throw new IOException("thrown by a test");
          }
          return Math.min(wanted, PIECE);
        });
    reads.put(
        "closed",
        (call, wanted) -> {
          throw new ClosedChannelException();
        });
    reads.put(
        "a failure at run time",
        (call, wanted) -> {
          throw new NonWritableChannelException();
        });
    return reads;
  }

  /** Answers {@code available()} with what a test says. */
  private static InputStream stream(Reads reads, int available, Calls calls) {
    return new InputStream() {
      private int call;

      @Override
      public int read() {
        throw new UnsupportedOperationException("bulk methods read many bytes at once");
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        calls.see("read", length);
        int read = reads.read(call++, length);
        fill(ByteBuffer.wrap(into, offset, length), read);
        return read;
      }

      @Override
      public int available() throws IOException {
        if (available < 0) {
          throw new IOException("thrown by a test");
        }
        return available;
      }
    };
  }

  private static void fill(ByteBuffer into, int count) {
    if (count > 0) {
      into.put(bytes(count));
    }
  }

  private static ScatteringByteChannel source(Reads reads, Calls calls) {
    return new ScatteringByteChannel() {
      private int call;

      @Override
      public int read(ByteBuffer into) throws IOException {
        calls.see("read", into.remaining());
        int read = reads.read(call++, into.remaining());
        fill(into, read);
        return read;
      }

      @Override
      public long read(ByteBuffer[] into, int offset, int length) {
        throw new UnsupportedOperationException("one buffer is enough");
      }

      @Override
      public long read(ByteBuffer[] into) {
        throw new UnsupportedOperationException("one buffer is enough");
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  // ---- streams and channels to write to ----

  private static OutputStream sink(Reads writes, Calls calls) {
    return new OutputStream() {
      private int call;

      @Override
      public void write(int b) {
        throw new UnsupportedOperationException("bulk methods write many bytes at once");
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        calls.see("write", length);
        writes.read(call++, length);
        calls.arrived.write(from, offset, length);
      }
    };
  }

  private static GatheringByteChannel gathering(Reads writes, Calls calls) {
    return new GatheringByteChannel() {
      private int call;

      @Override
      public int write(ByteBuffer from) throws IOException {
        calls.see("write", from.remaining());
        int written = Math.max(0, writes.read(call++, from.remaining()));
        byte[] taken = new byte[written];
        from.get(taken);
        calls.arrived.writeBytes(taken);
        return written;
      }

      @Override
      public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException("one buffer is enough");
      }

      @Override
      public long write(ByteBuffer[] from) {
        throw new UnsupportedOperationException("one buffer is enough");
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }

  // ---- files ----

  private static Object onFile(int fileBytes, Calls calls, OnFile code) throws IOException {
    Path file = Files.write(folder.resolve("bulk"), bytes(fileBytes));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Object answer = code.run(channel);
      calls.seen.add("position " + channel.position());
      return answer;
    } finally {
      calls.arrived.writeBytes(Files.readAllBytes(file));
    }
  }

  private interface OnFile {
    Object run(FileChannel channel) throws IOException;
  }

  private static Object onClosedFile(OnFile code) throws IOException {
    Path file = Files.write(folder.resolve("bulk"), bytes(10));
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.close();
    return code.run(channel);
  }

  // ---- all of them ----

  private static Stream<Arguments> operations() {
    Map<String, Operation> all = new LinkedHashMap<>();
    for (Map.Entry<String, Reads> each : reads().entrySet()) {
      String how = each.getKey();
      Reads reads = each.getValue();
      for (int available : new int[] {0, 1, PIECE, Integer.MAX_VALUE, -1}) {
        String what = " of a stream (" + how + ", available: " + available + ')';
        all.put(
            "writeBytes" + what,
            (buffer, count, calls) -> buffer.writeBytes(stream(reads, available, calls), count));
        all.put(
            "setBytes" + what,
            (buffer, count, calls) -> buffer.setBytes(5, stream(reads, available, calls), count));
      }
      all.put(
          "writeBytes of a channel (" + how + ')',
          (buffer, count, calls) -> buffer.writeBytes(source(reads, calls), count));
      all.put(
          "setBytes of a channel (" + how + ')',
          (buffer, count, calls) -> buffer.setBytes(5, source(reads, calls), count));
      all.put(
          "readBytes to a stream (" + how + ')',
          (buffer, count, calls) -> same(buffer, buffer.readBytes(sink(reads, calls), count)));
      all.put(
          "getBytes to a stream (" + how + ')',
          (buffer, count, calls) -> same(buffer, buffer.getBytes(5, sink(reads, calls), count)));
      all.put(
          "readBytes to a channel (" + how + ')',
          (buffer, count, calls) -> buffer.readBytes(gathering(reads, calls), count));
      all.put(
          "getBytes to a channel (" + how + ')',
          (buffer, count, calls) -> buffer.getBytes(5, gathering(reads, calls), count));
    }
    for (int inFile : new int[] {0, 50, 100_000}) {
      for (long at : new long[] {0, 20, 1L << 33}) {
        String what = " of a file (" + inFile + " bytes, at " + at + ')';
        all.put(
            "writeBytes" + what,
            (buffer, count, calls) ->
                onFile(inFile, calls, channel -> buffer.writeBytes(channel, at, count)));
        all.put(
            "setBytes" + what,
            (buffer, count, calls) ->
                onFile(inFile, calls, channel -> buffer.setBytes(5, channel, at, count)));
        if (at < 1_000) { // or the file is large
          all.put(
              "readBytes" + what,
              (buffer, count, calls) ->
                  onFile(inFile, calls, channel -> buffer.readBytes(channel, at, count)));
          all.put(
              "getBytes" + what,
              (buffer, count, calls) ->
                  onFile(inFile, calls, channel -> buffer.getBytes(5, channel, at, count)));
        }
      }
    }
    all.put(
        "writeBytes of a closed file",
        (buffer, count, calls) -> onClosedFile(channel -> buffer.writeBytes(channel, 0, count)));
    all.put(
        "setBytes of a closed file",
        (buffer, count, calls) -> onClosedFile(channel -> buffer.setBytes(5, channel, 0, count)));
    all.put(
        "readBytes to a closed file",
        (buffer, count, calls) -> onClosedFile(channel -> buffer.readBytes(channel, 0, count)));
    all.put(
        "getBytes to a closed file",
        (buffer, count, calls) -> onClosedFile(channel -> buffer.getBytes(5, channel, 0, count)));
    return all.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  private static boolean same(ByteBuf buffer, ByteBuf answer) {
    return answer == buffer;
  }

  // ---- the comparison ----

  /** All that can be seen of a call. */
  private static String outcome(ByteBufAllocator allocator, Operation operation, int count) {
    ByteBuf buffer = allocator.directBuffer(250_000, 400_000);
    try {
      buffer.writeBytes(Pattern.bytes(3, 0, 230_000)).readerIndex(11);
      Calls calls = new Calls();
      String answer;
      try {
        answer = String.valueOf(operation.run(buffer, count, calls));
      } catch (Exception e) {
        answer = e.getClass().getName();
      }
      return String.join(
          ", ",
          answer,
          "indices " + buffer.readerIndex() + ' ' + buffer.writerIndex(),
          "capacity " + buffer.capacity(),
          "bytes " + sum(buffer, Math.max(230_000, buffer.writerIndex())),
          "arrived " + calls.arrived.size() + ' ' + sum(calls.arrived.toByteArray()),
          calls.seen.toString());
    } finally {
      buffer.release();
    }
  }

  private static int sum(ByteBuf buffer, int count) {
    byte[] bytes = new byte[count];
    buffer.getBytes(0, bytes);
    return sum(bytes);
  }

  private static int sum(byte[] bytes) {
    return Arrays.hashCode(bytes);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operations")
  void bulkMethod_overAnyStreamOrChannel_doesWhatNettysBuffersDo(String what, Operation operation) {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<ByteBufAllocator> peers =
        List.of(
            PooledByteBufAllocator.DEFAULT,
            new UnpooledByteBufAllocator(true),
            new AdaptiveByteBufAllocator());
    for (int count : COUNTS) {
      List<String> theirs = peers.stream().map(peer -> outcome(peer, operation, count)).toList();
      assertThat(theirs)
          .as("%s, %d bytes", what, count)
          .contains(outcome(allocator, operation, count));
    }
    allocator.close();
  }

  // ---- streams that release the buffer ----

  @Test
  void writeBytes_ofAStreamThatReleasesTheBuffer_writesNowhere() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = allocator.directBuffer(100);
    InputStream releasing =
        new FilterInputStream(new ByteArrayInputStream(bytes(100))) {
          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            buffer.release();
            return super.read(into, offset, length);
          }
        };
    assertThatThrownBy(() -> buffer.writeBytes(releasing, 100))
        .isInstanceOf(IllegalReferenceCountException.class);
    allocator.close();
  }

  @Test
  void readBytes_toAStreamThatReleasesTheBuffer_showsItNothingOfOthers() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = allocator.directBuffer(3 * PIECE).writeBytes(bytes(3 * PIECE));
    List<Integer> lengths = new ArrayList<>();
    OutputStream releasing =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] from, int offset, int length) {
            lengths.add(length);
            buffer.release();
          }
        };
    assertThatThrownBy(() -> buffer.getBytes(0, releasing, 3 * PIECE))
        .isInstanceOf(IllegalReferenceCountException.class);
    assertThat(lengths).containsExactly(PIECE);
    allocator.close();
  }
}
