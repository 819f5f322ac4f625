package io.github.litealloc.benchmarks.compare;

/** Measures one scenario with one candidate, once. */
@FunctionalInterface
interface ForkRunner {
  ForkResult run(ComparePlan plan, ComparePlan.Run run);
}
