package io.github.litealloc.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory by the JDK's public API alone: a closeable shared {@code java.lang.foreign.Arena}
 * per chunk where the JDK has it (22 and newer), a plain direct buffer elsewhere.
 */
final class JdkMemorySource implements MemorySource {

  static final MemorySource INSTANCE = new JdkMemorySource();

  private final @Nullable ForeignMemory foreign = ForeignMemory.find();

  private JdkMemorySource() {}

  @Override
  public Memory allocate(int bytes) {
    return foreign != null
        ? foreign.allocate(bytes)
        : new DirectBuffer(ByteBuffer.allocateDirect(bytes), 0);
  }

  @Override
  public String name() {
    return "jdk";
  }

  @Override
  public boolean freesAtOnce() {
    return foreign != null;
  }

  @Override
  public boolean usesNativeHeap() {
    return true;
  }

  /** Memory that the garbage collector gives back. */
  private record DirectBuffer(ByteBuffer buffer, long address) implements Memory {
    @Override
    public void release() {
      // The JDK before 22 has no public way to free a direct buffer: dropping the last reference is
      // all we can do.
    }
  }

  /** Gives the memory of a shared foreign arena back at once. */
  private static void close(AutoCloseable arena, int bytes) {
    try {
      arena.close();
    } catch (Exception e) {
      // Thrown while a native call still uses the memory; it then stays reachable through that
      // call only.
      throw new IllegalStateException("could not give back " + bytes + " bytes", e);
    }
  }

  /**
   * The four methods of {@code java.lang.foreign} that we use, found at run time: the baseline is
   * Java 17.
   */
  private record ForeignMemory(
      MethodHandle ofShared,
      MethodHandle allocate,
      MethodHandle address,
      MethodHandle asByteBuffer) {

    static @Nullable ForeignMemory find() {
      if (Runtime.version().feature() < 22) {
        return null; // a preview API, and a different one, until then
      }
      try {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> arena = Class.forName("java.lang.foreign.Arena");
        Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
        return new ForeignMemory(
            lookup
                .findStatic(arena, "ofShared", MethodType.methodType(arena))
                .asType(MethodType.methodType(AutoCloseable.class)),
            lookup
                .findVirtual(
                    arena, "allocate", MethodType.methodType(segment, long.class, long.class))
                .asType(
                    MethodType.methodType(
                        Object.class, AutoCloseable.class, long.class, long.class)),
            lookup
                .findVirtual(segment, "address", MethodType.methodType(long.class))
                .asType(MethodType.methodType(long.class, Object.class)),
            lookup
                .findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class))
                .asType(MethodType.methodType(ByteBuffer.class, Object.class)));
      } catch (ReflectiveOperationException e) {
        return null;
      }
    }

    Memory allocate(int bytes) {
      try {
        AutoCloseable arena = (AutoCloseable) ofShared.invokeExact();
        try {
          Object segment =
              (Object) allocate.invokeExact(arena, (long) bytes, (long) ALIGNMENT_BYTES);
          ByteBuffer buffer = (ByteBuffer) asByteBuffer.invokeExact(segment);
          // What nobody closes is never freed: no collector looks after a shared arena.
          return new WatchedMemory(
              buffer, (long) address.invokeExact(segment), () -> close(arena, bytes));
        } catch (Throwable e) {
          close(arena, bytes);
          throw e;
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("java.lang.foreign failed", e);
      }
    }
  }
}
