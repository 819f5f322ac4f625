package io.github.litealloc;

import java.util.BitSet;

/**
 * The hybrid strategy, but for what a test has it do besides. In this package to reach what it
 * passes on.
 */
public final class FaultyStrategy extends Strategy {

  /** Makes them, and has one of them fail. */
  public static final class Factory implements StrategyFactory {
    private final boolean canCache;
    private boolean failsNext;
    private volatile Runnable inAllocations = () -> {};
    private volatile Runnable whenLookedAt = () -> {};
    private volatile Runnable whenSized = () -> {};

    /**
     * @param canCache whether its blocks may be kept with their buffers
     */
    public Factory(boolean canCache) {
      this.canCache = canCache;
    }

    /** Has the next free fail. */
    public void failNext() {
      failsNext = true;
    }

    /** Has something done in the middle of each allocation. */
    public void inAllocations(Runnable action) {
      inAllocations = action;
    }

    /** Has something done whenever it is asked what is free. */
    public void whenLookedAt(Runnable action) {
      whenLookedAt = action;
    }

    /** Has something done whenever it is asked how large a block is. */
    public void whenSized(Runnable action) {
      whenSized = action;
    }

    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public Strategy create(Chunks chunks) {
      return new FaultyStrategy(chunks, this);
    }
  }

  private final Factory factory;
  private final Strategy inner;

  private FaultyStrategy(Chunks chunks, Factory factory) {
    super(chunks);
    this.factory = factory;
    this.inner = Strategies.HYBRID.create(chunks);
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    factory.inAllocations.run();
    return inner.allocate(bytes, alignment);
  }

  @Override
  protected void free(long block, int bytes) {
    if (factory.failsNext) {
      factory.failsNext = false;
      throw new IllegalArgumentException("a fault, by the test");
    }
    inner.free(block, bytes);
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    return inner.resize(block, oldBytes, newBytes);
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    factory.whenSized.run();
    return inner.sizeOf(block, bytes);
  }

  @Override
  protected int sizeFor(int bytes) {
    return factory.canCache ? inner.sizeFor(bytes) : 0;
  }

  @Override
  protected void trim() {
    inner.trim();
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    factory.whenLookedAt.run();
    inner.visitFreeRuns(visitor);
  }

  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    return inner.forgetFree(slots, visitor);
  }

  @Override
  protected void reset() {
    inner.reset();
  }

  @Override
  protected int maxBytes() {
    return inner.maxBytes();
  }
}
