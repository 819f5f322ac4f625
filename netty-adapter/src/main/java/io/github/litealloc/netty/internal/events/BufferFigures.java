package io.github.litealloc.netty.internal.events;

import io.netty.buffer.ByteBufAllocator;

/**
 * What is told of a buffer.
 *
 * @param allocatorType the class of its allocator
 * @param capacity its capacity in bytes
 * @param fastCapacity up to where it can grow in its block
 * @param maxCapacity up to where it can grow at all
 * @param address where it is off-heap, 0 if the platform does not tell
 */
public record BufferFigures(
    Class<? extends ByteBufAllocator> allocatorType,
    int capacity,
    int fastCapacity,
    int maxCapacity,
    long address) {}
