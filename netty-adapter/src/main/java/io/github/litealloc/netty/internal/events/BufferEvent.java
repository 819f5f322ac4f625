package io.github.litealloc.netty.internal.events;

import io.netty.buffer.ByteBufAllocator;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import org.jspecify.annotations.Nullable;

/**
 * What Netty's own allocators tell of each buffer: the same event names and fields, so that what
 * reads theirs reads ours.
 */
@Enabled(false)
@Category("Netty")
abstract class BufferEvent extends Event {

  @Label("Allocator Type")
  @Nullable Class<? extends ByteBufAllocator> allocatorType;

  @DataAmount
  @Label("Size")
  @Description("Configured buffer capacity")
  int size;

  @DataAmount
  @Label("Maximum Fast Capacity")
  @Description("Up to where the buffer can grow in its block")
  int maxFastCapacity;

  @DataAmount
  @Label("Maximum Capacity")
  @Description("Up to where the buffer can grow at all")
  int maxCapacity;

  @Label("Direct")
  @Description("Whether the buffer is off-heap, which it is")
  boolean direct;

  @MemoryAddress
  @Label("Address")
  @Description("Where the buffer is off-heap, 0 if the platform does not tell")
  long address;

  final void fill(BufferFigures buffer) {
    allocatorType = buffer.allocatorType();
    size = buffer.capacity();
    maxFastCapacity = buffer.fastCapacity();
    maxCapacity = buffer.maxCapacity();
    direct = true;
    address = buffer.address();
  }
}
