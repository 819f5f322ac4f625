package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An arena could not serve a request. */
@Name("io.github.litealloc.OutOfMemory")
@Label("Out Of Memory")
@Description("An arena could not serve a request: the budget or the system refused")
@Category("lite-alloc")
final class OutOfMemoryEvent extends Event {

  @Label("Arena")
  @Nullable String arena;

  @Label("Strategy")
  @Nullable String strategy;

  @DataAmount
  @Label("Bytes Requested")
  int bytes;

  @DataAmount
  @Label("Used")
  long usedBytes;

  @DataAmount
  @Label("Reserved")
  long reservedBytes;

  static void commit(String arena, String strategy, int bytes, long usedBytes, long reservedBytes) {
    OutOfMemoryEvent event = new OutOfMemoryEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.strategy = strategy;
      event.bytes = bytes;
      event.usedBytes = usedBytes;
      event.reservedBytes = reservedBytes;
      event.commit();
    }
  }
}
