/**
 * The commands {@code replay} and {@code recommend}: the recorded traffic of an application on
 * every strategy and on Netty's allocators, each in a process of its own.
 */
@NullMarked
package io.github.litealloc.benchmarks.replay;

import org.jspecify.annotations.NullMarked;
