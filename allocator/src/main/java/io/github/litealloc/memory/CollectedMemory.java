package io.github.litealloc.memory;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a source whose memory only the garbage collector frees ({@link
 * MemorySource#freesAtOnce}). What is given back is kept for reuse, and charged to the budget,
 * until the collector has taken it. One for each source of a budget; any thread.
 */
final class CollectedMemory {
  /*
   * A region is what was taken from the source in one piece; chunks are carved from regions, in units
   * of 64 KiB, so that what was given back serves requests of any other size that it is large enough
   * for. A region without a chunk is dead: it is held weakly only. Until the collector comes by, it
   * may be used again; once it has, its bytes are credited. So the budget knows what the process has,
   * and nothing is thrown away before its time.
   *
   * Regions grow as there are more of them: many small ones would never serve a large request. Each is
   * a multiple of what was asked for, or equal requests would leave rests.
   *
   * If there is no room for a request because of what is dead or in pieces, the collector is asked to
   * come by. It takes what is dead; so that the next ones are of more use, they are larger from then
   * on.
   *
   * The monitor of `lock` guards regions; the budget's is taken inside it, never the other way round.
   * The source is asked under none.
   */

  private static final int UNIT_BYTES = Chunk.UNIT_BYTES;

  /** From here on sizes hardly repeat: what serves any of them is as large as it may be. */
  private static final int LARGE_BYTES = 1 << 20;

  /** Other regions are at most such a part of all, until some were in the way of a request. */
  private static final int LEAST_REGIONS = 4;

  private static final int NO_ROOM = 0;

  private static final int MAX_REGION_BYTES = 32 << 20; // the JDK zeroes it while a loop waits

  private final MemorySource source;
  private final Runnable looking = this::look;
  private final MemoryBudget budget;
  private final SystemMemory system;
  private final CollectorCall collector;
  private final @Nullable NativeHeap nativeHeap;

  private final Object lock = new Object();
  private final List<Region> regions = new ArrayList<>(); // guarded by lock
  private final ReferenceQueue<ByteBuffer> collected = new ReferenceQueue<>();
  private volatile boolean hasCollected; // and not looked at which
  private volatile long leastRegionBytes;

  CollectedMemory(
      MemorySource source,
      MemoryBudget budget,
      SystemMemory system,
      CollectorCall collector,
      @Nullable NativeHeap nativeHeap) {
    this.source = source;
    this.budget = budget;
    this.system = system;
    this.collector = collector;
    this.nativeHeap = nativeHeap;
  }

  MemorySource source() {
    return source;
  }

  /**
   * Takes a chunk whose bytes have been claimed.
   *
   * @param floor hears who refused, if somebody did
   * @param bytes the size
   * @param isLeast whether less would be of no use
   */
  @Nullable Chunk take(Floor floor, int bytes, boolean isLeast) {
    look();
    Chunk chunk = carve(bytes);
    if (chunk != null) {
      return chunk;
    }
    int regionBytes = reserveRegion(bytes);
    if (regionBytes == NO_ROOM && isLeast) {
      // What stores keep idle may be in its way.
      budget.stores.reclaim(Long.MAX_VALUE);
      look();
      chunk = carve(bytes);
      if (chunk != null) {
        return chunk;
      }
      regionBytes = reserveRegion(bytes);
    }
    if (regionBytes == NO_ROOM) {
      floor.refusedBy(Refusal.COLLECTOR);
      budget.countCollectorRefusal();
      if (isLeast) {
        leastRegionBytes = Math.min(Math.max(2 * regionBytes(), bytes), MAX_REGION_BYTES);
        collector.ask(this::look);
      }
      return null;
    }
    chunk = takeFresh(regionBytes, bytes, isLeast);
    if (chunk == null) {
      floor.refusedBy(Refusal.SYSTEM);
      budget.countSystemRefusal();
    }
    return chunk;
  }

  /** Credits what the collector has taken. Cheap if there is nothing. */
  void look() {
    while (collected.poll() != null) {
      hasCollected = true;
    }
    if (hasCollected) {
      credit();
    }
  }

  private void credit() {
    long bytes = 0;
    synchronized (lock) {
      hasCollected = false;
      for (int i = regions.size() - 1; i >= 0; i--) {
        Region region = regions.get(i);
        if (region.isCollected()) {
          regions.remove(i); // what is charged and not listed is lost, so nothing comes between
          synchronized (budget) {
            budget.reserved -= region.bytes;
            budget.uncollected -= region.bytes;
          }
          bytes += region.bytes;
        }
      }
      if (regions.isEmpty()) {
        budget.letGo(looking);
      }
    }
    if (bytes > 0) {
      system.refusal().returned(bytes);
      budget.reservedChanged();
      if (nativeHeap != null) {
        nativeHeap.givenBack(bytes);
      }
    }
  }

  private @Nullable Chunk carve(int bytes) {
    Chunk chunk = null;
    synchronized (lock) {
      int units = (bytes - 1) / UNIT_BYTES + 1;
      for (Place place = findPlace(units); place != null; place = findPlace(units)) {
        ByteBuffer memory = place.region.memory();
        if (memory != null) { // else the collector was faster
          chunk = place.region.carve(memory, place.unit, bytes);
          break;
        }
      }
    }
    if (chunk != null) {
      tellOfChange();
    }
    return chunk;
  }

  /** The smallest one that is large enough: in a region that is in use, if there is one. */
  private @Nullable Place findPlace(int units) {
    Place best = null;
    for (Region region : regions) {
      Place place = region.findPlace(units);
      if (place != null && (best == null || place.isBetterThan(best))) {
        best = place;
      }
    }
    return best;
  }

  /** Charges a region that is large enough; answers its size, or {@link #NO_ROOM}. */
  private int reserveRegion(int bytes) {
    long wanted = bytes >= LARGE_BYTES ? MAX_REGION_BYTES : regionBytes();
    long times = Math.min(wanted, budget.maxBytes() - budget.reserved) / bytes;
    if (times > 1 && budget.tryReserve(times * bytes)) {
      return (int) (times * bytes);
    }
    return budget.tryReserve(bytes) ? bytes : NO_ROOM;
  }

  /** How large a region should be, at least. */
  private long regionBytes() {
    long all;
    synchronized (lock) {
      all = 0;
      for (Region region : regions) {
        all += region.bytes;
      }
    }
    return Math.min(Math.max(all / LEAST_REGIONS, leastRegionBytes), MAX_REGION_BYTES);
  }

  /** Has the source make a region that is charged already. */
  private @Nullable Chunk takeFresh(int regionBytes, int bytes, boolean isLeast) {
    boolean isCharged = false; // for good
    try {
      if (!system.refusal().mayAsk(regionBytes, isLeast)) {
        return null;
      }
      if (nativeHeap != null) {
        nativeHeap.moved();
      }
      Chunk whole = system.ask(regionBytes);
      if (whole == null) {
        return null;
      }
      Region region = new Region(whole);
      synchronized (lock) {
        budget.hold(looking);
        regions.add(region);
        isCharged = true; // from here on it is dead, or in use, but never lost
        synchronized (budget) {
          budget.uncollected += regionBytes;
        }
        return region.carve(whole.buffer(), 0, bytes);
      }
    } finally {
      if (!isCharged) {
        synchronized (budget) {
          budget.reserved -= regionBytes;
        }
      }
      tellOfChange();
    }
  }

  private void tellOfChange() {
    try {
      budget.reservedChanged();
    } catch (VirtualMachineError e) {
      // With the next change.
    }
  }

  /** Free units of a region: how many, and from where. */
  private record Place(Region region, int unit, int units) {

    boolean isBetterThan(Place other) {
      return region.isDead() == other.region.isDead() ? units < other.units : other.region.isDead();
    }
  }

  /** What was taken from the source in one piece. Guarded by lock. */
  private final class Region {
    final int bytes;
    private final long address;
    private final WeakReference<ByteBuffer> weak;
    private @Nullable ByteBuffer buffer; // null while it is dead: the collector may take it
    private final boolean[] isUsed; // by unit
    private int freeUnits;

    Region(Chunk whole) {
      this.bytes = whole.bytes();
      this.address = whole.address();
      this.weak = new WeakReference<>(whole.buffer(), collected);
      this.isUsed = new boolean[bytes / UNIT_BYTES];
      this.freeUnits = isUsed.length;
    }

    boolean isDead() {
      return freeUnits == isUsed.length;
    }

    boolean isCollected() {
      return buffer == null && weak.get() == null;
    }

    /** {@code null} if it was dead, and the collector has taken it. */
    @Nullable ByteBuffer memory() {
      return buffer != null ? buffer : weak.get();
    }

    /** The smallest one that is large enough. */
    @Nullable Place findPlace(int units) {
      if (freeUnits < units || isCollected()) {
        return null;
      }
      int best = 0;
      int bestUnits = Integer.MAX_VALUE;
      int run = 0;
      for (int i = 0; i <= isUsed.length; i++) {
        if (i < isUsed.length && !isUsed[i]) {
          run++;
        } else {
          if (run >= units && run < bestUnits) {
            best = i - run;
            bestUnits = run;
          }
          run = 0;
        }
      }
      return bestUnits == Integer.MAX_VALUE ? null : new Place(this, best, bestUnits);
    }

    Chunk carve(ByteBuffer memory, int unit, int chunkBytes) {
      int units = chunkBytes / UNIT_BYTES;
      int offset = unit * UNIT_BYTES;
      ByteBuffer slice = memory.slice(offset, chunkBytes);
      long pieceAddress = address == 0 ? 0 : address + offset;
      Chunk chunk = new Chunk(new Piece(this, unit, slice, pieceAddress), chunkBytes, 0);
      // From here on without a call.
      for (int i = unit; i < unit + units; i++) {
        isUsed[i] = true;
      }
      freeUnits -= units;
      buffer = memory;
      synchronized (budget) {
        budget.uncollected -= chunkBytes;
      }
      return chunk;
    }

    /** Without a call: it happens, or does not begin. */
    void free(int unit, int chunkBytes) {
      int units = chunkBytes / UNIT_BYTES;
      synchronized (lock) {
        for (int i = unit; i < unit + units; i++) {
          isUsed[i] = false;
        }
        freeUnits += units;
        if (freeUnits == isUsed.length) {
          buffer = null;
        }
        synchronized (budget) {
          budget.uncollected += chunkBytes;
        }
      }
    }
  }

  /** The memory of one chunk. */
  private record Piece(Region region, int unit, ByteBuffer buffer, long address)
      implements MemorySource.Memory {
    @Override
    public void release() {
      region.free(unit, buffer.capacity());
    }
  }
}
