package io.github.litealloc.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;

/** The part of {@link ForeignCode} that gives buffers, or is read and written. */
final class ForeignBuffers {

  private final ForeignCode code;

  ForeignBuffers(ForeignCode code) {
    this.code = code;
  }

  /** For requests that no arena serves, and for heap buffers. */
  ByteBufAllocator allocator() {
    return new ForeignAllocator();
  }

  private final class ForeignAllocator extends AbstractByteBufAllocator
      implements ByteBufAllocatorMetricProvider {

    ForeignAllocator() {
      super(true);
    }

    @Override
    public ByteBuf directBuffer(int initialCapacity, int maxCapacity) {
      code.at(ForeignPoint.FALLBACK_ALLOCATES);
      return newDirectBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      return new ForeignByteBuf(initialCapacity, maxCapacity);
    }

    @Override
    public ByteBuf heapBuffer(int initialCapacity, int maxCapacity) {
      code.at(ForeignPoint.HEAP_ALLOCATES);
      return newHeapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      return new ForeignHeapByteBuf(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }

    @Override
    public ByteBufAllocatorMetric metric() {
      code.at(ForeignPoint.HEAP_SHOWN);
      return new ByteBufAllocatorMetric() {
        @Override
        public long usedHeapMemory() {
          code.at(ForeignPoint.HEAP_COUNTED);
          return 0;
        }

        @Override
        public long usedDirectMemory() {
          return 0;
        }
      };
    }
  }

  /** A buffer that is written and read like any other. */
  ByteBuf buffer(int capacity) {
    return new ForeignByteBuf(capacity, capacity);
  }

  private final class ForeignByteBuf extends UnpooledDirectByteBuf {
    private final boolean isMade;

    ForeignByteBuf(int initialCapacity, int maxCapacity) {
      super(UnpooledByteBufAllocator.DEFAULT, initialCapacity, maxCapacity);
      isMade = true;
    }

    private void at(ForeignPoint point) {
      if (isMade) {
        code.atIfOurs(point);
      }
    }

    @Override
    public int capacity() {
      at(ForeignPoint.GIVEN_CAPACITY);
      return super.capacity();
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
      at(ForeignPoint.GIVEN_CAPACITY);
      return super.capacity(newCapacity);
    }

    @Override
    public int maxCapacity() {
      at(ForeignPoint.GIVEN_MAX_CAPACITY);
      return super.maxCapacity();
    }

    @Override
    public int refCnt() {
      at(ForeignPoint.GIVEN_REFERENCES);
      return super.refCnt();
    }

    @Override
    public boolean isDirect() {
      at(ForeignPoint.GIVEN_IS_DIRECT);
      return super.isDirect();
    }

    @Override
    public boolean isReadOnly() {
      at(ForeignPoint.GIVEN_IS_READ_ONLY);
      return super.isReadOnly();
    }

    @Override
    @Deprecated
    public ByteOrder order() {
      at(ForeignPoint.GIVEN_IS_IN_ORDER);
      return super.order();
    }

    @Override
    public int nioBufferCount() {
      at(ForeignPoint.GIVEN_VIEWS);
      return super.nioBufferCount();
    }

    @Override
    public ByteBuffer nioBuffer(int index, int length) {
      at(ForeignPoint.GIVEN_VIEW);
      return super.nioBuffer(index, length);
    }

    @Override
    public boolean hasMemoryAddress() {
      at(ForeignPoint.GIVEN_HAS_ADDRESS);
      return true;
    }

    @Override
    public long memoryAddress() {
      at(ForeignPoint.GIVEN_ADDRESS);
      return 0;
    }

    @Override
    public ByteBufAllocator alloc() {
      at(ForeignPoint.GIVEN_HAS_ALLOCATOR);
      return super.alloc();
    }

    @Override
    public ByteBuf setBytes(int index, byte[] source, int sourceIndex, int count) {
      at(ForeignPoint.WRITTEN_FROM_HEAP);
      return super.setBytes(index, source, sourceIndex, count);
    }

    @Override
    public ByteBuf getBytes(int index, byte[] destination, int destinationIndex, int count) {
      at(ForeignPoint.READ_TO_HEAP);
      return super.getBytes(index, destination, destinationIndex, count);
    }

    @Override
    public ByteBuf setBytes(int index, ByteBuffer source) {
      at(ForeignPoint.GIVEN_WRITTEN);
      return super.setBytes(index, source);
    }

    @Override
    public ByteBuf getBytes(int index, ByteBuffer destination) {
      at(ForeignPoint.GIVEN_READ);
      return super.getBytes(index, destination);
    }

    @Override
    public boolean release() {
      at(ForeignPoint.GIVEN_RELEASED);
      return super.release();
    }
  }

  private final class ForeignHeapByteBuf extends UnpooledHeapByteBuf {
    private final boolean isMade;

    ForeignHeapByteBuf(int initialCapacity, int maxCapacity) {
      super(UnpooledByteBufAllocator.DEFAULT, initialCapacity, maxCapacity);
      isMade = true;
    }

    private void at(ForeignPoint point) {
      if (isMade) {
        code.atIfOurs(point);
      }
    }

    @Override
    public int capacity() {
      at(ForeignPoint.GIVEN_CAPACITY);
      return super.capacity();
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
      at(ForeignPoint.GIVEN_CAPACITY);
      return super.capacity(newCapacity);
    }

    @Override
    public boolean hasArray() {
      at(ForeignPoint.HEAP_HAS_ARRAY);
      return super.hasArray();
    }

    @Override
    public byte[] array() {
      at(ForeignPoint.HEAP_ARRAY);
      return super.array();
    }

    @Override
    public int arrayOffset() {
      at(ForeignPoint.HEAP_ARRAY_OFFSET);
      return super.arrayOffset();
    }

    @Override
    public ByteBuf touch(Object hint) {
      at(ForeignPoint.HEAP_TOUCHED);
      return super.touch(hint);
    }

    @Override
    public boolean release() {
      at(ForeignPoint.GIVEN_RELEASED);
      return super.release();
    }
  }

  // ---- streams and channels ----

  InputStream input() {
    return new InputStream() {
      @Override
      public int read() {
        return 1;
      }

      @Override
      public int read(byte[] destination, int offset, int length) {
        code.at(ForeignPoint.STREAM_READ);
        return length;
      }
    };
  }

  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int b) {}

