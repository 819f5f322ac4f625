package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An arena took a chunk. */
@Name("io.github.litealloc.ChunkTaken")
@Label("Chunk Taken")
@Description("An arena took a chunk from the chunk store")
@Category("lite-alloc")
final class ChunkTakenEvent extends Event {

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
    ChunkTakenEvent event = new ChunkTakenEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.source = source;
      event.bytes = bytes;
      event.address = address;
      event.commit();
    }
  }
}
