package io.github.litealloc.internal;

/**
 * Finds out whether there is stack left before something begins that must not end in the middle:
 * what gives memory back, and what is handed to others' queues, timers and loggers. One of those
 * whose lock or list is left half-way stands still for everybody who uses it. Any thread.
 */
public final class StackRoom {
  /*
   * There is no way to ask, only to try: a recursion whose frames are large however they are compiled,
   * since what is live across the call does not fit into registers. Some ten kilobytes in compiled code
   * and twice as much in the interpreter: what takes chunks back (the JDK, or Netty on top of it) and
   * what takes tasks were seen to need less than half of that.
   */

  private static final int FRAMES = 64;

  private StackRoom() {}

  /**
   * Returns if there is room for a few dozen calls.
   *
   * @throws StackOverflowError if there is not
   */
  public static void require() {
    use(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  }

  private static long use(
      int left,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l) {
    if (left == 0) {
      return 0;
    }
    long below = use(left - 1, b, c, d, e, f, g, h, i, j, k, l, a);
    return below ^ a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l; // so they are kept in the frame
  }
}
