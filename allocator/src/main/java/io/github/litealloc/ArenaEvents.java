package io.github.litealloc;

import io.github.litealloc.internal.events.FlightEvents;

/**
 * What one arena has Flight Recorder told; by {@link Errands} without the lock, if it has any.
 * Owner thread only.
 */
final class ArenaEvents {

  private final String arena;
  private final String strategy;
  private final ArenaStatistics statistics;
  private final ChunkSupply supply;

  ArenaEvents(String arena, String strategy, ArenaStatistics statistics, ChunkSupply supply) {
    this.arena = arena;
    this.strategy = strategy;
    this.statistics = statistics;
    this.supply = supply;
  }

  void created() {
    FlightEvents.arenaCreated(arena, strategy);
  }

  void outOfMemory(int bytes) {
    if (FlightEvents.hasRecorder()) {
      long used = statistics.usedBytes();
      long reserved = statistics.reservedBytes();
      supply.tell(() -> FlightEvents.outOfMemory(arena, strategy, bytes, used, reserved));
    }
  }

  void trimmed(long givenBackBytes) {
    if (givenBackBytes > 0 && FlightEvents.hasRecorder()) {
      long reserved = statistics.reservedBytes();
      supply.tell(() -> FlightEvents.arenaTrimmed(arena, givenBackBytes, reserved));
    }
  }

  void retired() {
    if (FlightEvents.hasRecorder()) {
      long live = statistics.liveBlocks();
      long reserved = statistics.reservedBytes();
      supply.tell(() -> FlightEvents.arenaRetired(arena, strategy, live, reserved));
    }
  }
}
