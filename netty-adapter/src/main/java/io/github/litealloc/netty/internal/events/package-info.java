/**
 * What JDK Flight Recorder is told. {@link
 * io.github.litealloc.netty.internal.events.BufferFlightEvents} is the door; its methods take names
 * and numbers, so that events know nothing of arenas and buffers. Not exported.
 */
@NullMarked
package io.github.litealloc.netty.internal.events;

import org.jspecify.annotations.NullMarked;
