/**
 * Holds the source of all modules against the rules of {@code docs/architecture.md}. Here, because
 * this module is built after all others.
 */
@NullMarked
package io.github.litealloc.benchmarks.architecture;

import org.jspecify.annotations.NullMarked;
