package io.github.litealloc;

import java.util.BitSet;

/**
 * A strategy of somebody else. While it is at work its arena is {@linkplain ChunkSupply#isBusy
 * busy}: a strategy that asks its own arena for something, in the middle of what it does, is
 * refused.
 */
final class GuardedStrategy extends Strategy {
  /*
   * The mark is set and taken back by plain stores, and not by calls, for which the stack may have no
   * room: an arena must not stay busy for ever.
   */

  private final Strategy inner;

  private GuardedStrategy(Strategy inner, Chunks chunks) {
    super(chunks);
    this.inner = inner;
  }

  /** Makes the strategy of an arena; ours need no guard. */
  static Strategy create(StrategyFactory factory, Chunks chunks) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      Strategy strategy = factory.create(chunks);
      return isOurs(strategy) ? strategy : new GuardedStrategy(strategy, chunks);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  private static boolean isOurs(Strategy strategy) {
    return strategy.getClass().getPackageName().equals(Strategy.class.getPackageName());
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.allocate(bytes, alignment);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected void free(long block, int bytes) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      inner.free(block, bytes);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.resize(block, oldBytes, newBytes);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.sizeOf(block, bytes);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected int sizeFor(int bytes) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.sizeFor(bytes);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected void trim() {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      inner.trim();
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      inner.visitFreeRuns(visitor);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.forgetFree(slots, visitor);
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected void reset() {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      inner.reset();
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }

  @Override
  protected int maxBytes() {
    boolean wasBusy = chunks.supply.isBusy;
    chunks.supply.isBusy = true;
    try {
      return inner.maxBytes();
    } finally {
      chunks.supply.isBusy = wasBusy;
    }
  }
}
