package io.github.litealloc.netty;

import io.github.litealloc.internal.StackRoom;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.internal.CleanableDirectBuffer;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers that share regions of memory, each of which goes back to the system with the last
 * buffer in it: for what is to be served for a while and not to be kept, where giving memory back
 * is too dear to be done for each buffer. Any thread; when no buffer is live at most one region is
 * kept.
 */
final class RegionByteBufAllocator extends AbstractByteBufAllocator {
  /*
   * Buffers are carved one behind the other, and what is released is not used again while others of its
   * region live: nothing to look for, and little to keep. So a long-lived buffer holds its region.
   *
   * Netty's own ways are to pool, which keeps memory for reuse, or to take and free each buffer. On Java
   * 25 without Unsafe and native access the latter is a handshake with all threads, some 100 us, that
   * is paid here once for each region.
   */

  static final int REGION_BYTES = 256 << 10;

  /** What is larger has memory of its own, so that the rest of a full region is not much. */
  static final int LARGEST_SHARED_BYTES = REGION_BYTES / 8;

  /**
   * For so many regions in use an empty one is kept, or a load that goes on would take fresh pages
   * from the system all the time; none when nothing is live.
   */
  static final int LIVE_FOR_A_SPARE = 4;

  private static final int ALIGNMENT = 16;

  private final IntFunction<CleanableDirectBuffer> source;

  // Guarded by this.
  private @Nullable Region current;
  private @Nullable Region spares; // a list of their own links: a full heap cannot refuse one
  private int spareCount;
  private int liveRegions;

  /** Pieces whose buffers are released, and that could not be ended: by whoever comes next. */
  private @Nullable Piece unended;

  /**
   * An allocator.
   *
   * @param source takes memory from the system, which has it again after {@code clean}
   */
  RegionByteBufAllocator(IntFunction<CleanableDirectBuffer> source) {
    super(true);
    this.source = source;
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    CleanableDirectBuffer memory = take(initialCapacity);
    try {
      return new InRegion(this, memory, maxCapacity);
    } catch (Throwable e) {
      memory.clean();
      throw e;
    }
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
  }

  private CleanableDirectBuffer take(int bytes) {
    if (bytes > LARGEST_SHARED_BYTES) {
      return source.apply(bytes);
    }
    CleanableDirectBuffer piece = takeFromRegions(bytes, null);
    if (piece != null) {
      return piece;
    }
    CleanableDirectBuffer memory;
    try {
      memory = source.apply(REGION_BYTES); // outside of the lock: it may wait for the collector
    } catch (OutOfMemoryError e) {
      return source.apply(bytes); // near the limit there may be room for that
    }
    Region fresh;
    try {
      fresh = new Region(this, memory);
    } catch (Throwable e) {
      memory.clean(); // the heap is full, and nobody else knows of it
      throw e;
    }
    piece = takeFromRegions(bytes, fresh);
    giveBackSurplus(); // another thread may have been faster
    return Objects.requireNonNull(piece);
  }

  /** Returns {@code null} if there is no room and no fresh region. */
  private synchronized @Nullable CleanableDirectBuffer takeFromRegions(
      int bytes, @Nullable Region fresh) {
    if (fresh != null) {
      addSpare(fresh);
    }
    endUnended();
    Region region = current;
    if (region == null || !region.hasRoomFor(bytes)) {
      region = spares;
      if (region == null) {
        return null;
      }
      takeSpare(region);
      current = region; // the last buffer in the old one, which is full, ends that
    }
    return region.carve(bytes);
  }

  /** Under the lock. */
  private void addSpare(Region empty) {
    empty.nextSpare = spares;
    spares = empty;
    spareCount++;
  }

  /** Under the lock. */
  private void takeSpare(Region first) {
    spares = first.nextSpare;
    first.nextSpare = null;
    spareCount--;
  }

  /** Outside of the lock. Lets nothing out: whoever calls this has carved or ended a piece. */
  private void giveBackSurplus() {
    try {
      while (true) {
        Region surplus;
        synchronized (this) {
          surplus = spares;
          if (surplus == null || spareCount <= liveRegions / LIVE_FOR_A_SPARE) {
            return;
          }
          StackRoom.require(); // first: what is taken out must go
          takeSpare(surplus);
        }
        surplus.memory.clean();
      }
    } catch (VirtualMachineError e) {
      // Whoever comes next does it.
    }
  }

  /** Under the lock. */
  private void endUnended() {
    for (Piece piece = unended; piece != null; piece = unended) {
      piece.region.end(piece);
      unended = piece.nextUnended;
      piece.nextUnended = null;
    }
  }

