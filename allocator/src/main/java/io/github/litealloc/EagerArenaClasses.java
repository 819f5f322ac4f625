package io.github.litealloc;

import io.github.litealloc.internal.EagerClasses;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.StackRoom;
import io.github.litealloc.internal.events.FlightEvents;
import java.lang.invoke.MethodHandles;

/**
 * The classes that arenas use, for {@link EagerClasses}: with {@link ArenaBuilder} they are there.
 */
final class EagerArenaClasses {

  private EagerArenaClasses() {}

  static void initialize() {
    EagerClasses.initialize(
        MethodHandles.lookup(),
        ArenaStatistics.class,
        BlockShelf.class,
        Blocks.class,
        Errands.class,
        Errands.Fetch.class,
        Failures.class,
        FlightEvents.class,
        ForgottenRuns.class,
        GivingWay.class,
        GrowthListener.class,
        Hybrid.class,
        PinnedChunks.class,
        RemoteFreeInbox.class,
        RemoteFreeInbox.Push.class,
        SegregatedBump.class,
        SizeCounts.class,
        StackRoom.class,
        TrimTrigger.class,
        Wilderness.class);
  }
}
