/**
 * The program {@code lite-alloc.jar}: a demo server, comparisons with Netty's own allocators, and
 * the JMH benchmarks behind them.
 *
 * <p>Words used here: a <b>candidate</b> is one allocator as it is measured, ours with one strategy
 * or one of Netty's; a <b>peer</b> is a candidate that is not ours.
 */
@NullMarked
package io.github.litealloc.benchmarks;

import org.jspecify.annotations.NullMarked;
