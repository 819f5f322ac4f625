package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A thread got an arena. */
@Name("io.github.litealloc.ArenaCreated")
@Label("Arena Created")
@Description("A thread got an arena of its own")
@Category("lite-alloc")
final class ArenaCreatedEvent extends Event {

  @Label("Arena")
  @Nullable String arena;

  @Label("Strategy")
  @Nullable String strategy;

  static void commit(String arena, String strategy) {
    ArenaCreatedEvent event = new ArenaCreatedEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.strategy = strategy;
      event.commit();
    }
  }
}
