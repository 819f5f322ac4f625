/**
 * The {@code demo} command: a Netty HTTP server on a chosen allocator, a load that checks every
 * answer, and the figures of both; and {@code demo --soak}, which injects faults for an hour.
 *
 * <p>Server and load run in one process, each on event loops of its own, both on the chosen
 * allocator. They are in {@code demo.server} and {@code demo.load}; here is what is asked for,
 * shown and judged.
 */
@NullMarked
package io.github.litealloc.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
