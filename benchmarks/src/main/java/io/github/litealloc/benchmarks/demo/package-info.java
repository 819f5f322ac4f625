/**
 * The {@code demo} command: a Netty HTTP server on a chosen allocator, a load that checks every
 * answer, and the figures of both.
 *
 * <p>Server and load run in one process, each on event loops of its own, both on the chosen
 * allocator. Handlers are confined to their channel's event loop; classes that count are safe for
 * all threads, and say so.
 */
@NullMarked
package io.github.litealloc.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
