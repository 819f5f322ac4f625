/**
 * Allocators that this program does not know: a user names a class, and where it is.
 *
 * <p>Such an allocator is measured in a JVM whose class path begins with its own entries, so that
 * they may hold another version of this library or of Netty. Therefore nothing here, and nothing
 * else that runs in such a JVM, uses a class of this library.
 */
@NullMarked
package io.github.litealloc.benchmarks.foreign;

import org.jspecify.annotations.NullMarked;
