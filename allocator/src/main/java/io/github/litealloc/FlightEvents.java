package io.github.litealloc;

import jdk.jfr.FlightRecorder;

/**
 * What JDK Flight Recorder is told of arenas and chunks: cold paths only, so that the events are on
 * in every recording. Any thread; never throws.
 */
final class FlightEvents {
  /*
   * Each event class has a static method that fills and commits one event. It is the only way to the
   * class, and is called only once this JVM has a recorder: an event class registers itself when it
   * is loaded, and until then costs nothing. A listener to the recorder would tell us sooner, but
   * loads and starts a good part of jdk.jfr in every JVM, recorder or not; isInitialized is the read
   * of a field.
   */

  private static final System.Logger LOG = System.getLogger(FlightEvents.class.getName());

  /** The module is optional: an image may leave it out. */
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private FlightEvents() {}

  private static boolean hasRecorder() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  static void arenaCreated(Arena arena) {
    if (hasRecorder()) {
      send(() -> ArenaCreatedEvent.commit(arena.name(), arena.strategy()));
    }
  }

  static void arenaRetired(Arena arena) {
    if (hasRecorder()) {
      ArenaStatistics statistics = arena.statistics();
      send(
          () ->
              ArenaRetiredEvent.commit(
                  arena.name(),
                  arena.strategy(),
                  statistics.liveBlocks(),
                  statistics.reservedBytes()));
    }
  }

  static void arenaTrimmed(Arena arena, long bytes) {
    if (bytes > 0 && hasRecorder()) {
      send(() -> ArenaTrimmedEvent.commit(arena.name(), bytes, arena.statistics().reservedBytes()));
    }
  }

  static void chunkReserved(String arena, MemorySource source, Chunk chunk) {
    if (hasRecorder()) {
      send(() -> ChunkReservedEvent.commit(arena, source.name(), chunk.bytes(), chunk.address()));
    }
  }

  /** Before the chunk is given back: its address is nobody else's yet. */
  static void chunkReleased(String arena, MemorySource source, Chunk chunk) {
    if (hasRecorder()) {
      send(() -> ChunkReleasedEvent.commit(arena, source.name(), chunk.bytes(), chunk.address()));
    }
  }

  static void pressureChanged(
      String budget, MemoryPressure before, MemoryPressure now, long reservedBytes) {
    if (hasRecorder()) {
      send(() -> MemoryPressureEvent.commit(budget, before.name(), now.name(), reservedBytes));
    }
  }

  static void outOfMemory(Arena arena, int bytes) {
    if (hasRecorder()) {
      ArenaStatistics statistics = arena.statistics();
      send(
          () ->
              OutOfMemoryEvent.commit(
                  arena.name(),
                  arena.strategy(),
                  bytes,
                  statistics.usedBytes(),
                  statistics.reservedBytes()));
    }
  }

  /** The caller is in the middle of what it does, and must get to its end. */
  private static void send(Runnable commit) {
    try {
      commit.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "a flight recorder event failed", e);
    }
  }
}
