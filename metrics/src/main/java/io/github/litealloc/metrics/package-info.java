/**
 * Meters and a dashboard for lite-alloc.
 *
 * <ul>
 *   <li>{@link io.github.litealloc.metrics.LiteAllocMetrics} binds an allocator to any Micrometer
 *       registry; {@link io.github.litealloc.metrics.LiteAllocMeters} lists the meters.
 *   <li>{@link io.github.litealloc.metrics.DashboardServer} serves a live page and the Prometheus
 *       text on the loopback address.
 * </ul>
 *
 * <p>The words on meters and page:
 *
 * <dl>
 *   <dt>reserved
 *   <dd>bytes of the chunks that the arenas hold; Netty's own {@code usedDirectMemory()} reports
 *       for this allocator these and the empty chunks that are kept for reuse
 *   <dt>pinned
 *   <dd>reserved bytes of chunks in which at least one buffer lives; reserved − pinned could go
 *       back to the system
 *   <dt>used
 *   <dd>bytes of the blocks in which buffers live
 *   <dt>requested
 *   <dd>bytes that the callers asked for; used − requested is lost to rounding
 * </dl>
 *
 * <p>Always requested ≤ used ≤ pinned ≤ reserved. Everything public here is safe for use by several
 * threads, and nothing here runs on an event loop's time, except that an event loop which makes its
 * first buffer wakes a background thread that registers its meters.
 */
@NullMarked
package io.github.litealloc.metrics;

import org.jspecify.annotations.NullMarked;
