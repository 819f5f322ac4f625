/**
 * Shows what lite-alloc does: Micrometer meters of an allocator, and a dashboard of its own.
 *
 * <p>{@link io.github.litealloc.metrics.LiteAllocMetrics} needs Micrometer's core only. {@link
 * io.github.litealloc.metrics.DashboardServer} also needs {@code netty-codec-http}, {@code
 * micrometer-registry-prometheus} and {@code jackson-core}, which an application adds itself.
 */
// Micrometer has automatic modules only.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.github.litealloc.metrics {
  requires transitive io.github.litealloc.netty;
  requires transitive micrometer.commons;
  requires transitive micrometer.core;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;

  // Only for the dashboard. Not transitive: those who bind meters alone need not have them.
  requires static com.fasterxml.jackson.core;
  requires static io.netty.codec;
  requires static io.netty.codec.http;
  requires static micrometer.registry.prometheus;

  // Annotations only: nothing at run time needs them.
  requires static org.jspecify;

  exports io.github.litealloc.metrics;
}