  private static final class InRegion extends UnpooledDirectByteBuf {

    /** The part of a region that it began in, if it did. */
    private final @Nullable Piece piece;

    /**
     * Until it is ended: Netty frees what it asks for itself, for another capacity, and not this.
     */
    private @Nullable CleanableDirectBuffer first;

    InRegion(RegionByteBufAllocator allocator, CleanableDirectBuffer first, int maxCapacity) {
      super(allocator, first.buffer(), maxCapacity);
      this.first = first;
      this.piece = first instanceof Piece shared ? shared : null;
      clear(); // as it is full
    }

    @Override
    protected CleanableDirectBuffer allocateDirectBuffer(int bytes) {
      return ((RegionByteBufAllocator) alloc()).take(bytes);
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
      boolean moves = newCapacity != capacity();
      super.capacity(newCapacity);
      if (moves) {
        endFirst();
      }
      return this;
    }

    @Override
    protected void deallocate() {
      try {
        super.deallocate();
        endFirst();
      } catch (VirtualMachineError e) {
        if (piece != null) { // nobody will release it again
          RegionByteBufAllocator allocator = piece.region.allocator;
          synchronized (allocator) { // no call, as in Piece.clean
            if (!piece.isEnded && !piece.isLeft) {
              piece.isLeft = true;
              piece.nextUnended = allocator.unended;
              allocator.unended = piece;
            }
          }
        }
        throw e;
      }
    }

    private void endFirst() {
      CleanableDirectBuffer ended = piece != null ? piece : first; // a piece is ended only once
      first = null; // before: from now on the address is another one's
      if (ended != null) {
        ended.clean();
      }
    }

    @Override
    public boolean hasMemoryAddress() {
      CleanableDirectBuffer asked = first;
      return asked != null ? asked.hasMemoryAddress() : super.hasMemoryAddress();
    }

    @Override
    public long memoryAddress() {
      ensureAccessible();
      CleanableDirectBuffer asked = first;
      return asked != null ? asked.memoryAddress() : super.memoryAddress();
    }
  }

  private static final class Region {

    final RegionByteBufAllocator allocator;
    final CleanableDirectBuffer memory;

    // Guarded by the allocator.
    private int usedBytes;
    private int live;
    private @Nullable Region nextSpare;

    Region(RegionByteBufAllocator allocator, CleanableDirectBuffer memory) {
      this.allocator = allocator;
      this.memory = memory;
    }

    boolean hasRoomFor(int bytes) {
      return bytes <= REGION_BYTES - usedBytes;
    }

    CleanableDirectBuffer carve(int bytes) {
      Piece piece = new Piece(this, usedBytes, bytes);
      usedBytes = Math.min(REGION_BYTES, (usedBytes + bytes + ALIGNMENT - 1) & -ALIGNMENT);
      if (live++ == 0) {
        allocator.liveRegions++;
      }
      return piece;
    }

    void pieceEnded(Piece piece) {
      synchronized (allocator) {
        end(piece);
        allocator.endUnended();
      }
      allocator.giveBackSurplus();
    }

    /** Under the lock; once for each piece, however often it is called. */
    void end(Piece piece) {
      if (piece.isEnded) {
        return;
      }
      if (live == 1 && allocator.current != this) {
        allocator.addSpare(this); // first: there may be no stack for it
      }
      piece.isEnded = true;
      if (--live == 0) {
        allocator.liveRegions--;
        usedBytes = 0;
      }
    }
  }

  private static final class Piece implements CleanableDirectBuffer {

    private final Region region;
    private final int offset;
    private final ByteBuffer buffer;

    // Guarded by the allocator.
    private boolean isEnded;
    private boolean isLeft; // to whoever comes next
    private @Nullable Piece nextUnended;

    Piece(Region region, int offset, int bytes) {
      this.region = region;
      this.offset = offset;
      this.buffer = region.memory.buffer().slice(offset, bytes);
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    /** Once, however often it is called. */
    @Override
    public void clean() {
      try {
        region.pieceEnded(this);
      } catch (VirtualMachineError e) {
        // Lets nothing out: Netty calls this when it has the next piece, and would keep this one.
        RegionByteBufAllocator allocator = region.allocator;
        synchronized (allocator) { // no call: there may be no stack for one
          if (!isEnded && !isLeft) {
            isLeft = true;
            nextUnended = allocator.unended;
            allocator.unended = this;
          }
        }
      }
    }

    @Override
    public boolean hasMemoryAddress() {
      return region.memory.hasMemoryAddress();
    }

    @Override
    public long memoryAddress() {
      return region.memory.memoryAddress() + offset;
    }
  }
}
