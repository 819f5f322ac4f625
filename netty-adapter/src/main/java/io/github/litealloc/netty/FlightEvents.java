package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import jdk.jfr.FlightRecorder;

/**
 * What JDK Flight Recorder is told of allocators, and of single buffers if a recording asks for
 * them. Any thread; never throws.
 */
final class FlightEvents {
  /*
   * As in the arenas' module: an event class is loaded, and so registered, only once this JVM has a
   * recorder, which is the read of a field.
   */

  private static final System.Logger LOG = System.getLogger(FlightEvents.class.getName());

  /** The module is optional: an image may leave it out. */
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private FlightEvents() {}

  static boolean hasRecorder() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  static void strategySwitched(String allocator, String before, String now) {
    if (hasRecorder()) {
      send(() -> StrategySwitchEvent.commit(allocator, before, now));
    }
  }

  static void fellBack(
      String allocator, FallbackReason reason, int bytes, FallbackCounters counters) {
    if (hasRecorder() && counters.mayTell(reason, System.nanoTime())) {
      send(() -> FallbackEvent.commit(allocator, reason, bytes, counters));
    }
  }

  /** Whether a recording asks for single buffers. */
  static boolean wantsBuffers() {
    return hasRecorder()
        && (AllocateBufferEvent.isWanted()
            || FreeBufferEvent.isWanted()
            || ReallocateBufferEvent.isWanted());
  }

  static void allocated(LiteByteBuf buffer) {
    send(() -> AllocateBufferEvent.commit(buffer));
  }

  /** A buffer that has moved elsewhere is not told of: whoever it has moved to tells of it. */
  static void released(LiteByteBuf buffer) {
    if (buffer.block() != Blocks.NO_BLOCK) {
      send(() -> FreeBufferEvent.commit(buffer));
    }
  }

  static void moving(LiteByteBuf buffer, int newCapacity) {
    send(() -> ReallocateBufferEvent.commit(buffer, newCapacity));
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
