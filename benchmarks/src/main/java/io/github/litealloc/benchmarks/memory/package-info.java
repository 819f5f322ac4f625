/**
 * The {@code footprint} and {@code waste} commands: the memory that the strategies need beside what
 * was asked for, on the heap and in the blocks. Nothing here depends on time.
 */
@NullMarked
package io.github.litealloc.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
