package io.github.litealloc;

import io.github.litealloc.memory.ChunkAccount;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives back to the system the pages of chunks that a few live blocks pin. Owner thread only; on a
 * closed arena one thread at a time.
 */
final class PinnedPages {
  /*
   * A page may go when all of it is free, and stays free: so the strategy forgets what is free in the
   * chunk. It is not taken up again before the chunk has been given back whole; what is wanted meanwhile
   * comes from other chunks. So a page never has to be paid for again in the middle of an allocation,
   * which might be refused there.
   *
   * Such a chunk is at most half used, and has been for the decay time as far as the ticks have seen.
   * One that is more than half used costs at most twice what lives in it, and is left alone. So is one
   * of which too few pages would go: what is free between them would be out of use for nothing.
   *
   * Order: room for the count is made first; the strategy forgets, and tells; then the pages go. If it
   * ends half-way, memory is out of use until its chunk goes back, and pages that have gone are charged
   * for as long.
   */

  /** A chunk is swept if a quarter of it would go. */
  private static final int LEAST_SHARE = 4;

  /** Whoever sweeps looks at every free block. */
  private static final long PAUSE_NANOS = 10_000_000;

  /** Who knows what is free. */
  interface FreeMemory {

    /** As {@link Strategy#visitFreeRuns}. */
    void visitFreeRuns(FreeRunVisitor visitor);

    /** As {@link Strategy#forgetFree}, chunk by chunk, and what is contiguous in one piece. */
    boolean forgetFree(BitSet slots, FreeRunVisitor visitor);
  }

  /** What is known of one chunk. */
  private static final class Pages {
    final int pageBytes;
    final int[] forgottenBytes; // by page, of what the strategy has forgotten
    final int[] freeBytes; // by page, of what it has not, as far as it has told
    final boolean[] gone;
    int toldBytes; // the sum of what is free by page
    int handedBackBytes;
    int usedWhenLooked = Integer.MAX_VALUE;

    Pages(int pageBytes, int chunkBytes) {
      this.pageBytes = pageBytes;
      this.forgottenBytes = new int[chunkBytes / pageBytes];
      this.freeBytes = new int[forgottenBytes.length];
      this.gone = new boolean[forgottenBytes.length];
    }

    void add(int[] bytesByPage, int offset, int bytes) {
      int end = Math.min(offset + bytes, pageBytes * bytesByPage.length);
      for (int at = offset; at < end; ) {
        int page = at / pageBytes;
        int next = Math.min(end, (page + 1) * pageBytes);
        bytesByPage[page] += next - at;
        at = next;
      }
    }

    void tell(int offset, int bytes) {
      toldBytes += bytes;
      add(freeBytes, offset, bytes);
    }

    void startTelling() {
      Arrays.fill(freeBytes, 0);
      toldBytes = 0;
    }

    /** How much can go, if all that is free is forgotten. */
    int freePageBytes() {
      int pages = 0;
      for (int page = 0; page < gone.length; page++) {
        if (!gone[page] && freeBytes[page] + forgottenBytes[page] == pageBytes) {
          pages++;
        }
      }
      return pages * pageBytes;
    }

    int forgottenBytes() {
      int sum = 0;
      for (int bytes : forgottenBytes) {
        sum += bytes;
      }
      return sum;
    }

    boolean canGo(int page) {
      return forgottenBytes[page] == pageBytes && !gone[page];
    }
  }

  private final Chunks chunks;
  private final ChunkAccount account;

  // By slot.
  private @Nullable Pages[] known = {};
  private long[] lowSinceNanos = {};

  private long sweptNanos = System.nanoTime() - PAUSE_NANOS;

  /** None have. */
  PinnedPages(Chunks chunks, ChunkAccount account) {
    this.chunks = chunks;
    this.account = account;
  }

  /** A chunk was taken. */
  void taken(int slot) {
    if (slot < known.length) {
      known[slot] = null;
    }
    if (slot < lowSinceNanos.length) {
      lowSinceNanos[slot] = System.nanoTime(); // or it would be as old as the last one of that slot
    }
  }

  /** How much of a chunk has gone back, as the statistics know it. */
  int handedBackBytes(int slot) {
    Pages pages = slot < known.length ? known[slot] : null;
    return pages == null ? 0 : pages.handedBackBytes;
  }

  /** Tells which pages of a chunk have gone back, those side by side in one piece. */
  void visitHandedBack(int slot, FreeRunVisitor visitor) {
    Pages pages = slot < known.length ? known[slot] : null;
    int count = pages == null ? 0 : pages.gone.length;
    for (int first = 0; pages != null && first < count; first++) {
      int end = first;
      while (end < count && pages.gone[end]) {
        end++;
      }
      if (end > first) {
        visitor.freeRun(slot, first * pages.pageBytes, (end - first) * pages.pageBytes);
        first = end;
      }
    }
  }

