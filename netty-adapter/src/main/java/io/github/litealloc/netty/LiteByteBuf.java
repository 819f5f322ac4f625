package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.BlockShelf;
import io.github.litealloc.Blocks;
import io.github.litealloc.RemoteFree;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.netty.internal.Tasks;
import io.github.litealloc.netty.internal.events.BufferFigures;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A direct buffer in a block of an arena. The object is reused: when its last reference was
 * released it goes back to its arena together with the block.
 *
 * <p>A buffer that must grow where its arena cannot help (on a thread that does not own the arena,
 * or when the arena is exhausted or closed) moves to a buffer of another allocator, or of the arena
 * that has replaced its own, and stays there. What an exhausted arena has others serve is such a
 * buffer from the start.
 */
class LiteByteBuf extends HoldableByteBuf implements RemoteFree {
  /*
   * References are counted by Netty's own atomic counter, also on the owner's thread, where a store would
   * save what its compareAndSet takes. Biased counting (Choi, Shull and Torrellas, PACT 2018) cannot say
   * at once which of two threads has released the last reference unless it has the fence that it wants to
   * avoid. A plain store where the count is one lets two threads that release the same last reference
   * both succeed. And without a fence, which is an atomic instruction itself on x86, whoever begins to
   * hold the buffer at that moment does not see it (HoldableByteBuf): the buffer would end while another
   * thread moves it, as HoldRaceExperiment shows.
   */

  final BufferArena arena;

  /** Its number in its arena, whose pool may give it another one. Owner only. */
  int number;

  /** The native address of the start of {@link #memory}, 0 if the platform does not tell. */
  long memoryAddress;

  /**
   * The block in {@link #memory}, 0 with a substitute; its lower half is where our bytes start.
   * Less than 0 when there is none any more.
   */
  long block;

  /**
   * Marks a block that was freed. Its place stays: a write that another thread has begun before the
   * release goes to where the bytes were, and not to the start of the chunk, which is another's.
   */
  private static final long FREED = Long.MIN_VALUE;

  int length;

  /**
   * What the arena knows as the block's requested size: more than the length after a shrink on
   * another thread. With a substitute what is counted as live elsewhere.
   */
  int blockBytes;

  /** Where this buffer may be cached with its block, if it may. */
  @Nullable BlockShelf shelf;

  /** While this buffer is cached: the number of the one that was before it, of the same size. */
  int nextCached;

  /**
   * The view that I/O uses. This buffer's own: a gathering write holds the views of many at once.
   */
  @Nullable ByteBuffer view;

  /** The buffer that this one has moved to, if it has; there is no block then. */
  @Nullable ByteBuf substitute;

  private @Nullable RemoteFree nextRemoteFree;

  /** While it waits in {@link Unended}. */
  @Nullable LiteByteBuf nextUnended;

  /** When it was allocated, by the coarse clock; the pool marks an idle one here. */
  long allocatedNanos;

  /** What stands for this buffer in its arena, which does not list it while this is set. */
  private @Nullable WeaklyHeldBuffer weaklyHeld;

  /**
   * The chunk, which many buffers share, so only absolute accessors are used; or the substitute.
   *
   * <p>The last field: loops that write bytes then take a third of the time on Java 25 (measured;
   * the reason was not found).
   */
  ByteBuffer memory;

  LiteByteBuf(BufferArena arena, int number) {
    super(Integer.MAX_VALUE);
    this.arena = arena;
    this.number = number;
    this.memory = NO_MEMORY;
    setRefCnt(0); // it is nobody's until its first life, which an exhausted arena puts off
  }

  static final ByteBuffer NO_MEMORY = ByteBuffer.allocateDirect(0);

  BufferArena arena() {
    return arena;
  }

  /** The buffer's number in its arena. */
  int number() {
    return number;
  }

  /** Starts a new life in a block. */
  void use(Arena source, long block, int initialCapacity, int maxCapacity, long nowNanos) {
    useBlock(source, block, initialCapacity);
    start(maxCapacity, nowNanos);
  }

  /** Starts a new life in the block of the last one, which has the size for it. */
  void reuse(int initialCapacity, int maxCapacity, long nowNanos) {
    length = initialCapacity;
    blockBytes = initialCapacity;
    start(maxCapacity, nowNanos);
  }

