package io.github.litealloc.netty;

import io.netty.buffer.ByteBufAllocator;

/**
 * The allocator that Netty has chosen for this process, which serves what arenas do not.
 *
 * <p>The agent makes one of ours {@link ByteBufAllocator#DEFAULT}, while the class that chooses is
 * being initialised. So nothing may read that constant before it is needed: during this it would be
 * {@code null}, or stay Netty's for ever. And afterwards it is no answer: behind an allocator of
 * ours is the one that stands behind the agent's, not another with arenas.
 */
final class NettysChoice {

  private NettysChoice() {}

  /** For direct buffers. */
  static ByteBufAllocator fallback() {
    return ByteBufAllocator.DEFAULT instanceof LiteByteBufAllocator ours
        ? ours.behind().direct()
        : ByteBufAllocator.DEFAULT;
  }

  /** For heap buffers. */
  static ByteBufAllocator heapAllocator() {
    return ByteBufAllocator.DEFAULT instanceof LiteByteBufAllocator ours
        ? ours.behind().heap()
        : ByteBufAllocator.DEFAULT;
  }
}
