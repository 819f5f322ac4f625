package io.github.litealloc.benchmarks.jmh;

/** How many operations a benchmark makes in one invocation. */
final class ShortRound {
  /*
   * An invocation is a round: some tenths of a millisecond, short enough that many fall between two
   * interruptions by whatever else the machine does, and long enough that reading the clock is
   * nothing. Of hundreds of such rounds the fastest one says what the code costs.
   *
   * Tried on a shared virtual machine with two processors, pinned to one of them, leak detection off,
   * ten JVMs each:
   *
   *   what                                   allocate-release 1,024    steady state 1,024
   *   mean of 4 x 150 ms, as before          15.8 - 17.0 ns            40 - 65 ns
   *   JMH's single shots of 16,384, fastest  14.9 - 15.4 ns            37 - 40 ns
   *   rounds in one loop, fastest            14.5 - 15.3 ns            36 - 38 ns
   *
   * A single shot costs JMH more than the round itself, and begins with the caches that JMH left. So
   * the loops are in the benchmarks, and JMH samples the time of each invocation. That it costs
   * nothing to go round the loop is the same for all candidates.
   */

  /** For operations of some ten nanoseconds. */
  static final int OPERATIONS = 16_384;

  private ShortRound() {}
}
