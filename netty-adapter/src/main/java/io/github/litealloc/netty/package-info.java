/**
 * lite-alloc as a Netty {@link io.netty.buffer.ByteBufAllocator}: direct buffers from an arena per
 * event loop, released from any thread.
 */
@NullMarked
package io.github.litealloc.netty;

import org.jspecify.annotations.NullMarked;
