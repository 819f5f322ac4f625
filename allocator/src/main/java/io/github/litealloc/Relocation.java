package io.github.litealloc;

/**
 * How a block of an arena that several threads use ({@link Errands}) gets another size: in place,
 * or in steps, between which the lock is let go. So its contents, which may be many, are copied
 * while others use the arena.
 *
 * <pre>{@code
 * lock: to = relocation.begin(block, oldBytes, newBytes); unlock
 * if to is another block: copy, and use it from now on
 * lock: relocation.finish(block, oldBytes, copiedBytes); unlock
 * }</pre>
 *
 * <p>Nobody else may free or resize the block in between. In the figures a block that moves like
 * this is one more allocation and one more free, besides a reallocation; for in between both are
 * live. Who cannot finish frees one of the two.
 *
 * @since 0.1.0
 */
public final class Relocation {

  private final Arena arena;

  /**
   * Makes the relocations of an arena.
   *
   * @param arena one that was built with errands
   */
  public Relocation(Arena arena) {
    this.arena = arena;
  }

  /**
   * Changes the size in place, or takes another block. Under the lock.
   *
   * @param block a live block of the arena
   * @param oldBytes the bytes it was requested with, or last resized to
   * @param newBytes the bytes it shall have, at least 0
   * @return the block by its new name, if it has the new size now; another block, to copy to; or
   *     {@link Blocks#NO_BLOCK}, and then nothing has changed
   */
  public long begin(long block, int oldBytes, int newBytes) {
    BlockChecks checks = arena.checks;
    if (checks != null) {
      checks.requireLive(block, oldBytes);
    }
    if (arena.isSuspect() || arena.isBusy()) {
      return Blocks.NO_BLOCK;
    }
    long resized = arena.router.resize(block, oldBytes, newBytes);
    if (resized == Blocks.NO_BLOCK) {
      return arena.allocate(newBytes);
    }
    try {
      if (checks != null) {
        checks.renamed(block, resized, newBytes);
      }
    } catch (Throwable e) {
      arena.suspect(e);
      throw e;
    }
    ArenaStatistics statistics = arena.statistics();
    statistics.reallocationsInPlace += newBytes < oldBytes ? 0 : 1;
    statistics.reallocationsShrunk += newBytes < oldBytes ? 1 : 0;
    statistics.unrequestedTotal -= newBytes - oldBytes;
    return resized;
  }

  /**
   * Frees a block whose contents were copied to another one. Under the lock.
   *
   * @param block the one that they were copied from
   * @param bytes the bytes it was requested with, or last resized to
   * @param copiedBytes how many were copied
   */
  public void finish(long block, int bytes, int copiedBytes) {
    arena.free(block, bytes);
    ArenaStatistics statistics = arena.statistics();
    statistics.reallocationsMoved++;
    statistics.copied += copiedBytes;
  }
}
