package io.github.litealloc.benchmarks.compare;

import java.util.Locale;

/**
 * How many times a peer's time ours may take.
 *
 * @param limit the most that is allowed
 * @param peer whose time
 */
record Budget(double limit, Peer peer) {

  /** Whose time a budget is about. */
  enum Peer {
    /** The fastest of all peers. */
    BEST,
    /** Netty's pooled allocator, whoever is the fastest. */
    POOLED;

    /** Returns the name for a reader. */
    @Override
    public String toString() {
      return this == BEST ? "best peer" : "pooled";
    }
  }

  /** Returns the budget for a reader: {@code <= 0.5 x best peer}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "<= %s x %s", number(limit), peer);
  }

  private static String number(double limit) {
    return limit == Math.rint(limit) ? String.valueOf((long) limit) : String.valueOf(limit);
  }
}
