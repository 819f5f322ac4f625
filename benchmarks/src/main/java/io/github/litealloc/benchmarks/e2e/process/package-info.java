/**
 * The programs of {@code compare --e2e}: the demo's server and its load, each in a JVM of its own,
 * told and heard through its standard input and output.
 */
@NullMarked
package io.github.litealloc.benchmarks.e2e.process;

import org.jspecify.annotations.NullMarked;
