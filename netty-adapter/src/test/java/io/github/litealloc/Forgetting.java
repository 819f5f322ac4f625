package io.github.litealloc;

import java.util.BitSet;

/** In this package to reach what an arena does by itself only. */
public final class Forgetting {

  private Forgetting() {}

  /** Has an arena forget what is free beside a live block, if there is one. */
  public static void forgetFree(Arena arena, long block) {
    if (block != Blocks.NO_BLOCK) {
      BitSet slots = new BitSet();
      slots.set(Blocks.chunk(block));
      arena.router.forgetFree(slots, (chunk, offset, bytes) -> {});
    }
  }
}
