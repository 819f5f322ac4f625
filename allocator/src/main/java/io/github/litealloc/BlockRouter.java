package io.github.litealloc;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds, by the size of a request, who serves it: the open wilderness, the strategy, or a chunk of
 * its own. What an arena does where its shortcut does not help. Owner thread only; on a closed
 * arena one thread at a time.
 */
final class BlockRouter implements PinnedPages.FreeMemory {
  /*
   * The stack may end at any call, and the heap at any allocation, in the middle of what a strategy does;
   * and a strategy may be somebody else's, with a fault. So whatever is thrown out of an operation makes
   * the arena suspect: neither its strategy nor its wilderness is used again. It is said by plain stores,
   * in the frame that was there before: for a call there may be no room. Only then it is asked whether
   * the failure was harmless, as one of a memory source is: then nothing had begun.
   *
   * Costs nothing while nothing is thrown. Whoever asks a strategy anything elsewhere does the same.
   */

  private final Chunks chunks;
  private final Strategy strategy;
  final int maxStrategyBytes; // the arena compares it where it must not call
  private final HugeBlocks huge; // above it
  private final Wilderness wilderness; // the strategy's, closed before it is asked anything
  private final FreeLook freeLook;

  /** What has stopped an operation half-way, if anything has: the arena is suspect then. */
  @Nullable Throwable suspicion;

  /**
   * For a new arena.
   *
   * @param maxStrategyBytes the largest request that the strategy gets
   */
  BlockRouter(Chunks chunks, Strategy strategy, int maxStrategyBytes) {
    this.chunks = chunks;
    this.strategy = strategy;
    this.maxStrategyBytes = maxStrategyBytes;
    this.huge = new HugeBlocks(chunks);
    this.freeLook = new FreeLook(chunks.statistics());
    this.wilderness = strategy.wilderness();
    wilderness.enable(maxStrategyBytes);
  }

  /** Takes back the suspicion, if the failure came from where nothing had begun. */
  void judge(Throwable failure) {
    if (chunks.supply.isHarmless(failure)) {
      suspicion = null;
      wilderness.goOn(maxStrategyBytes);
    }
  }

  Wilderness wilderness() {
    return wilderness;
  }

