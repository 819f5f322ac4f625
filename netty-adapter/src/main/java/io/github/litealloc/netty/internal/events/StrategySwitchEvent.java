package io.github.litealloc.netty.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An allocator's strategy was changed. */
@Name("io.github.litealloc.StrategySwitch")
@Label("Strategy Switch")
@Description(
    "The strategy of an allocator was changed: its event loops move to new arenas from now on")
@Category("lite-alloc")
final class StrategySwitchEvent extends Event {

  @Label("Allocator")
  @Nullable String allocator;

  @Label("Before")
  @Nullable String before;

  @Label("Now")
  @Nullable String now;

  static void commit(String allocator, String before, String now) {
    StrategySwitchEvent event = new StrategySwitchEvent();
    if (event.shouldCommit()) {
      event.allocator = allocator;
      event.before = before;
      event.now = now;
      event.commit();
    }
  }
}
