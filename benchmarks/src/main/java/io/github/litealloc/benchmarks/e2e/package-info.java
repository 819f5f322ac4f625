/**
 * {@code compare --e2e}: the demo's servers, one process per allocator, under load.
 *
 * <p>What runs in those processes is in {@code e2e.process}.
 */
@NullMarked
package io.github.litealloc.benchmarks.e2e;

import org.jspecify.annotations.NullMarked;
