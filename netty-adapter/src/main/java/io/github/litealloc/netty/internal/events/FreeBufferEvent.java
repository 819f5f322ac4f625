package io.github.litealloc.netty.internal.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A buffer's last reference was released. */
@Name("io.netty.FreeBuffer")
@Label("Buffer Deallocation")
@Description("A buffer was released for the last time, on the event's thread")
final class FreeBufferEvent extends BufferEvent {

  static void commit(BufferFigures buffer) {
    FreeBufferEvent event = new FreeBufferEvent();
    if (event.shouldCommit()) {
      event.fill(buffer);
      event.commit();
    }
  }
}
