package io.github.litealloc.metrics.internal.dashboard;

import io.netty.buffer.ByteBufAllocatorMetricProvider;

/**
 * One of Netty's own allocators, of which the dashboard shows what it tells.
 *
 * @param name what the page calls it
 * @param allocator it
 */
public record NettyAllocator(String name, ByteBufAllocatorMetricProvider allocator) {}
