package io.github.litealloc.netty;

/**
 * A request that an arena could not serve, and how things stood. Sizes are in bytes.
 *
 * @param allocator the allocator's name
 * @param strategy the arena's allocation strategy
 * @param eventLoop the name of the thread that owns the arena
 * @param requestedBytes the capacity asked for
 * @param maxCapacity up to where the buffer may grow
 * @param usedBytes what the allocator's live blocks take
 * @param reservedBytes what is charged to the budget, by whichever allocator
 * @param maxBytes what the budget allows
 */
public record Exhaustion(
    String allocator,
    String strategy,
    String eventLoop,
    int requestedBytes,
    int maxCapacity,
    long usedBytes,
    long reservedBytes,
    long maxBytes) {}