  /** Starts a new life where it is. */
  void start(int maxCapacity, long nowNanos) {
    allocatedNanos = nowNanos;
    maxCapacity(maxCapacity);
    resetRefCnt();
    clear();
    markReaderIndex();
    markWriterIndex();
  }

  /** Goes on, or starts, in a block of the arena. */
  @SuppressWarnings("ReferenceEquality") // buffers of equal contents are not the same memory
  void useBlock(Arena source, long block, int bytes) {
    this.block = block;
    length = bytes;
    blockBytes = bytes;
    ByteBuffer chunk = source.buffer(block);
    if (chunk != memory) { // guarded: storing a reference costs more than comparing
      useChunk(chunk, source.address(block));
    }
    updateShelf();
  }

  private void useChunk(ByteBuffer chunk, long blockAddress) {
    memory = chunk;
    memoryAddress = blockAddress == 0 ? 0 : blockAddress - base();
    view = null;
  }

  @Override
  protected void deallocate() {
    try {
      super.deallocate();
    } catch (VirtualMachineError e) {
      // Nobody will release it again, and there may be no stack for a call. Its own arena may have
      // ended when it moved away: so the list is that of the arena that it is in.
      BufferArena present = arena;
      for (ByteBuf next = substitute; next instanceof LiteByteBuf in; next = in.substitute) {
        present = in.arena;
      }
      synchronized (present.unended) {
        nextUnended = present.unended.first;
        present.unended.first = this;
      }
      throw e;
    }
  }

  @Override
  void endOfLife() {
    if (arena.keep(this)) {
      return; // not if it has moved: it has no block then that may be kept
    }
    ByteBuf moved = substitute;
    if (moved == null) {
      arena.release(this);
    } else {
      leave(moved);
    }
  }

  /**
   * Now, not when the owner gets to it: it is not the owner's memory. To be called again if the
   * stack or the heap ends before the other one's release has begun. Once that has, it is not: the
   * object may be in its next life, and the release would be somebody else's.
   */
  private void leave(ByteBuf moved) {
    StackRoom.require();
    if (isElsewhere(moved)) {
      arena.home().liveElsewhere().left(blockBytes);
      arena.end.movedBufferEnds();
    }
    Throwable report = null;
    block |= FREED;
    memory = NO_MEMORY;
    memoryAddress = 0;
    view = null;
    substitute = null; // all of it first
    try {
      moved.release();
    } catch (VirtualMachineError e) {
      Tasks.warn("releasing what a buffer has moved to", e); // thrown, it would end this one twice
    } catch (Throwable e) {
      report = e; // whatever the other one throws, this object is the arena's again
    }
    arena.release(this);
    if (report != null) { // else without a call: whoever is told of a failure does all this again
      Failures.throwIfAny(report);
    }
  }

  // ---- who holds it ----

  void weaklyHeld(@Nullable WeaklyHeldBuffer how) {
    weaklyHeld = how;
  }

  boolean isWeaklyHeld() {
    return weaklyHeld != null;
  }

  WeaklyHeldBuffer.Place place() {
    if (isMoved()) {
      return WeaklyHeldBuffer.Place.elsewhere(length, isInAnotherArena());
    }
    return new WeaklyHeldBuffer.Place(length, Blocks.chunk(block), memory.capacity());
  }

  /** What Flight Recorder is told of it. */
  BufferFigures figures() {
    return new BufferFigures(
        arena.allocator().getClass(), length, fastCapacity(), maxCapacity(), address());
  }

  /**
   * Has Flight Recorder told of its release. Not if it has moved elsewhere: whoever it has moved to
   * tells of it.
   */
  void tellOfRelease() {
    if (hasBlock()) {
      BufferFlightEvents.released(figures());
    }
  }

  /** Any thread. */
  long allocatedNanos() {
    return allocatedNanos;
  }

  /** Whether its bytes are no longer in its arena. Any thread. */
  boolean isMoved() {
    return substitute != null;
  }

