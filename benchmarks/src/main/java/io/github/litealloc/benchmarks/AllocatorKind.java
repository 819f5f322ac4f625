package io.github.litealloc.benchmarks;

import java.util.Locale;

/** The allocators that can be measured, by the names that users type. */
public enum AllocatorKind {
  /** {@link io.github.litealloc.netty.LiteByteBufAllocator}, which has a choice of strategies. */
  LITE,
  /** {@link io.netty.buffer.PooledByteBufAllocator} with its defaults. */
  POOLED,
  /** {@link io.netty.buffer.AdaptiveByteBufAllocator} with its defaults. */
  ADAPTIVE,
  /** {@link io.netty.buffer.UnpooledByteBufAllocator} with its defaults. */
  UNPOOLED;

  /**
   * Returns the name that users type.
   *
   * @return the lower-case name
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return id();
  }
}
