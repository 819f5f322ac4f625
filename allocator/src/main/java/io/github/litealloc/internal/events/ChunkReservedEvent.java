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
@Name("io.github.litealloc.ChunkReserved")
@Label("Chunk Reserved")
@Description("An arena took a chunk from the chunk store")
@Category("lite-alloc")
final class ChunkReservedEvent extends Event {

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
    ChunkReservedEvent event = new ChunkReservedEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.source = source;
      event.bytes = bytes;
      event.address = address;
      event.commit();
    }
  }
}
