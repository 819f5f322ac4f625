package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.demo.load.LoadConnection;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.LoadPlan;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What to run, checked.
 *
 * @param candidate the allocator of server and load
 * @param scenario what is shown
 * @param leakWindow of the page, in the scenario of a leak
 * @param maxBytes the ceiling of our allocator, if not the scenario's
 * @param durationSeconds when to stop, {@link #UNTIL_STOPPED} for not by itself
 * @param maxRequests when the load stops, {@link LoadGenerator#NO_LIMIT} for not by itself
 * @param stopWithLoad whether the demo stops when the load does
 * @param connections of the load, 0 for no load
 * @param loops event loops of the server, and as many of the load
 * @param bodyBytes the size around which bodies are
 * @param port of the server, 0 for a free one
 * @param dashboardPort of the dashboard, 0 for a free one
 */
record DemoOptions(
    Candidate candidate,
    Scenario scenario,
    Duration leakWindow,
    OptionalLong maxBytes,
    int durationSeconds,
    long maxRequests,
    boolean stopWithLoad,
    int connections,
    int loops,
    int bodyBytes,
    int port,
    int dashboardPort) {

  static final int UNTIL_STOPPED = 0;

  static final String NAME = "demo";

  MeasuredAllocator openAllocator() {
    return candidate.kind() == AllocatorKind.LITE
        ? new MeasuredLite(candidate, NAME, ceiling(), scenario::configure)
        : MeasuredAllocator.open(candidate, NAME);
  }

  /** Returns what may be reserved; of a peer, what the JVM allows it. */
  long ceiling() {
    return maxBytes.orElse(scenario.maxBytes().orElse(DirectMemory.maxBytes()));
  }

  LoadPlan load() {
    return new LoadPlan(
        connections,
        loops,
        bodyBytes,
        maxRequests,
        scenario.shape(),
        scenario.shape().largeBytes(ceiling(), connections * LoadConnection.REQUESTS_IN_FLIGHT),
        false);
  }
}
