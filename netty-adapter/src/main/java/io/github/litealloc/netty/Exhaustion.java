package io.github.litealloc.netty;

/**
 * A request that an arena could not serve, and how things stood. Sizes are in bytes.
 *
 * @param allocator the allocator's name
 * @param strategy the arena's allocation strategy
 * @param eventLoop the name of the thread that owns the arena
 * @param asked the capacity asked for
 * @param maxCapacity up to where the buffer may grow
 * @param live what the allocator's live blocks take
 * @param retained what is charged to the budget, by whichever allocator
 * @param ceiling what the budget allows
 */
public record Exhaustion(
    String allocator,
    String strategy,
    String eventLoop,
    int asked,
    int maxCapacity,
    long live,
    long retained,
    long ceiling) {}