  /** Whether its bytes are those of another buffer that an arena knows. Any thread. */
  boolean isInAnotherArena() {
    return substitute instanceof LiteByteBuf;
  }

  // ---- RemoteFree ----

  /**
   * For {@link Unended}, as {@link Arena#remoteFree}; but what it has moved to is released here,
   * and not under a lock.
   */
  private boolean handOver() {
    ByteBuf moved = substitute;
    if (moved != null) {
      leave(moved);
      return false;
    }
    return arena.arena().remoteFree(this);
  }

  @Override
  public void freeOnOwner() {
    try {
      arena.keepOrFree(this);
    } catch (VirtualMachineError e) {
      synchronized (arena.unended) { // as in deallocate; but it has left what it had moved to
        nextUnended = arena.unended.first;
        arena.unended.first = this;
      }
    }
  }

  /**
   * Gives back the block, and this object. A hardened arena frees the block, and then throws what
   * it has found.
   *
   * @throws VirtualMachineError if the stack or the heap has ended; then it is to be called again
   */
  void free() {
    Throwable report = null;
    if (hasBlock()) {
      try {
        arena.free(block, blockBytes());
      } catch (VirtualMachineError e) {
        throw e; // not begun
      } catch (Throwable e) {
        report = e;
      }
      block |= FREED;
    } else {
      arena.recycledWithoutBlock();
    }
    arena.recycle(this);
    if (report != null) { // as above
      Failures.throwIfAny(report);
    }
  }

  @Override
  public @Nullable RemoteFree nextRemoteFree() {
    return nextRemoteFree;
  }

  @Override
  public void setNextRemoteFree(@Nullable RemoteFree next) {
    nextRemoteFree = next;
  }

  // ---- capacity ----

  @Override
  public int capacity() {
    return length;
  }

  @Override
  public int maxFastWritableBytes() {
    return fastCapacity() - writerIndex();
  }

  /** Up to where this buffer can grow without moving, as far as the calling thread can tell. */
  int fastCapacity() {
    int fast =
        substitute == null && arena.isOwnedByCaller()
            ? arena.arena().sizeOf(block, blockBytes())
            : length;
    return Math.min(Math.max(fast, length), maxCapacity());
  }

  @Override
  public ByteBuf capacity(int newCapacity) {
    BufferMove.resize(this, arena, newCapacity);
    return this;
  }

  // ---- for BufferMove ----

  /**
   * Checks what the caller wants, now that nobody can end this life.
   *
   * @return {@code false} if that is the capacity already
   */
  boolean needsCapacity(int newCapacity) {
    checkNewCapacity(newCapacity);
    return newCapacity != length;
  }

  /** Has the indices, and who looks for this buffer, follow it to its new memory. */
  void resized() {
    trimIndicesToCapacity(length);
    WeaklyHeldBuffer outside = weaklyHeld;
    if (outside != null) {
      outside.moved(place());
    }
  }

  /** The buffer that this one has moved to, or {@code null} if it is in its arena. */
  @Nullable ByteBuf substitute() {
    return substitute;
  }

  /** A view of its bytes. */
  ByteBuffer bytes() {
    return memory.slice(base(), length);
  }

  /** Changes the length to at most what the arena knows as the block's requested size. */
  void resizeWithinBlock(int newCapacity) {
    length = newCapacity;
  }

  /**
   * Goes on in the memory of another buffer, or in what has become of the memory of the one that it
   * has moved to. All of it or, if the other one throws, nothing.
   */
  void moveTo(ByteBuf other, int capacity) {
    ByteBuffer otherMemory = GivenBuffer.memory(other, capacity);
    long address = other.hasMemoryAddress() ? other.memoryAddress() : 0;
    useElsewhere(other, otherMemory, address, capacity);
  }

  /** Has no bytes any more: those of the buffer that it has moved to cannot be had. */
  void loseBytes(ByteBuf other) {
    useElsewhere(other, NO_MEMORY, 0, 0);
  }

