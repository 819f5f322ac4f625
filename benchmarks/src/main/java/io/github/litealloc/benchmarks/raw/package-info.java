/**
 * The {@code raw} command: what the strategies cost without Netty, beside the figures of the Rust
 * crate that they come from.
 */
@NullMarked
package io.github.litealloc.benchmarks.raw;

import org.jspecify.annotations.NullMarked;
