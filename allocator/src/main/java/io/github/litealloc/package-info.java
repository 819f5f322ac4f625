/**
 * Off-heap arenas for one thread each.
 *
 * <p>The words: an <em>arena</em> is all that one owner thread owns. It holds <em>chunks</em>,
 * contiguous pieces of off-heap memory from a <em>chunk store</em>, which charges every byte to a
 * <em>budget</em>. A <em>block</em> is a piece of a chunk, handed out for one buffer; the
 * <em>strategy</em> decides where. A <em>remote free</em> is a release on a thread other than the
 * owner. <em>Reserved</em> bytes are held from the system, <em>used</em> bytes are in live blocks,
 * <em>requested</em> bytes are what callers asked for, <em>pinned</em> bytes are those of chunks
 * that are not empty.
 *
 * <p>Threads: an arena's state belongs to its owner. The only door for other threads is {@link
 * io.github.litealloc.Arena#remoteFree}. Chunk store, budget and statistics may be used by any
 * thread.
 */
@NullMarked
package io.github.litealloc;

import org.jspecify.annotations.NullMarked;