  private void useElsewhere(ByteBuf other, ByteBuffer otherMemory, long address, int capacity) {
    if (isElsewhere(other)) {
      LiveElsewhere live = arena.home().liveElsewhere();
      if (substitute == null) {
        StackRoom.require(); // it is counted in both, or in neither
        live.entered(capacity);
        arena.end.bufferMovesAway();
      } else {
        live.resized(capacity - blockBytes);
      }
    }
    substitute = other;
    memory = otherMemory;
    memoryAddress = address;
    view = null;
    block = 0; // so that its bytes start at 0
    length = capacity;
    blockBytes = capacity;
    shelf = null;
  }

  /** Whether memory is none of an arena's. */
  private static boolean isElsewhere(ByteBuf other) {
    return !(other instanceof LiteByteBuf);
  }

  /** The block, if there is one. */
  long block() {
    return block;
  }

  boolean hasBlock() {
    return block >= 0;
  }

  /** Has the arena decide anew whether this buffer may be cached. */
  @SuppressWarnings("ReferenceEquality") // as above
  void updateShelf() {
    boolean isInBlock = substitute == null && memory != NO_MEMORY;
    BlockShelf now = isInBlock ? arena.pool().shelfFor(this) : null;
    if (now != shelf) { // guarded, as above
      shelf = now;
    }
  }

  /** Where this buffer may be cached with its block, if it may. */
  @Nullable BlockShelf shelf() {
    return shelf;
  }

  /** The number of the buffer that was cached before this one. */
  int nextCached() {
    return nextCached;
  }

  void nextCached(int number) {
    nextCached = number;
  }

  /** Where this buffer's bytes start in {@link #memory}. */
  private int base() {
    return Blocks.offset(block);
  }

  /** What the arena knows as the block's requested size. */
  int blockBytes() {
    return blockBytes;
  }

  // ---- what kind of buffer this is ----

  @Override
  public ByteBufAllocator alloc() {
    return arena.allocator();
  }

  @Override
  public boolean isDirect() {
    return true;
  }

  @Override
  public boolean hasArray() {
    return false;
  }

  @Override
  public byte[] array() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public int arrayOffset() {
    throw new UnsupportedOperationException("direct buffer");
  }

  @Override
  public boolean hasMemoryAddress() {
    return memoryAddress != 0;
  }

  @Override
  public long memoryAddress() {
    ensureAccessible();
    if (memoryAddress == 0) {
      throw new UnsupportedOperationException("this platform does not tell memory addresses");
    }
    return address();
  }

  /** {@link #memoryAddress()}, or 0 if the platform does not tell. Of a released buffer, too. */
  long address() {
    return memoryAddress == 0 ? 0 : memoryAddress + base();
  }

  // ---- single values ----

  /**
   * Where the value at an index starts in {@link #memory}.
   *
   * <p>Checked once more, for speed: the JIT takes this check out of a loop, and then does without
   * the one in {@link ByteBuffer}, which on Java 17 it cannot take out, for all it knows the sum
   * may overflow. Loops that write bytes there take a third of the time.
   */
  private int at(int index, int bytes) {
    return Objects.checkIndex(base() + index, memory.limit() - (bytes - 1));
  }

  @Override
  protected byte _getByte(int index) {
    return memory.get(at(index, Byte.BYTES));
  }

  @Override
  protected short _getShort(int index) {
    return Numbers.getShort(memory, at(index, Short.BYTES));
  }

  @Override
  protected short _getShortLE(int index) {
    return Numbers.getShortLE(memory, at(index, Short.BYTES));
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
    return Numbers.getInt(memory, at(index, Integer.BYTES));
  }

  @Override
  protected int _getIntLE(int index) {
    return Numbers.getIntLE(memory, at(index, Integer.BYTES));
  }

  @Override
  protected long _getLong(int index) {
    return Numbers.getLong(memory, at(index, Long.BYTES));
  }

  @Override
  protected long _getLongLE(int index) {
    return Numbers.getLongLE(memory, at(index, Long.BYTES));
  }

  @Override
  protected void _setByte(int index, int value) {
    memory.put(at(index, Byte.BYTES), (byte) value);
  }

  @Override
  protected void _setShort(int index, int value) {
    Numbers.setShort(memory, at(index, Short.BYTES), value);
  }

  @Override
  protected void _setShortLE(int index, int value) {
    Numbers.setShortLE(memory, at(index, Short.BYTES), value);
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
    Numbers.setInt(memory, at(index, Integer.BYTES), value);
  }

