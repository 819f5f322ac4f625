package io.github.litealloc.internal.events;

import io.github.litealloc.internal.Log;
import jdk.jfr.FlightRecorder;

/**
 * What JDK Flight Recorder is told of arenas and chunks: cold paths only, so that the events are on
 * in every recording. Any thread; never throws.
 */
public final class FlightEvents {
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

  /**
   * {@return whether this JVM has a recorder, so that events are worth collecting what is in them}
   */
  public static boolean hasRecorder() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  /**
   * A thread got an arena.
   *
   * @param arena its name
   * @param strategy the name of its strategy
   */
  public static void arenaCreated(String arena, String strategy) {
    if (hasRecorder()) {
      send(() -> ArenaCreatedEvent.commit(arena, strategy));
    }
  }

  /**
   * An arena was closed.
   *
   * @param arena its name
   * @param strategy the name of its strategy
   * @param liveBlocks the blocks that are still live
   * @param reservedBytes the bytes that it still holds
   */
  public static void arenaRetired(
      String arena, String strategy, long liveBlocks, long reservedBytes) {
    if (hasRecorder()) {
      send(() -> ArenaRetiredEvent.commit(arena, strategy, liveBlocks, reservedBytes));
    }
  }

  /**
   * An arena was trimmed.
   *
   * @param arena its name
   * @param bytes what it gave back; nothing is told of 0
   * @param reservedBytes the bytes that it still holds
   */
  public static void arenaTrimmed(String arena, long bytes, long reservedBytes) {
    if (bytes > 0 && hasRecorder()) {
      send(() -> ArenaTrimmedEvent.commit(arena, bytes, reservedBytes));
    }
  }

  /**
   * An arena took a chunk.
   *
   * @param arena its name
   * @param source the name of the memory source
   * @param bytes the size of the chunk
   * @param address where it begins, or 0
   */
  public static void chunkReserved(String arena, String source, long bytes, long address) {
    if (hasRecorder()) {
      send(() -> ChunkReservedEvent.commit(arena, source, bytes, address));
    }
  }

  /**
   * An arena gives a chunk back.
   *
   * @param arena its name
   * @param source the name of the memory source
   * @param bytes the size of the chunk
   * @param address where it begins, or 0
   */
  public static void chunkReleased(String arena, String source, long bytes, long address) {
    if (hasRecorder()) {
      send(() -> ChunkReleasedEvent.commit(arena, source, bytes, address));
    }
  }

  /**
   * The pressure on a budget has changed.
   *
   * @param budget its name
   * @param before the name of the former level
   * @param now the name of the new level
   * @param reservedBytes what is charged
   */
  public static void pressureChanged(String budget, String before, String now, long reservedBytes) {
    if (hasRecorder()) {
      send(() -> MemoryPressureEvent.commit(budget, before, now, reservedBytes));
    }
  }

  /**
   * An arena could not serve a request.
   *
   * @param arena its name
   * @param strategy the name of its strategy
   * @param bytes the request
   * @param usedBytes the bytes in its live blocks
   * @param reservedBytes the bytes that it holds
   */
  public static void outOfMemory(
      String arena, String strategy, int bytes, long usedBytes, long reservedBytes) {
    if (hasRecorder()) {
      send(() -> OutOfMemoryEvent.commit(arena, strategy, bytes, usedBytes, reservedBytes));
    }
  }

  /**
   * The C library was made to let go of what is free.
   *
   * @param givenBackBytes what it was given back since the last time
   * @param residentBefore the resident set of the process before, or a negative number
   * @param residentAfter the same afterwards
   * @param tookNanos how long it took
   */
  public static void nativeHeapTrimmed(
      long givenBackBytes, long residentBefore, long residentAfter, long tookNanos) {
    if (hasRecorder()) {
      send(
          () ->
              NativeHeapTrimmedEvent.commit(
                  givenBackBytes, residentBefore, residentAfter, tookNanos));
    }
  }

  /** The caller is in the middle of what it does, and must get to its end. */
  private static void send(Runnable commit) {
    try {
      commit.run();
    } catch (Throwable e) {
      Log.warn(LOG, "a flight recorder event failed", e);
    }
  }
}
