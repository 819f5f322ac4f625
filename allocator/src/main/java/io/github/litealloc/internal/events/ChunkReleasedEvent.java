package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An arena gave a chunk back. */
@Name("io.github.litealloc.ChunkReleased")
@Label("Chunk Released")
@Description("An arena gave an empty chunk back to the chunk store")
@Category("lite-alloc")
final class ChunkReleasedEvent extends Event {

  @Label("Arena")
  @Nullable String arena;

  @Label("Memory Source")
  @Nullable String source;

  @DataAmount
  @Label("Size")
  long bytes;

  @MemoryAddress
  @Label("Address")
  long address;

  static void commit(String arena, String source, long bytes, long address) {
    ChunkReleasedEvent event = new ChunkReleasedEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.source = source;
      event.bytes = bytes;
      event.address = address;
      event.commit();
    }
  }
}
