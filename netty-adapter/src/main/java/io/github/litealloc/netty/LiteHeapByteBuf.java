package io.github.litealloc.netty;

import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.StackRoom;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A heap buffer of ours: {@link #alloc()} answers with our allocator, and the figures count it. Its
 * bytes are a part of an array that the {@linkplain LiteAllocatorBuilder#heapAllocator heap
 * allocator} has given, which pools them. The object is reused.
 */
final class LiteHeapByteBuf extends HoldableByteBuf {
  /*
   * Arrays of our own were the alternative. Netty's allocators pool theirs well, give them back, and are
   * tested; what was missing is the account. So this is an account of somebody else's array, and as cheap
   * as one: single values and copies go to the array, past the buffer that it is from, which is asked
   * only when the capacity changes and at the end.
   */

  private static final VarHandle SHORT = ofArray(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT_LE = ofArray(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = ofArray(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT_LE = ofArray(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = ofArray(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG_LE = ofArray(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] NO_BYTES = {};

  private final ByteBufAllocator allocator;
  private final LiveElsewhere live;
  private final HeapBufferPool pool;

  /** What the array is from. Nothing once it is released. */
  private @Nullable ByteBuf given;

  private byte[] array = NO_BYTES;
  private int base;
  private int length;

  /** The view that I/O uses, of the whole array. */
  private @Nullable ByteBuffer view;

  /**
   * @param allocator what it answers as its own
   * @param live where it is counted
   * @param pool where the object goes if its last reference is released by the pool's owner
   */
  LiteHeapByteBuf(ByteBufAllocator allocator, LiveElsewhere live, HeapBufferPool pool) {
    super(Integer.MAX_VALUE);
    this.allocator = allocator;
    this.live = live;
    this.pool = pool;
    setRefCnt(0);
  }

  private static VarHandle ofArray(Class<?> type, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(type, order);
  }

  /** Starts a new life in the array of another heap buffer, which is released with it. */
  void use(ByteBuf memory, int initialCapacity, int maxCapacity) {
    adopt(memory, initialCapacity);
    given = memory;
    maxCapacity(maxCapacity);
    resetRefCnt();
    clear();
    markReaderIndex();
    markWriterIndex();
    live.entered(initialCapacity);
  }

  @SuppressWarnings("ArrayEquals") // whether it is the same one
  private void adopt(ByteBuf memory, int capacity) {
    byte[] bytes = memory.array();
    int offset = memory.arrayOffset();
    base = offset;
    length = capacity;
    if (bytes != array) {
      array = bytes;
      view = null;
    }
  }

  @Override
  void endOfLife() {
    ByteBuf released = given;
    int bytes = length;
    given = null;
    length = 0;
    if (released == null) {
      return;
    }
    try {
      released.release();
    } finally {
      array = NO_BYTES; // so late writes find nothing to spoil, and no idle object keeps a chunk
      base = 0;
      view = null;
      try {
        live.left(bytes);
      } catch (VirtualMachineError e) {
        synchronized (live) { // there was no stack for that call
          live.uncountedBuffers--;
          live.uncountedBytes -= bytes;
        }
      }
      if (pool.isCallers()) {
        pool.put(this);
      }
    }
  }

  private ByteBuf given() {
    ByteBuf memory = given;
    if (memory == null) {
      throw new IllegalReferenceCountException(0);
    }
    return memory;
  }

  @Override
  public ByteBuf touch(Object hint) {
    ByteBuf memory = given;
    if (memory != null) {
      memory.touch(hint); // the leak detector follows that one
    }
    return this;
  }

  // ---- capacity ----

  @Override
  public int capacity() {
    return length;
  }

  /** As {@link BufferMove} does it: the heap allocator's code may do anything meanwhile, too. */
  @Override
  public ByteBuf capacity(int newCapacity) {
    StackRoom.require(); // to let go in the end, and not to leave others' allocator half-way
    hold();
    Throwable failure = null;
    try {
      checkNewCapacity(newCapacity);
      int writerIndex = writerIndex();
      resizeHeld(newCapacity);
      requireNotWritten(writerIndex);
    } catch (Throwable e) {
      failure = e;
    }
    boolean isCallers = true;
    try {
      isCallers = letGo();
    } catch (Throwable e) {
      if (failure == null) {
        failure = e;
      } else {
        suppress(e, failure);
      }
    }
    Failures.throwIfAny(failure);
    if (!isCallers) {
      throw new IllegalReferenceCountException(0);
    }
    return this;
  }

  private void resizeHeld(int newCapacity) {
    int before = length;
    if (newCapacity == before) {
      return;
    }
    ByteBuf memory = given();
    try {
      memory.capacity(newCapacity);
      adopt(memory, newCapacity);
    } catch (Throwable e) {
      lookAgain(memory, Math.min(before, newCapacity), e);
      throw e;
    } finally {
      int grown = length - before;
      try {
        live.resized(grown);
      } catch (VirtualMachineError e) {
        synchronized (live) { // as in endOfLife
          live.uncountedBytes += grown;
        }
      }
      trimIndicesToCapacity(length);
    }
  }

  /**
   * The array may be another one even if it has thrown, and the former one somebody else's.
   *
   * @param capacity what there is in any case
   */
  private void lookAgain(ByteBuf memory, int capacity, Throwable failure) {
    array = NO_BYTES; // first, and without a call
    base = 0;
    length = 0;
    view = null;
    try {
      adopt(memory, capacity);
    } catch (Throwable e) {
      failure.addSuppressed(e);
    }
  }

  // ---- what kind of buffer this is ----

  @Override
  public ByteBufAllocator alloc() {
    return allocator;
  }

  @Override
  public boolean isDirect() {
    return false;
  }

  @Override
  public boolean hasArray() {
    return true;
  }

  @Override
  public byte[] array() {
    ensureAccessible();
    return array;
  }

  @Override
  public int arrayOffset() {
    return base;
  }

  @Override
  public boolean hasMemoryAddress() {
    return false;
  }

  @Override
  public long memoryAddress() {
    throw new UnsupportedOperationException("heap buffer");
  }

  // ---- single values ----

  @Override
  protected byte _getByte(int index) {
    return array[base + index];
  }

  @Override
  protected short _getShort(int index) {
    return (short) SHORT.get(array, base + index);
  }

  @Override
  protected short _getShortLE(int index) {
    return (short) SHORT_LE.get(array, base + index);
  }

  @Override
  protected int _getUnsignedMedium(int index) {
    return (_getByte(index) & 0xff) << 16 | _getShort(index + 1) & 0xffff;
  }

  @Override
  protected int _getUnsignedMediumLE(int index) {
    return _getShortLE(index) & 0xffff | (_getByte(index + 2) & 0xff) << 16;
  }

  @Override
  protected int _getInt(int index) {
    return (int) INT.get(array, base + index);
  }

  @Override
  protected int _getIntLE(int index) {
    return (int) INT_LE.get(array, base + index);
  }

  @Override
  protected long _getLong(int index) {
    return (long) LONG.get(array, base + index);
  }

  @Override
  protected long _getLongLE(int index) {
    return (long) LONG_LE.get(array, base + index);
  }

  @Override
  protected void _setByte(int index, int value) {
    array[base + index] = (byte) value;
  }

  @Override
  protected void _setShort(int index, int value) {
    SHORT.set(array, base + index, (short) value);
  }

  @Override
  protected void _setShortLE(int index, int value) {
    SHORT_LE.set(array, base + index, (short) value);
  }

  @Override
  protected void _setMedium(int index, int value) {
    _setByte(index, value >>> 16);
    _setShort(index + 1, value);
  }

  @Override
  protected void _setMediumLE(int index, int value) {
    _setShortLE(index, value);
    _setByte(index + 2, value >>> 16);
  }

  @Override
  protected void _setInt(int index, int value) {
    INT.set(array, base + index, value);
  }

  @Override
  protected void _setIntLE(int index, int value) {
    INT_LE.set(array, base + index, value);
  }

  @Override
  protected void _setLong(int index, long value) {
    LONG.set(array, base + index, value);
  }

  @Override
  protected void _setLongLE(int index, long value) {
    LONG_LE.set(array, base + index, value);
  }

  // ---- bulk ----

  @Override
  public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int count) {
    checkDstIndex(index, count, dstIndex, dst.length);
    System.arraycopy(array, base + index, dst, dstIndex, count);
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuf dst, int dstIndex, int count) {
    checkDstIndex(index, count, dstIndex, dst.capacity());
    dst.setBytes(dstIndex, array, base + index, count);
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuffer dst) {
    int count = dst.remaining();
    checkIndex(index, count);
    dst.put(array, base + index, count);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, byte[] src, int srcIndex, int count) {
    checkSrcIndex(index, count, srcIndex, src.length);
    System.arraycopy(src, srcIndex, array, base + index, count);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int count) {
    checkSrcIndex(index, count, srcIndex, src.capacity());
    src.getBytes(srcIndex, array, base + index, count);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuffer src) {
    int count = src.remaining();
    checkIndex(index, count);
    src.get(array, base + index, count);
    return this;
  }

  @Override
  public ByteBuf copy(int index, int count) {
    checkIndex(index, count);
    ByteBuf copy = allocator.heapBuffer(count, maxCapacity());
    try {
      return copy.writeBytes(this, index, count);
    } catch (Throwable e) {
      copy.release(); // whoever served it may have released or resized this one
      throw e;
    }
  }

  // ---- NIO views ----

  @Override
  public ByteBuffer nioBuffer(int index, int count) {
    checkIndex(index, count);
    return ByteBuffer.wrap(array, base + index, count).slice();
  }

  @Override
  public ByteBuffer internalNioBuffer(int index, int count) {
    checkIndex(index, count);
    ByteBuffer own = view;
    if (own == null) {
      own = ByteBuffer.wrap(array);
      view = own;
    }
    int start = base + index;
    return own.limit(start + count).position(start);
  }
}
