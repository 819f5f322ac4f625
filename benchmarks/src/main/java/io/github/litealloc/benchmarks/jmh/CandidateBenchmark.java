package io.github.litealloc.benchmarks.jmh;

import org.openjdk.jmh.annotations.Param;

/**
 * A benchmark of our strategies and Netty's allocators, on event loops. Public, because JMH sets
 * its field.
 */
public abstract class CandidateBenchmark extends EventLoopBenchmark {

  /** The candidate. */
  @Param({
    "hybrid",
    "bump-free-list",
    "segregated-bump",
    "free-list",
    "pooled",
    "adaptive",
    "unpooled"
  })
  public String allocator;

  @SuppressWarnings("NullAway.Init") // JMH sets the fields
  CandidateBenchmark() {}
}
