package io.github.litealloc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of an arena keeps of one size of block, in its {@link BlockCache}: a list whose
 * members the owner names by numbers, and links. All that reusing a block looks at lies side by
 * side here, and how often that was. Owner thread only; once the arena is closed, by one thread at
 * a time.
 *
 * @since 0.1.0
 */
public final class BlockShelf {

  /** The number of nobody. */
  public static final int NONE = -1;

  private static final VarHandle REUSES;

  static {
    try {
      REUSES = MethodHandles.lookup().findVarHandle(BlockShelf.class, "reuses", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int blockBytes;
  long reuses;

  /**
   * The number of what was kept last, or {@link #NONE}. A field: where the stack has ended in the
   * middle of something, its owner must be able to put it right without a call.
   */
  public int last = NONE;

  /** The arena's other shelves, for whoever sums them up. */
  final @Nullable BlockShelf next;

  BlockShelf(int blockBytes, @Nullable BlockShelf next) {
    this.blockBytes = blockBytes;
    this.next = next;
  }

  /** {@return the size of the blocks, in bytes} */
  public int blockBytes() {
    return blockBytes;
  }

  /** Any thread. */
  long reusesOpaque() {
    return (long) REUSES.getOpaque(this);
  }
}