      @Override
      public void write(byte[] source, int offset, int length) {
        code.at(ForeignPoint.STREAM_WRITTEN);
      }
    };
  }

  ScatteringByteChannel readable() {
    return new Channel();
  }

  GatheringByteChannel writable() {
    return new Channel();
  }

  private final class Channel implements ScatteringByteChannel, GatheringByteChannel {
    @Override
    public int read(ByteBuffer destination) {
      code.at(ForeignPoint.CHANNEL_READ);
      return fill(destination);
    }

    @Override
    public int write(ByteBuffer source) {
      code.at(ForeignPoint.CHANNEL_WRITTEN);
      return drain(source);
    }

    @Override
    public long read(ByteBuffer[] destinations) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public long read(ByteBuffer[] destinations, int offset, int length) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public long write(ByteBuffer[] sources) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException("not asked for");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static int fill(ByteBuffer destination) {
    int count = destination.remaining();
    destination.position(destination.limit());
    return count;
  }

  private static int drain(ByteBuffer source) {
    int count = source.remaining();
    source.position(source.limit());
    return count;
  }

  FileChannel file() {
    return new ForeignFile();
  }

  private final class ForeignFile extends FileChannel {
    @Override
    public int read(ByteBuffer destination, long position) {
      code.at(ForeignPoint.FILE_READ);
      return fill(destination);
    }

    @Override
    public int write(ByteBuffer source, long position) {
      code.at(ForeignPoint.FILE_WRITTEN);
      return drain(source);
    }

    @Override
    public int read(ByteBuffer destination) {
      return fill(destination);
    }

    @Override
    public long read(ByteBuffer[] destinations, int offset, int length) {
      throw unsupported();
    }

    @Override
    public int write(ByteBuffer source) {
      return drain(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw unsupported();
    }

    @Override
    public long position() {
      throw unsupported();
    }

    @Override
    public FileChannel position(long newPosition) {
      throw unsupported();
    }

    @Override
    public long size() {
      throw unsupported();
    }

    @Override
    public FileChannel truncate(long size) {
      throw unsupported();
    }

    @Override
    public void force(boolean metaData) {
      throw unsupported();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw unsupported();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw unsupported();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw unsupported();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw unsupported();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw unsupported();
    }

    @Override
    protected void implCloseChannel() {}

    private UnsupportedOperationException unsupported() {
      return new UnsupportedOperationException("not asked for");
    }
  }
}
