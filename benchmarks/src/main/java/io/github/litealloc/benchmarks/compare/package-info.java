/**
 * The {@code compare} command: the JMH scenarios for ours and for Netty's allocators, in one table.
 *
 * <p>A <b>run</b> is one scenario with one candidate in one JVM of its own; a <b>round</b> is one
 * run of everything. Rounds repeat, so that whatever else the machine does meets every candidate.
 */
@NullMarked
package io.github.litealloc.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
