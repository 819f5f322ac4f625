/**
 * The command {@code record}: what an application asks its allocator for, from Flight Recorder's
 * events of single buffers to a small file that holds sizes, times and thread numbers.
 */
@NullMarked
package io.github.litealloc.benchmarks.record;

import org.jspecify.annotations.NullMarked;
