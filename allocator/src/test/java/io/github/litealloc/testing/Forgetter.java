package io.github.litealloc.testing;

import io.github.litealloc.Arena;
import io.github.litealloc.FreeRunVisitor;
import java.util.BitSet;

/**
 * Has the strategy of an arena forget free memory.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Forgetter {

  /**
   * As {@code Strategy.forgetFree}.
   *
   * @param arena whose strategy to ask
   * @param slots chunks that have live blocks
   * @param visitor is told of what was forgotten
   * @return whether the strategy can do that
   */
  boolean forget(Arena arena, BitSet slots, FreeRunVisitor visitor);
}