  /** Notes the time for a chunk, by its bytes in live blocks; to be called for each of them. */
  void note(int slot, int usedBytes, long nowNanos) {
    if (slot >= lowSinceNanos.length) {
      int noted = lowSinceNanos.length;
      lowSinceNanos = Arrays.copyOf(lowSinceNanos, slot + 1 + slot / 2);
      Arrays.fill(lowSinceNanos, noted, lowSinceNanos.length, nowNanos);
    }
    if (!isLow(slot, usedBytes)) {
      lowSinceNanos[slot] = nowNanos;
    }
  }

  private boolean isLow(int slot, int usedBytes) {
    return usedBytes > 0 && usedBytes <= chunks.bytes(slot) / 2;
  }

  /** Has all pages go that can, unless that was done a moment ago. */
  void sweepIfDue(FreeMemory memory, long nowNanos) {
    if (nowNanos - sweptNanos >= PAUSE_NANOS) {
      sweepAll(memory, nowNanos);
    }
  }

  /** Has all pages go that can, unless everything is kept for ever. */
  void sweep(FreeMemory memory, long nowNanos) {
    if (account.decayNanos() != Long.MAX_VALUE) {
      sweepAll(memory, nowNanos);
    }
  }

  private void sweepAll(FreeMemory memory, long nowNanos) {
    BitSet slots = null;
    for (int slot = 0; slot < chunks.slots(); slot++) {
      if (isWorthALook(slot)) {
        slots = with(slot, slots);
      }
    }
    if (slots != null) {
      sweptNanos = nowNanos;
      sweep(slots, memory);
    }
  }

  /**
   * Has those go whose chunk was at most half used for long; right after the time was noted.
   *
   * @param busySlot a chunk that is left alone
   */
  void sweepOld(FreeMemory memory, int busySlot, long nowNanos, long decayNanos) {
    BitSet slots = null;
    int noted = Math.min(chunks.slots(), lowSinceNanos.length);
    for (int slot = 0; slot < noted; slot++) {
      long lowNanos = nowNanos - lowSinceNanos[slot];
      if (slot != busySlot && lowNanos > 0 && lowNanos >= decayNanos && isWorthALook(slot)) {
        slots = with(slot, slots);
      }
    }
    if (slots != null) {
      sweep(slots, memory);
    }
  }

  private static BitSet with(int slot, @Nullable BitSet slots) {
    BitSet result = slots != null ? slots : new BitSet();
    result.set(slot);
    return result;
  }

  /** Whether at least a page more may be free than the last time that somebody looked. */
  private boolean isWorthALook(int slot) {
    if (!chunks.isHeld(slot)) {
      return false;
    }
    int used = chunks.usedBytes(slot);
    int pageBytes = chunks.chunk(slot).pageBytes();
    if (pageBytes == 0 || !isLow(slot, used)) {
      return false;
    }
    Pages pages = slot < known.length ? known[slot] : null;
    if (pages == null) {
      return true;
    }
    boolean hasMore = used <= pages.usedWhenLooked - pageBytes;
    pages.usedWhenLooked = Math.max(pages.usedWhenLooked, used);
    return hasMore;
  }

  private void sweep(BitSet slots, FreeMemory memory) {
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      Pages pages = pages(slot);
      pages.startTelling();
      pages.usedWhenLooked = chunks.usedBytes(slot);
    }
    memory.visitFreeRuns(
        (chunk, offset, bytes) -> {
          if (slots.get(chunk)) {
            pages(chunk).tell(offset, bytes);
          }
        });
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (!isWorthSweeping(slot)) {
        slots.clear(slot);
      }
    }
    if (slots.isEmpty()
        || !memory.forgetFree(
            slots,
            (chunk, offset, bytes) -> {
              Pages pages = pages(chunk);
              pages.add(pages.forgottenBytes, offset, bytes);
            })) {
      return;
    }
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      handBack(slot, pages(slot));
    }
  }

  private boolean isWorthSweeping(int slot) {
    Pages pages = pages(slot);
    int bytes = chunks.bytes(slot);
    // Dead memory is in no list, and comes to light only when the rest is forgotten.
    int dead = bytes - chunks.usedBytes(slot) - pages.toldBytes - pages.forgottenBytes();
    int least = chunks.isPartlyForgotten(slot) ? pages.pageBytes : bytes / LEAST_SHARE;
    return pages.freePageBytes() + dead >= least;
  }

  private Pages pages(int slot) {
    if (slot >= known.length) {
      known = Arrays.copyOf(known, slot + 1 + slot / 2);
    }
    Pages pages = known[slot];
    if (pages == null) {
      pages = new Pages(chunks.chunk(slot).pageBytes(), chunks.bytes(slot));
      known[slot] = pages;
    }
    return pages;
  }

  private void handBack(int slot, Pages pages) {
    int count = pages.gone.length;
    int first = 0;
    while (first < count) {
      int end = first;
      while (end < count && pages.canGo(end)) {
        end++;
      }
      if (end == first) {
        first++;
        continue;
      }
      int bytes = (end - first) * pages.pageBytes;
      if (!chunks.supply.handBack(chunks.chunk(slot), first * pages.pageBytes, bytes)) {
        return;
      }
      chunks.statistics().handedBack += bytes; // at once: it is charged no more
      pages.handedBackBytes += bytes;
      Arrays.fill(pages.gone, first, end, true);
      first = end;
    }
  }
}
