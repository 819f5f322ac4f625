/**
 * The load of the server: clients that check every byte of an answer, and others that are slow on
 * purpose.
 *
 * <p>{@link io.github.litealloc.benchmarks.demo.load.LoadGenerator} goes up and down with the time,
 * for the demo; {@link io.github.litealloc.benchmarks.demo.load.ShapedLoad} is one shape and one
 * protocol, for {@code compare --e2e}. Depends on {@code demo.server}: what a request says and how
 * a body looks is known there.
 */
@NullMarked
package io.github.litealloc.benchmarks.demo.load;

import org.jspecify.annotations.NullMarked;
