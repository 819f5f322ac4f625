/**
 * {@code compare --e2e}: the demo's servers, one process per allocator, under load.
 *
 * <p>Depends on {@code benchmarks.demo}, which has the server and the built-in load.
 */
@NullMarked
package io.github.litealloc.benchmarks.e2e;

import org.jspecify.annotations.NullMarked;
