/**
 * Where arenas get their memory: the one place that asks the system for it, and counts it.
 *
 * <p>The words: a {@link io.github.litealloc.memory.MemorySource} takes memory from the system. A
 * <em>chunk</em> is one piece of it. A {@link io.github.litealloc.memory.ChunkStore} hands out
 * chunks and keeps empty ones, <em>idle</em>, for reuse. A {@link
 * io.github.litealloc.memory.MemoryBudget} is charged for every byte before it is taken, and
 * credited after it went back; its level is the {@link io.github.litealloc.memory.MemoryPressure}.
 * A {@link io.github.litealloc.memory.ChunkAccount} is one arena's door to all of it: what the
 * arena holds, and the floor that it was promised.
 *
 * <p>Threads: everything here is safe for any thread, but a chunk's memory and an account belong to
 * one holder at a time.
 *
 * <p>Life of a chunk: an account claims its bytes from the budget; the store looks for an idle one,
 * else reserves the bytes and takes fresh memory from the source. When it is given back it becomes
 * idle, or goes back to the system and its bytes are credited; then they are claimed no more. What
 * is reserved and not claimed is idle, and can be reclaimed for anybody on the same budget.
 *
 * <p>This package knows nothing of arenas, blocks and strategies.
 */
@NullMarked
package io.github.litealloc.memory;

import org.jspecify.annotations.NullMarked;
