package io.github.litealloc.netty.internal.events;

import io.github.litealloc.netty.internal.Tasks;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What JDK Flight Recorder is told of allocators, and of single buffers if a recording asks for
 * them. Any thread; never throws.
 */
public final class BufferFlightEvents {
  /*
   * As in the arenas' module: an event class is loaded, and so registered, only once this JVM has a
   * recorder, which is the read of a field.
   */

  /** The module is optional: an image may leave it out. */
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private BufferFlightEvents() {}

  /**
   * {@return whether this JVM has a recorder, so that events are worth collecting what is in them}
   */
  public static boolean hasRecorder() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  /**
   * An allocator's strategy was changed.
   *
   * @param allocator the allocator's name
   * @param before the name of its strategy until now
   * @param now the name of its strategy from now on
   */
  public static void strategySwitched(String allocator, String before, String now) {
    if (hasRecorder()) {
      send(() -> StrategySwitchEvent.commit(allocator, before, now));
    }
  }

  /**
   * Another allocator has served a request. The caller sees to it that there are not too many of
   * these.
   *
   * @param allocator the name of the allocator that was asked
   * @param reason why it was another one that served
   * @param bytes what this request asked for
   * @param totalRequests how many there have been for this reason
   * @param totalBytes what they asked for
   */
  public static void fellBack(
      String allocator, String reason, int bytes, long totalRequests, long totalBytes) {
    if (hasRecorder()) {
      send(() -> FallbackEvent.commit(allocator, reason, bytes, totalRequests, totalBytes));
    }
  }

  /** {@return whether a recording asks for single buffers} */
  public static boolean wantsBuffers() {
    if (!hasRecorder()) {
      return false;
    }
    try {
      return Types.ALLOCATE.isEnabled() || Types.FREE.isEnabled() || Types.REALLOCATE.isEnabled();
    } catch (LinkageError e) {
      return false; // they could not be loaded, as where the stack ends: no request fails for that
    }
  }

  /** Asked for each block that is taken, where an event of each kind would be garbage. */
  private static final class Types {
    static final EventType ALLOCATE = EventType.getEventType(AllocateBufferEvent.class);
    static final EventType FREE = EventType.getEventType(FreeBufferEvent.class);
    static final EventType REALLOCATE = EventType.getEventType(ReallocateBufferEvent.class);
  }

  /**
   * A buffer has got a block.
   *
   * @param buffer the buffer as it is now
   */
  public static void allocated(BufferFigures buffer) {
    send(() -> AllocateBufferEvent.commit(buffer));
  }

  /**
   * A buffer's last reference was released.
   *
   * @param buffer the buffer as it was
   */
  public static void released(BufferFigures buffer) {
    send(() -> FreeBufferEvent.commit(buffer));
  }

  /**
   * A buffer leaves its block for another one.
   *
   * @param before its figures in the block that it leaves, or {@code null} if nobody is told
   * @param newCapacity the capacity that it will have
   */
  public static void moving(@Nullable BufferFigures before, int newCapacity) {
    if (before != null) {
      send(() -> ReallocateBufferEvent.commit(before, newCapacity));
    }
  }

  /**
   * A buffer has got the block that it was {@link #moving} to.
   *
   * @param buffer the buffer as it is now, or {@code null} if nobody is told
   */
  public static void moved(@Nullable BufferFigures buffer) {
    if (buffer != null) {
      allocated(buffer);
    }
  }

  /** The caller is in the middle of what it does, and must get to its end. */
  private static void send(Runnable commit) {
    Tasks.run("a flight recorder event", commit);
  }
}
