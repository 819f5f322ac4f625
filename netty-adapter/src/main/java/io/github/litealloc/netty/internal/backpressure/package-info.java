/**
 * How channels are kept from reading while memory is short, for {@link
 * io.github.litealloc.netty.MemoryPressureHandler}. Not exported.
 *
 * <p>A <em>gate</em> stands before all channels of one event loop that have the same allocator. It
 * is shut while the budget is under pressure. A shut gate lets those channels go on by whose reads
 * nothing grows: each has a <em>record</em> of what its reads have done. Of the others one at a
 * time may read for a <em>turn</em>; whichever gate of a budget holds the <em>lease</em> may give
 * the turn. The lease, and what reads cost lately, belong to the <em>pressed budget</em> that its
 * gates share. The <em>watch</em> tells whether memory gets less by itself, for then no turn is
 * needed. <em>Probes</em> look for the ends of connections when there is no room for turns.
 *
 * <p>Threads: a gate, its channels, their records, turns and watch belong to one event loop. A
 * pressed budget is for any thread.
 */
@NullMarked
package io.github.litealloc.netty.internal.backpressure;

import org.jspecify.annotations.NullMarked;
