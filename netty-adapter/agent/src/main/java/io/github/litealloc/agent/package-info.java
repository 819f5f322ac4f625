/**
 * A Java agent that makes an allocator of lite-alloc the default one of Netty.
 *
 * <p>{@link io.github.litealloc.agent.LiteAllocAgent} watches for the class that chooses Netty's
 * default, {@code io.netty.buffer.ByteBufUtil}, and has it ask {@link
 * io.github.litealloc.agent.DefaultAllocator} when it has chosen. Nothing here names a class of
 * Netty or of lite-alloc: there may be several of each, in class loaders that know nothing of each
 * other.
 */
@NullMarked
package io.github.litealloc.agent;

import org.jspecify.annotations.NullMarked;