  @Override
  protected void _setIntLE(int index, int value) {
    Numbers.setIntLE(memory, at(index, Integer.BYTES), value);
  }

  @Override
  protected void _setLong(int index, long value) {
    Numbers.setLong(memory, at(index, Long.BYTES), value);
  }

  @Override
  protected void _setLongLE(int index, long value) {
    Numbers.setLongLE(memory, at(index, Long.BYTES), value);
  }

  // ---- bulk ----

  @Override
  public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int count) {
    checkDstIndex(index, count, dstIndex, dst.length);
    memory.get(base() + index, dst, dstIndex, count);
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuf dst, int dstIndex, int count) {
    checkDstIndex(index, count, dstIndex, dst.capacity());
    if (dst instanceof LiteByteBuf lite) {
      lite.checkIndex(dstIndex, count); // that it is not released, too
      lite.memory.put(lite.base() + dstIndex, memory, base() + index, count);
    } else if (dst.hasArray()) {
      memory.get(base() + index, dst.array(), dst.arrayOffset() + dstIndex, count);
    } else {
      dst.setBytes(dstIndex, memory.slice(base() + index, count));
    }
    return this;
  }

  @Override
  public ByteBuf getBytes(int index, ByteBuffer dst) {
    int count = dst.remaining();
    checkIndex(index, count);
    dst.put(dst.position(), memory, base() + index, count);
    dst.position(dst.limit());
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, byte[] src, int srcIndex, int count) {
    checkSrcIndex(index, count, srcIndex, src.length);
    memory.put(base() + index, src, srcIndex, count);
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int count) {
    checkSrcIndex(index, count, srcIndex, src.capacity());
    if (src instanceof LiteByteBuf lite) {
      lite.checkIndex(srcIndex, count); // that it is not released, too
      memory.put(base() + index, lite.memory, lite.base() + srcIndex, count);
    } else if (src.hasArray()) {
      memory.put(base() + index, src.array(), src.arrayOffset() + srcIndex, count);
    } else {
      src.getBytes(srcIndex, memory.slice(base() + index, count));
    }
    return this;
  }

  @Override
  public ByteBuf setBytes(int index, ByteBuffer src) {
    int count = src.remaining();
    checkIndex(index, count);
    memory.put(base() + index, src, src.position(), count);
    src.position(src.limit());
    return this;
  }

  @Override
  public ByteBuf copy(int index, int count) {
    checkIndex(index, count);
    ByteBuf copy = alloc().directBuffer(count, maxCapacity());
    try {
      return copy.writeBytes(this, index, count);
    } catch (Throwable e) {
      copy.release(); // whoever served it may have released or resized this one
      throw e;
    }
  }

  // ---- NIO views and channels ----

  @Override
  public ByteBuffer nioBuffer(int index, int count) {
    checkIndex(index, count);
    return memory.slice(base() + index, count);
  }

  @Override
  public ByteBuffer internalNioBuffer(int index, int count) {
    checkIndex(index, count);
    ByteBuffer own = view;
    if (own == null) {
      own = memory.duplicate();
      view = own;
    }
    int start = base() + index;
    return own.limit(start + count).position(start);
  }

  /**
   * A buffer of a hardened arena, which counts that somebody releases it although it is released.
   * Netty's reference count refuses that; but the exception is often swallowed, and those who look
   * at meters see nothing of it. A buffer that was handed out again meanwhile cannot know that a
   * release is not its user's.
   */
  static final class Hardened extends LiteByteBuf {
    /*
     * A class of its own, so that nothing is added to the release of other buffers: while no allocator of
     * a process is hardened, it is not loaded, and the compiler takes LiteByteBuf for final.
     */

    /** Carries what the end of a life has thrown past those who count. */
    private static final class EndFailure extends RuntimeException {
      private static final long serialVersionUID = 1L;

      final transient IllegalReferenceCountException thrown;

      EndFailure(IllegalReferenceCountException thrown) {
        super(null, thrown, false, false);
        this.thrown = thrown;
      }
    }

    private Hardened(BufferArena arena, int number) {
      super(arena, number);
    }

    /**
     * Answers a LiteByteBuf: where it met one as a Hardened, the verifier would load this class.
     */
    static LiteByteBuf create(BufferArena arena, int number) {
      return new Hardened(arena, number);
    }

    @Override
    public boolean release() {
      return release(1);
    }

    @Override
    public boolean release(int decrement) {
      try {
        return super.release(decrement);
      } catch (EndFailure e) {
        throw e.thrown;
      } catch (IllegalReferenceCountException e) {
        arena().pool().releasedTwice();
        throw e;
      }
    }

    /** What it throws is of a buffer that this one had moved to: this one's release was right. */
    @Override
    protected void deallocate() {
      try {
        super.deallocate();
      } catch (IllegalReferenceCountException e) {
        throw new EndFailure(e);
      }
    }
  }

  /**
   * The buffers of an arena that were taken from it but reached nobody, or were released but did
   * not reach it, because the stack or the heap ended in between; and those that have moved to it
   * from one that may be gone. Whoever comes next hands them over.
   */
  static final class Unended {
    /** A block that a live buffer has left. */
    static final class LeftBlock {
      long block;
      int bytes;
      @Nullable LeftBlock next;

      LeftBlock(long block, int bytes) {
        this.block = block;
        this.bytes = bytes;
      }
    }

    /*
     * Whoever puts a buffer here may have no stack left for a single call. So it is done by plain stores,
     * wherever it must be, under this monitor: to enter one is no call.
     *
     * One thread at a time hands over, and nobody waits for it: it comes to other arenas, and to their
     * lists, from which another one may come here.
     */

    /** Linked by {@code nextUnended}. Written under the monitor. */
    volatile @Nullable LiteByteBuf first;

    /** Likewise. */
    volatile @Nullable LeftBlock firstLeft;

    private volatile boolean atWork; // whether somebody is
    private volatile @Nullable LiteByteBuf current; // written by that one
    private volatile @Nullable LeftBlock currentLeft; // likewise

    /** Hands over all of them as any other thread would, unless one is at it. Any thread. */
    void handOver(BufferArena arena) {
      SharedArena shared = arena.shared();
      if (isEmpty() || (shared != null && shared.isLockedByCaller())) {
        return; // a racy look, for what seldom happens; or what is called from below
      }
      synchronized (this) {
        if (atWork) {
          return;
        }
        atWork = true;
        if (current == null) { // only those that are here now: one that fails comes back
          current = first;
          first = null;
        }
      }
      try {
        handOverAll(arena);
      } finally {
        atWork = false; // no call: there may be no stack for one
      }
    }

    private void handOverAll(BufferArena arena) {
      Throwable report = null;
      for (LiteByteBuf buffer = current; buffer != null; buffer = current) {
        LiteByteBuf next = buffer.nextUnended; // now: it may be here again before we are back
        buffer.nextUnended = null; // or idle buffers would keep each other alive
        boolean isFirst = false;
        try {
          isFirst = buffer.handOver();
        } catch (VirtualMachineError e) {
          buffer.nextUnended = next; // it is the first the next time
          throw e;
        } catch (Throwable e) {
          report = e;
        }
        current = next;
        buffer.arena.handedOver(isFirst); // which may be another one, see deallocate
      }
      for (LeftBlock left = nextLeft(); left != null; left = nextLeft()) {
        boolean isFirst = false;
        try {
          isFirst = arena.arena().remoteFree(left.block, left.bytes);
        } catch (VirtualMachineError e) {
          throw e; // as above
        } catch (Throwable e) {
          report = e;
        }
        currentLeft = null;
        arena.handedOver(isFirst);
      }
      Failures.throwIfAny(report);
    }

    private boolean isEmpty() {
      return first == null && current == null && firstLeft == null && currentLeft == null;
    }

    private @Nullable LeftBlock nextLeft() {
      LeftBlock waiting = currentLeft;
      if (waiting != null) {
        return waiting;
      }
      synchronized (this) {
        LeftBlock taken = firstLeft;
        if (taken != null) {
          currentLeft = taken;
          firstLeft = taken.next;
        }
        return taken;
      }
    }
  }
}
