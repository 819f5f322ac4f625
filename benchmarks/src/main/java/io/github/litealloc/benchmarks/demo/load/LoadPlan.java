package io.github.litealloc.benchmarks.demo.load;

/**
 * What the load does.
 *
 * @param connections how many, at least 1
 * @param loops how many event loops serve them
 * @param bodyBytes the size around which bodies are
 * @param maxRequests after how many requests it ends, or {@link LoadGenerator#NO_LIMIT}
 * @param shape how it goes with time
 * @param largeBytes the size around which the shape's large bodies are
 * @param expectsCuts whether connections are cut on purpose: a request that was under way then is
 *     no failure
 */
public record LoadPlan(
    int connections,
    int loops,
    int bodyBytes,
    long maxRequests,
    LoadWaves shape,
    int largeBytes,
    boolean expectsCuts) {

  /** The same all the time. */
  public static LoadPlan steady(int connections, int loops, int bodyBytes, long maxRequests) {
    return new LoadPlan(
        connections, loops, bodyBytes, maxRequests, LoadWaves.STEADY, bodyBytes, false);
  }
}
