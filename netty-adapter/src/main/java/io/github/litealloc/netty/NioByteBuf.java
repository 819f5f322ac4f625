package io.github.litealloc.netty;

import io.netty.buffer.AbstractReferenceCountedByteBuf;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of ours, in one piece and big-endian: what it does with streams and channels, by its
 * arrays and NIO views.
 */
abstract class NioByteBuf extends AbstractReferenceCountedByteBuf {

  /** How much an output stream is given at a time; Netty's buffers do the same. */
  private static final int STREAM_PIECE_BYTES = 8 * 1024;

  NioByteBuf(int maxCapacity) {
    super(maxCapacity);
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in ByteBuf
  public ByteOrder order() {
    return ByteOrder.BIG_ENDIAN;
  }

  @Override
  public @Nullable ByteBuf unwrap() {
    return null;
  }

  @Override
  public boolean isContiguous() {
    return true;
  }

  @Override
  public int nioBufferCount() {
    return 1;
  }

  @Override
  public ByteBuffer[] nioBuffers(int index, int count) {
    return new ByteBuffer[] {nioBuffer(index, count)};
  }

  // ---- contents ----

  /*
   * The JDK compares views by vectors, without garbage, as the views do not outlive the call. Netty
   * asks both buffers for eight bytes at a time, which on Java 17 takes 2 to 9 times as long as
   * Netty's own buffers do.
   */

  @Override
  public boolean equals(@Nullable Object other) {
    int bytes = readableBytes();
    return bytes > 0
            && other != this
            && other instanceof NioByteBuf same
            && same.readableBytes() == bytes
        ? readable(bytes).equals(same.readable(bytes))
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode(); // of the contents, too
  }

  @Override
  public int compareTo(ByteBuf other) {
    if (!(other instanceof NioByteBuf same)) {
      return super.compareTo(other);
    }
    int bytes = Math.min(readableBytes(), same.readableBytes());
    if (bytes == 0) {
      return super.compareTo(other);
    }
    int first = readable(bytes).mismatch(same.readable(bytes));
    return first < 0 ? readableBytes() - same.readableBytes() : difference(same, first, bytes);
  }

  /** What Netty answers: the difference of the four bytes that differ, or of one at the end. */
  private int difference(NioByteBuf other, int first, int bytes) {
    int word = first & -Integer.BYTES;
    if (bytes - word < Integer.BYTES) {
      return getUnsignedByte(readerIndex() + first)
          - other.getUnsignedByte(other.readerIndex() + first);
    }
    long difference =
        getUnsignedInt(readerIndex() + word) - other.getUnsignedInt(other.readerIndex() + word);
    return (int) Math.min(Integer.MAX_VALUE, Math.max(Integer.MIN_VALUE, difference));
  }

  private ByteBuffer readable(int bytes) {
    return nioBuffer(readerIndex(), bytes);
  }

  // ---- streams and channels ----

  @Override
  public ByteBuf getBytes(int index, OutputStream out, int count) throws IOException {
    checkIndex(index, count);
    byte[] piece = new byte[Math.min(count, STREAM_PIECE_BYTES)];
    for (int done = 0; done < count; done += piece.length) {
      int bytes = Math.min(piece.length, count - done);
      getBytes(index + done, piece, 0, bytes); // checks again: the stream may have released this
      out.write(piece, 0, bytes);
    }
    return this;
  }

  @Override
  public int setBytes(int index, InputStream in, int count) throws IOException {
    checkIndex(index, count);
    // One read of the whole count, as Netty's buffers do it. Several smaller ones cannot do the
    // same:
    // after a full one, nothing tells whether one more would end the call early, wait, or fail.
    byte[] bytes = new byte[count];
    int read = in.read(bytes, 0, count);
    if (read > 0) {
      setBytes(index, bytes, 0, read); // checks again: the stream may have released this buffer
    }
    return read;
  }

  @Override
  public int getBytes(int index, GatheringByteChannel out, int count) throws IOException {
    return out.write(nioBuffer(index, count));
  }

  @Override
  public int getBytes(int index, FileChannel out, long position, int count) throws IOException {
    return out.write(nioBuffer(index, count), position);
  }

  @Override
  public int readBytes(GatheringByteChannel out, int count) throws IOException {
    checkReadableBytes(count);
    int written = out.write(internalNioBuffer(readerIndex(), count));
    readerIndex(readerIndex() + written);
    return written;
  }

  @Override
  public int readBytes(FileChannel out, long position, int count) throws IOException {
    checkReadableBytes(count);
    int written = out.write(internalNioBuffer(readerIndex(), count), position);
    readerIndex(readerIndex() + written);
    return written;
  }

  @Override
  public int setBytes(int index, ScatteringByteChannel in, int count) throws IOException {
    try {
      return in.read(internalNioBuffer(index, count));
    } catch (ClosedChannelException e) {
      return -1; // the contract of ByteBuf
    }
  }

  @Override
  public int setBytes(int index, FileChannel in, long position, int count) throws IOException {
    try {
      return in.read(internalNioBuffer(index, count), position);
    } catch (ClosedChannelException e) {
      return -1; // the contract of ByteBuf
    }
  }
}
