/**
 * The JMH benchmarks, and what they need to run as Netty runs an allocator: on the thread of an
 * event loop, where the peers have their thread caches and we our arena.
 */
@NullMarked
package io.github.litealloc.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