  /** Answers {@link Blocks#NO_BLOCK} also if the arena is suspect. */
  long allocate(int bytes, int alignment) {
    if (suspicion != null) {
      return Blocks.NO_BLOCK;
    }
    try {
      return allocateInside(bytes, alignment);
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
  }

  private long allocateInside(int bytes, int alignment) {
    int used = Math.max(alignment, Blocks.GRANULE_BYTES);
    if (bytes > maxStrategyBytes) {
      return huge.allocate(bytes, used);
    }
    int index = Blocks.sizeIndex(bytes);
    if (used == Blocks.GRANULE_BYTES && wilderness.canServe(index)) {
      wilderness.countBlocks(1);
      chunks.blockCarved(wilderness.sizeOf(index));
      return wilderness.carveOpen(wilderness.sizeOf(index));
    }
    wilderness.close();
    return strategy.allocate(bytes, used);
  }

  /** Whoever calls it has the arena suspect if it throws, and judges. */
  void free(long block, int bytes) {
    if (bytes > maxStrategyBytes) {
      huge.free(block);
      return;
    }
    int index = Blocks.sizeIndex(bytes);
    if (wilderness.isLast(block, index)) {
      wilderness.countBlocks(-1);
      chunks.blockTakenBack(wilderness.sizeOf(index));
      wilderness.takeBack(block);
    } else {
      wilderness.close();
      strategy.free(block, bytes);
    }
  }

  /**
   * Copies contents to another block, and frees the one that they were in. Whoever calls it has the
   * arena suspect if it throws.
   */
  void move(long from, int fromBytes, long to, int copied) {
    ByteBuffer source = chunks.buffer(Blocks.chunk(from));
    ByteBuffer target = chunks.buffer(Blocks.chunk(to));
    target.put(Blocks.offset(to), source, Blocks.offset(from), copied);
    chunks.statistics().copied +=
        copied; // first: a hardened strategy reports what it finds by throwing
    freeMoved(from, fromBytes);
  }

  private void freeMoved(long block, int bytes) {
    if (bytes > maxStrategyBytes) {
      huge.free(block);
      return;
    }
    wilderness.close();
    strategy.freeMoved(block, bytes);
  }

  /** As {@link Strategy#resize}. */
  long resize(long block, int oldBytes, int newBytes) {
    boolean isHuge = oldBytes > maxStrategyBytes;
    if (isHuge != newBytes > maxStrategyBytes) {
      return Blocks.NO_BLOCK;
    }
    if (isHuge) {
      return newBytes <= huge.sizeOf(block) ? block : Blocks.NO_BLOCK;
    }
    try {
      boolean wasOpen = wilderness.isOpen();
      wilderness.close();
      long resized = strategy.resize(block, oldBytes, newBytes);
      if (wasOpen) {
        strategy.openWilderness();
      }
      return resized;
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
  }

  int sizeOf(long block, int bytes) {
    if (suspicion != null) {
      return bytes;
    }
    return bytes <= maxStrategyBytes ? strategy.sizeOf(block, bytes) : huge.sizeOf(block);
  }

  /** As {@link Strategy#sizeFor}: 0 if a block must not be kept. */
  int sizeFor(int bytes) {
    return bytes <= maxStrategyBytes ? strategy.sizeFor(bytes) : 0;
  }

  /** As {@link Strategy#hasFewSizes}. */
  boolean hasFewSizes() {
    return strategy.hasFewSizes();
  }

  /** Does nothing if the arena is suspect. */
  void trim() {
    if (suspicion != null) {
      return;
    }
    try {
      wilderness.close();
      strategy.trim();
      strategy.openWilderness();
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
  }

  /**
   * Gives back a chunk of a closed arena that a strategy may have kept for further requests, or
   * what is free around the blocks that are left.
   *
   * @param chunk the chunk that a block was freed in
   */
  void trimAround(int chunk) {
    if (chunks.isHeld(chunk) && chunks.usedBytes(chunk) == 0) {
      trim();
    } else {
      sweepIfDue();
    }
    long left = chunks.statistics().chunks;
    if ((left & left - 1) == 0 && !chunks.isHeld(chunk)) {
      shrink(true); // there is no tick any more; with half of the chunks gone is often enough
    }
  }

  /**
   * Gives back the free pages of chunks that a few blocks pin.
   *
   * @param targetBytes how many bytes may stay; if any may, so do the pages
   */
  private void sweep(long targetBytes) {
    if (suspicion == null && targetBytes == 0) {
      chunks.pinnedPages.sweep(this, System.nanoTime());
    }
  }

  /** The same, but not again at once: for whoever may ask very often. */
  void sweepIfDue() {
    if (suspicion == null) {
      chunks.pinnedPages.sweepIfDue(this, System.nanoTime());
    }
  }

  /**
   * The same for chunks of which little has been used for long, but for the one that is carved;
   * right after that was noted.
   *
   * @param decayNanos how long is long
   */
  private void sweepOld(long nowNanos, long decayNanos) {
    if (suspicion == null) {
      chunks.pinnedPages.sweepOld(this, wilderness.chunk(), nowNanos, decayNanos);
    }
  }

  /** Nothing has changed, whatever is thrown. */
  @Override
  public void visitFreeRuns(FreeRunVisitor visitor) {
    strategy.visitFreeRuns(visitor);
  }

  /**
   * As {@link Strategy#walkFree}; of a suspect arena, nothing is told. Nothing has changed,
   * whatever is thrown.
   */
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    return suspicion != null || strategy.walkFree(walk, visitor);
  }

  /** Whether only a part of what is free has been looked at, and the rest is to follow. */
  boolean isLooking() {
    return freeLook.isUnderWay();
  }

  /**
   * Lets time pass: gives back chunks that have been empty for long, and free pages of those that a
   * few blocks pin, and lets go of what no free or live block needs.
   *
   * @param decayNanos how long is long
   * @param isShort whether memory is: then pages go at once
   * @param trigger what the arena gives back for; if not by decay, it has counted that already
   * @param checks the arena's, if it has any
   */
  void tick(
      long nowNanos,
      long decayNanos,
      boolean isShort,
      TrimTrigger trigger,
      @Nullable BlockChecks checks) {
    ArenaStatistics statistics = chunks.statistics();
    chunks.noteTime(nowNanos);
    long committed = statistics.committedBytes();
    trimExpired(nowNanos, decayNanos);
    sweepOld(nowNanos, isShort ? 0 : decayNanos);
    int times = trigger == TrimTrigger.DECAY ? 1 : 0;
    statistics.trimmed(trigger, times, committed - statistics.committedBytes());
    shrink(false);
    lookAtFree(nowNanos);
    if (checks != null) {
      try {
        checks.shrink();
      } catch (VirtualMachineError e) {
        // As in shrink.
      }
    }
  }

  private void lookAtFree(long nowNanos) {
    if (suspicion == null && chunks.hasAny()) {
      freeLook.tick(strategy, wilderness, nowNanos);
    } else {
      freeLook.clear();
    }
  }

  /** As {@link #trim}, for whoever wants to have as little as possible left. */
  void trimAll(long targetBytes) {
    trim();
    sweep(targetBytes);
    shrink(true);
  }

  /** Does nothing if the arena is suspect. */
  private void shrink(boolean atOnce) {
    if (suspicion != null) {
      return;
    }
    try {
      strategy.shrink(atOnce);
    } catch (OutOfMemoryError e) {
      // There is no heap for the smaller arrays: nothing has changed, and there is a next time.
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      throw e;
    }
  }

  private void trimExpired(long nowNanos, long decayNanos) {
    if (suspicion != null || !chunks.startExpiry(nowNanos, decayNanos)) {
      return;
    }
    try {
      wilderness.close();
      strategy.trimExpired();
      strategy.openWilderness();
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    } finally {
      chunks.keepsUnexpired = false;
    }
  }

  /**
   * Has the strategy {@linkplain Strategy#forgetFree forget} the free memory of some chunks. All of
   * them at once, for it may look at everything that is free to find what is free in them. The
   * chunks that it was found in are {@linkplain Chunks#isPartlyForgotten marked}.
   *
   * @param slots held chunks with live blocks
   * @param visitor is told of what was forgotten, afterwards: chunk by chunk, in the order of
   *     addresses, and what is contiguous in one piece. What it throws goes to the caller; the
   *     arena is in order
   * @return {@code false} if the strategy cannot do that, or the arena is suspect
   */
  @Override
  public boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    if (suspicion != null) {
      return false;
    }
    ForgottenRuns forgotten = new ForgottenRuns(chunks, slots); // first: it may fail
    boolean canForget;
    try {
      wilderness.close();
      canForget = strategy.forgetFree(slots, forgotten);
      if (canForget) {
        forgotten.requireSound();
      }
      strategy.openWilderness();
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
    if (canForget) {
      forgotten.visit(visitor);
    }
    return canForget;
  }

  void reset() {
    try {
      if (suspicion == null) {
        wilderness.close();
      } else {
        wilderness.abandon();
      }
      strategy.reset();
      freeLook.clear();
      suspicion = null; // of what was half done nothing is left
      wilderness.goOn(maxStrategyBytes);
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
  }

  /** No more is allocated from now on. */
  void closed() {
    if (suspicion != null) {
      return;
    }
    try {
      wilderness.disable();
      strategy.closed();
    } catch (Throwable e) {
      suspicion = e;
      wilderness.stoppedSizes = wilderness.openSizes;
      wilderness.openSizes = Wilderness.NO_SIZES;
      wilderness.strategyLimit = Integer.MIN_VALUE;
      judge(e);
      throw e;
    }
    sweep(0);
  }
}
