/**
 * lite-alloc in a Spring Boot application that uses Reactor Netty.
 *
 * <p>With the starter on the class path, {@link
 * io.github.litealloc.spring.LiteAllocAutoConfiguration} makes an allocator from the properties
 * {@code litealloc.*}, gives it to Reactor Netty's server and to the clients that Boot builds, and
 * shows it in Actuator. An application that has a bean of type {@link
 * io.netty.buffer.ByteBufAllocator} itself gets none; if it is a {@link
 * io.github.litealloc.netty.LiteByteBufAllocator}, it is the one that is used and shown.
 */
@NullMarked
package io.github.litealloc.spring;

import org.jspecify.annotations.NullMarked;
