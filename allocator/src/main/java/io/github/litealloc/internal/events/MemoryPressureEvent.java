package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** The pressure on a budget has changed. */
@Name("io.github.litealloc.MemoryPressure")
@Label("Memory Pressure")
@Description("A budget came nearer to its ceiling, or recovered")
@Category("lite-alloc")
final class MemoryPressureEvent extends Event {

  @Label("Budget")
  @Nullable String budget;

  @Label("Level Before")
  @Nullable String before;

  @Label("Level Now")
  @Nullable String now;

  @DataAmount
  @Label("Reserved")
  long reservedBytes;

  static void commit(String budget, String before, String now, long reservedBytes) {
    MemoryPressureEvent event = new MemoryPressureEvent();
    if (event.shouldCommit()) {
      event.budget = budget;
      event.before = before;
      event.now = now;
      event.reservedBytes = reservedBytes;
      event.commit();
    }
  }
}
