/**
 * Off-heap arenas, each confined to one thread, with a choice of strategies. Needs the JDK only.
 *
 * <h2>Words</h2>
 *
 * <ul>
 *   <li>An <em>arena</em> is all that one owner thread owns. {@link io.github.litealloc.Arena}
 *   <li>A <em>chunk</em> is a contiguous piece of off-heap memory that an arena holds; it has a
 *       small number there, its <em>slot</em>. Chunks come from the package {@code memory}. {@link
 *       io.github.litealloc.Chunks}
 *   <li>A <em>block</em> is a piece of a chunk, handed out for one request, and named by a {@code
 *       long}. {@link io.github.litealloc.Blocks}
 *   <li>The <em>strategy</em> decides where blocks lie and how they are reused. {@link
 *       io.github.litealloc.Strategy}, {@link io.github.litealloc.Strategies}
 *   <li>The <em>wilderness</em> is the free rest of the chunk that blocks are carved from. While
 *       nothing else is free it is <em>open</em>, and the arena takes a <em>shortcut</em> past its
 *       strategy.
 *   <li>A <em>huge</em> block has a chunk of its own: the request was above the strategy's limit.
 *   <li>A <em>remote free</em> is a release on a thread other than the owner; it waits in the
 *       arena's <em>inbox</em> until the owner drains it.
 *   <li><em>Kept</em> blocks are free ones that the owner holds ready for its next requests. {@link
 *       io.github.litealloc.BlockCache}
 *   <li><em>Forgotten</em> is free memory of a pinned chunk that its strategy does not hand out any
 *       more, so that its pages can go back to the system. It comes back with its chunk, which goes
 *       back as soon as it is empty.
 *   <li>The <em>floor</em> is what an arena is sure to get, from the moment at which the budget had
 *       room for it.
 *   <li><em>Reserved</em> bytes are those of chunks, <em>used</em> bytes are in live blocks,
 *       <em>requested</em> bytes are what callers asked for; <em>pinned</em> bytes are those of
 *       chunks that are not empty. {@link io.github.litealloc.ArenaStatistics}
 * </ul>
 *
 * <h2>Who may call what</h2>
 *
 * <table>
 *   <caption>Threads</caption>
 *   <tr><th>what</th><th>which thread</th></tr>
 *   <tr><td>arena, its block cache, chunks and strategy</td><td>the owner; once the arena is closed
 *       and its owner has ended, one thread at a time</td></tr>
 *   <tr><td>{@code Arena.remoteFree}</td><td>any; on a closed arena, {@code free} too</td></tr>
 *   <tr><td>statistics, name, owner, {@code isClosed}</td><td>any</td></tr>
 *   <tr><td>hardening and its listener</td><td>any; the listener runs on the owner</td></tr>
 * </table>
 *
 * <h2>Life of a block</h2>
 *
 * <p>A request is rounded up and served from the open wilderness, by the strategy, or with a chunk
 * of its own. If the budget or the system refuses the chunk that it would take, the arena drains
 * its inbox, frees what is kept, gives back what is empty, and tries once more; then it asks the
 * other arenas on the budget to give back what is empty, for its next requests. Reallocation stays
 * in place where the strategy can; else the contents are copied to a new block and the old one is
 * freed. The owner frees blocks or keeps them; other threads hand them over. A chunk whose last
 * block was freed goes back at once, or stays as the one spare, or is given back by {@code tick}
 * and {@code trim}.
 *
 * <h2>Names</h2>
 *
 * <p>Sizes end in {@code Bytes}, times in {@code Nanos} or {@code Millis}. {@code chunk} as a
 * number is a slot; {@code index} is a place in a table of sizes.
 */
@NullMarked
package io.github.litealloc;

import org.jspecify.annotations.NullMarked;
