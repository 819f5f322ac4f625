package io.github.litealloc.netty.internal.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A buffer is about to move. */
@Name("io.netty.ReallocateBuffer")
@Label("Buffer Reallocation")
@Description("A buffer moves because it must change its size; its allocation event follows")
final class ReallocateBufferEvent extends BufferEvent {

  @DataAmount
  @Label("New Capacity")
  int newCapacity;

  static void commit(BufferFigures buffer, int newCapacity) {
    ReallocateBufferEvent event = new ReallocateBufferEvent();
    if (event.shouldCommit()) {
      event.fill(buffer);
      event.newCapacity = newCapacity;
      event.commit();
    }
  }
}
