package io.github.litealloc.netty;

import io.github.litealloc.netty.internal.Tasks;
import java.util.Set;

/** Tells whether a thread that lives is at work on an arena of its own. Any thread. */
final class OwnerLook {
  /*
   * An owner uses its arena without a lock or a fence, so nobody can be kept out of it, and nobody
   * can ask it to stay out if it takes no tasks. But the virtual machine can: to show a thread's
   * stack it brings the thread to a safepoint, and there
   *
   *   - all that was written before we asked is seen by whatever the thread reads afterwards,
   *   - all that the thread has written is seen by us,
   *   - a method that the thread is in is on its stack, compiled and inlined or not.
   *
   * So: write that the thread owns the arena no more, then look at its stack. If none of those
   * methods is on it between which the ownership is asked for and relied on, the thread finds itself
   * without an arena the next time that it asks, however plainly. If one is, nothing is known: give
   * the arena back, and try again some other time.
   *
   * A read must not move up to a safepoint before the method that it is in, out of a loop of the
   * caller's. Each way into an arena has a volatile access in front: of the flag "unsettled" when
   * allocating, of the reference count when releasing, growing or shrinking.
   *
   * It costs a safepoint, some 50 to 100 us; nobody does it but to end an arena.
   */

  /**
   * Everything of ours that asks for the ownership, or stands between that and the arena. By name,
   * for this knows none of them; a test compares it to the source.
   */
  static final Set<String> OWNERS_WAYS =
      Set.of(
          "ArenaRouter",
          "BufferArena",
          "BufferMove",
          "LiteByteBuf",
          "LiteByteBufAllocator",
          "MapDrawing",
          "OwnerTasks",
          "StartElsewhere",
          "TrimTimer");

  private static final String PACKAGE = OwnerLook.class.getPackageName() + '.';

  /** Deeper stacks may have been cut off; the JVM's own limit is 1024 unless it is set. */
  private static final int MAX_DEPTH = 1_000;

  private OwnerLook() {}

  /** Whether it is certain that the thread is at nothing of ours now. */
  static boolean isElsewhere(Thread thread) {
    return Tasks.ask(() -> isElsewhere(thread.getStackTrace()), () -> false);
  }

  private static boolean isElsewhere(StackTraceElement[] stack) {
    if (stack.length == 0 || stack.length >= MAX_DEPTH) {
      return false; // a thread that lives has a stack, unless the JVM does not tell
    }
    for (StackTraceElement frame : stack) {
      if (isOwnersWay(frame.getClassName())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOwnersWay(String type) {
    return type.startsWith(PACKAGE) && OWNERS_WAYS.contains(type.substring(PACKAGE.length()));
  }
}
