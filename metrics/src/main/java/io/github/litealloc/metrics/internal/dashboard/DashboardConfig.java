package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.netty.LiteAllocatorMetric;
import java.time.Duration;
import java.util.List;

/**
 * What a dashboard shows.
 *
 * @param allocators ours
 * @param nettyAllocators Netty's own
 * @param application what the page calls the process, empty for what can be found out
 * @param leakWindow within which the lowest number of live buffers counts
 */
public record DashboardConfig(
    List<LiteAllocatorMetric> allocators,
    List<NettyAllocator> nettyAllocators,
    String application,
    Duration leakWindow) {

  /** As the alert of the same meaning has it. */
  public static final Duration DEFAULT_LEAK_WINDOW = Duration.ofMillis(Judge.LEAK_WINDOW_MILLIS);
}
