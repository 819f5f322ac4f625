package io.github.litealloc.netty;

import io.netty.util.IllegalReferenceCountException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A buffer that can be held: while it is, its last reference may be released, by foreign code that
 * the holder runs or by another thread, but its life does not end before the holder lets go. There
 * is one holder at a time. A hold is no reference: {@link #refCnt()} does not show it, and nobody
 * but the holder can release it.
 */
abstract class HoldableByteBuf extends NioByteBuf {
  /*
   * A life must end exactly once, by whoever releases the last reference or by the holder. Each of them
   * writes one word and then reads the other's:
   *
   *   releaser   the count becomes 0 (Netty's compareAndSet), then reads `hold`
   *   holder     `hold` becomes HELD (compareAndSet, fence), then reads the count
   *
   * All four are sequentially consistent, so at least one of the two sees the other:
   *
   *   - The holder sees 0: it refuses to work on the buffer, and lets go.
   *   - The releaser sees HELD: it writes RELEASED, and the end is the holder's. If that fails, then the
   *     holder has just let go, and the end is the releaser's, who sees all that the holder has written.
   *
   * Until the end nobody can reuse the object. So what the holder works on is one life from hold to
   * letGo, although not always the one that its caller means: a call that comes after the release is
   * refused only until somebody else has got the object, as with any buffer that is reused.
   *
   * The cost: releasing a last reference reads one word more, next to the count's. Holding and letting
   * go take two atomic updates and a fence.
   */

  private static final VarHandle HOLD;

  static {
    try {
      HOLD = MethodHandles.lookup().findVarHandle(HoldableByteBuf.class, "hold", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  static final int FREE = 0;
  static final int HELD = 1;

  /** Held, and the last reference was released: letting go ends the life. */
  private static final int RELEASED = 2;

  /**
   * Written by others only where the stack has ended: by the holder, in place of {@link #letGo}.
   */
  volatile int hold;

  HoldableByteBuf(int maxCapacity) {
    super(maxCapacity);
  }

  /**
   * Holds the buffer. The caller must let go in the end, whatever happens.
   *
   * @throws IllegalReferenceCountException if it is released; it is not held then
   * @throws IllegalStateException if it is held
   */
  final void hold() {
    if (!HOLD.compareAndSet(this, FREE, HELD)) {
      throw new IllegalStateException(
          "the buffer's capacity is being changed (expected: one change at a time, neither from"
              + " another thread nor by what a change calls)");
    }
    boolean isReleased;
    try {
      VarHandle.fullFence(); // for the count is read with less than that order on some platforms
      isReleased = refCnt() == 0;
    } catch (VirtualMachineError e) {
      hold = FREE; // there may be no stack for a call
      throw e;
    }
    if (isReleased) {
      letGo();
      throw new IllegalReferenceCountException(0);
    }
  }

  /**
   * Ends the hold and, if the last reference was released meanwhile, the buffer's life.
   *
   * @return {@code false} if the buffer is not the caller's any more
   */
  final boolean letGo() {
    if (HOLD.compareAndSet(this, HELD, FREE)) {
      return true;
    }
    hold = FREE; // first: when the life has ended, the object may be in another one
    endOfLife();
    return false;
  }

  /**
   * To be asked after a change of the capacity: the caller has computed the room from where the
   * writer index was, and would write beyond the end.
   */
  final void requireNotWritten(int writerIndexBefore) {
    if (writerIndex() > writerIndexBefore) {
      throw new IllegalStateException(
          "writerIndex: "
              + writerIndex()
              + " (expected: "
              + writerIndexBefore
              + ", as before the capacity was changed; somebody has written meanwhile)");
    }
  }

  @Override
  protected void deallocate() {
    if (hold == FREE || !HOLD.compareAndSet(this, HELD, RELEASED)) {
      endOfLife();
    }
  }

  /** The last reference was released, and nobody holds the buffer. Any thread, once for a life. */
  abstract void endOfLife();

  /** Adds to a failure what came after it, if there is room. */
  static void suppress(Throwable further, Throwable failure) {
    try {
      failure.addSuppressed(further);
    } catch (VirtualMachineError e) {
      // Then the first of them is all that is told.
    }
  }
}
