package io.github.litealloc.netty.attack;

import java.util.concurrent.atomic.LongAdder;

/** What one attack has done and found. Safe for any thread. */
public final class Tally {

  final LongAdder operations = new LongAdder();
  final LongAdder wrongBytes = new LongAdder();
  final LongAdder overlaps = new LongAdder();
  final LongAdder refusals = new LongAdder();
  final LongAdder swaps = new LongAdder();
  final LongAdder trims = new LongAdder();
  private final long startedNanos = System.nanoTime();

  public void operations(long more) {
    operations.add(more);
  }

  public void refusals(long more) {
    refusals.add(more);
  }

  /** Counts what has ended the attack, if it is one of the two. */
  public void failure(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof WrongByteError) {
        wrongBytes.increment();
      } else if (each instanceof OverlapError) {
        overlaps.increment();
      }
    }
  }

  double seconds() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }
}
