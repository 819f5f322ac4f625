package io.github.litealloc.internal.events;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** An arena hands out nothing any more. */
@Name("io.github.litealloc.ArenaRetired")
@Label("Arena Retired")
@Description("An arena was closed; with live blocks left it lives on as an orphan")
@Category("lite-alloc")
final class ArenaRetiredEvent extends Event {

  @Label("Arena")
  @Nullable String arena;

  @Label("Strategy")
  @Nullable String strategy;

  @Label("Live Blocks")
  long liveBlocks;

  @DataAmount
  @Label("Reserved")
  long reservedBytes;

  static void commit(String arena, String strategy, long liveBlocks, long reservedBytes) {
    ArenaRetiredEvent event = new ArenaRetiredEvent();
    if (event.shouldCommit()) {
      event.arena = arena;
      event.strategy = strategy;
      event.liveBlocks = liveBlocks;
      event.reservedBytes = reservedBytes;
      event.commit();
    }
  }
}
