package io.github.litealloc.metrics.internal.dashboard;

/**
 * Something that has happened, for people.
 *
 * @param timeMillis when it was seen last, Unix time in milliseconds
 * @param whose the allocator or the budget
 * @param kind what it is, in a few words
 * @param amount how much or how often, as far as it was seen; 0 if it is just so
 * @param isBytes whether the amount is in bytes; else it is a number of things
 */
record Happening(long timeMillis, String whose, String kind, long amount, boolean isBytes) {

  /** Whether the other one is the same going on. */
  boolean isContinuedBy(Happening other, long withinMillis) {
    return amount > 0
        && other.amount > 0
        && whose.equals(other.whose)
        && kind.equals(other.kind)
        && other.timeMillis - timeMillis <= withinMillis;
  }

  Happening plus(Happening other) {
    return new Happening(other.timeMillis, whose, kind, amount + other.amount, isBytes);
  }
}
