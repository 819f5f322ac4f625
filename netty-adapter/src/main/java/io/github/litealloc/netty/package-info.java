/**
 * lite-alloc as a Netty {@link io.netty.buffer.ByteBufAllocator}: direct buffers from an arena per
 * event loop, released from any thread.
 *
 * <p>Users need {@link io.github.litealloc.netty.LiteByteBufAllocator} and its builder, {@link
 * io.github.litealloc.netty.MemoryPressureHandler} for back-pressure, {@link
 * io.github.litealloc.netty.LiteAllocatorMetric} for figures, and {@code outstanding()} and {@code
 * holders()} to find who holds memory. The rest of this page is the rule book for whoever changes
 * the package.
 *
 * <h2>Words</h2>
 *
 * <p>As in {@link io.github.litealloc}, and:
 *
 * <ul>
 *   <li><em>owner</em>: the thread that an arena belongs to, usually an event loop. The <em>active
 *       owner</em> is the owner of an arena that is open; a closed arena has none.
 *   <li><em>home</em>: what an arena knows of its allocator ({@code ArenaHome}).
 *   <li><em>cached</em>: of a released buffer, that it keeps its block for the next request of that
 *       size; <em>idle</em>, that it has none.
 *   <li><em>weakly held</em>: of a buffer that is out, that its arena would let the garbage
 *       collector have it, so that a forgotten one is noticed. Those are so that Netty's leak
 *       detector tracks, or that are <em>sampled</em>. The others are <em>listed</em>.
 *   <li><em>held</em>: of a buffer, that its capacity is being changed. If its last reference is
 *       released meanwhile, by another thread or by what the change calls, its life ends when the
 *       change does. A hold is no reference, and {@code refCnt()} does not show it.
 *   <li><em>moved</em>: of a buffer, that its bytes are another buffer's, its <em>substitute</em>;
 *       from the start, if its arena was exhausted. <em>Elsewhere</em>, that those are no arena's.
 *   <li><em>unsettled</em>: of an allocator, that some thread's arena may be one that it should no
 *       longer use. Every allocation looks closer then.
 *   <li><em>retired</em>: of an arena, that its owner goes on with another one; <em>orphaned</em>,
 *       that its owner has ended; both while buffers are out. <em>Drained</em>, that none is out
 *       any more.
 *   <li><em>fallback</em>: a request that another allocator serves, and that allocator.
 * </ul>
 *
 * <h2>Who calls what</h2>
 *
 * <pre>
 *   LiteByteBufAllocator        facade: Netty's methods and ours
 *     ArenaRouter               which thread has which arena; strategy, sampling, trim, end
 *     Fallbacks                 what arenas do not serve, by policy
 *     ArenaRegistry             all arenas, and what those that are gone have counted
 *       BufferArena             one owner's arena
 *         BufferPool            its buffer objects        TrimTimer   its event loop's clock
 *         LiteByteBuf           a buffer                  BufferMove  when it changes its memory
 *         LiteHeapByteBuf       one on the heap
 *           Arena, ChunkStore   of module allocator
 * </pre>
 *
 * <p>Calls go down. Up there is one way, {@code ArenaHome}, for what an arena asks (store,
 * hardening, sampling, pace, whether all is closed, memory that it does not have) and for the one
 * thing that it tells, that it is drained.
 *
 * <h2>Life of a buffer</h2>
 *
 * <ol>
 *   <li>{@code newDirectBuffer} finds the thread's arena. The pool has a cached buffer of that
 *       size, which is all; or the arena gives a block, and the pool an idle object for it.
 *   <li>It is listed, unless it becomes weakly held.
 *   <li>It may grow: in its arena if the owner asks, or else it moves ({@code BufferMove} has the
 *       order).
 *   <li>Its last reference is released. On the owner: it is cached, or its block is freed and it is
 *       idle. On another thread: it goes to the arena's inbox, itself the node of the queue, and
 *       the owner takes it in when it needs a block, trims, or by its timer. In a closed arena
 *       there is no owner to wait for: whoever releases frees it, under the arena's lock.
 * </ol>
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>Any thread: the public types, except the builder; router, registry, fallbacks, {@code
 *       GiveBack}, {@code SharedStore}, {@code CoarseClock}. A buffer is used by one thread at a
 *       time, as in Netty.
 *   <li>The owner: {@code BufferArena}, {@code BufferPool}, {@code TrimTimer}, {@code Sampler}, but
 *       for methods that say "Any thread". Once an arena is closed: one thread at a time.
 *   <li>Other people's threads and code: what is run there, or called for them, goes through {@code
 *       internal.Tasks}, which lets nothing out. Code of others (exhaustion handlers, fallback
 *       allocators, listeners, executors, loggers) may throw anything, and may call back.
 * </ul>
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>The hot path (allocate and release on the owner) makes no garbage, takes no lock, and loads
 *       nothing that it does not need; what is added to it is measured.
 *   <li>What others give in place of an arena's memory is checked in one place, {@code
 *       GivenBuffer}.
 *   <li>What was read of a buffer before code of others ran is read again afterwards, unless the
 *       buffer is held.
 *   <li>Settings are refused when they are made, in the form {@code name: value (expected: ...)}.
 *   <li>Methods that tell or set something are named for it without "get" and "set"; sizes end in
 *       {@code Bytes}, times in {@code Nanos} or {@code Millis}; {@code ...Acquire} reads what
 *       other threads publish.
 * </ul>
 */
@NullMarked
package io.github.litealloc.netty;

import org.jspecify.annotations.NullMarked;
