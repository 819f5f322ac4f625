package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An arena gave empty chunks back. */
@Name("io.github.litealloc.ArenaTrimmed")
@Label("Arena Trimmed")
@Description("An arena gave empty chunks back to its chunk store")
@Category("lite-alloc")
final class ArenaTrimmedEvent extends Event {

  @Label("Arena")
  @Nullable String arena;

  @DataAmount
  @Label("Bytes Given Back")
  long bytes;

  @DataAmount
  @Label("Reserved Afterwards")
  long reservedBytes;

  static void commit(String arena, long bytes, long reservedBytes) {
    ArenaTrimmedEvent event = new ArenaTrimmedEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.bytes = bytes;
      event.reservedBytes = reservedBytes;
      event.commit();
    }
  }
}
