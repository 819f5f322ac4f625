package io.github.litealloc.netty.internal.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** A buffer has got a block. */
@Name("io.netty.AllocateBuffer")
@Label("Buffer Allocation")
@Description("A buffer was allocated, or has moved to a larger block")
final class AllocateBufferEvent extends BufferEvent {

  @Label("Chunk Pooled")
  @Description("Whether other buffers may share the chunk")
  boolean chunkPooled;

  @Label("Chunk Thread Local")
  @Description("Whether the chunk is one event loop's own, which it is")
  boolean chunkThreadLocal;

  static void commit(BufferFigures buffer) {
    AllocateBufferEvent event = new AllocateBufferEvent();
    if (event.shouldCommit()) {
      event.fill(buffer);
      event.chunkPooled = true;
      event.chunkThreadLocal = true;
      event.commit();
    }
  }
}
