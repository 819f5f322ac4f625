package io.github.litealloc.netty;

import io.github.litealloc.memory.Refusal;
import org.jspecify.annotations.Nullable;

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
 * @param refusedBy who refused; {@code null} if the arena did, which has no name left for a chunk
 * @since 0.1.0
 */
@SuppressWarnings("exports") // whoever lacks the annotation loses nothing
public record Exhaustion(
    String allocator,
    String strategy,
    String eventLoop,
    int requestedBytes,
    int maxCapacity,
    long usedBytes,
    long reservedBytes,
    long maxBytes,
    @Nullable Refusal refusedBy) {}
