/**
 * What makes the standard corpus: servers of common kinds, a load for each, and the recording of
 * what they ask their allocator for. {@code CorpusRecording} says how to run it.
 */
@NullMarked
package io.github.litealloc.benchmarks.corpus;

import org.jspecify.annotations.NullMarked;
