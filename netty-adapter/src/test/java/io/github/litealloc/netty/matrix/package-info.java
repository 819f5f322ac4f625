/**
 * Everything that Netty does to a buffer, over the loopback interface: each protocol's scenario, on
 * the cells of (strategy, transport, TLS) that {@code Setting} lists. Both sides check every byte,
 * and {@code Loopback} checks at the end that all memory came home.
 */
@NullMarked
package io.github.litealloc.netty.matrix;

import org.jspecify.annotations.NullMarked;
