package io.github.litealloc.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's own calls for memory, by {@code java.lang.foreign}: on Linux, from Java 22 on, where
 * native access is enabled for this module. Any thread.
 */
class LinuxMemory {
  /*
   * Found at run time, since the baseline is Java 17. Native access is asked for before anything is
   * called that needs it, so that the JVM has nothing to warn of.
   *
   * The numbers are those of the kernel's generic headers, which the processors below use.
   */

  private static final Set<String> PROCESSORS = Set.of("amd64", "x86_64", "aarch64", "riscv64");

  private static final int FIRST_JDK = 22;

  private static final int PROT_READ_WRITE = 0x1 | 0x2;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;

  private static final long MAP_FAILED = -1;

  private static final @Nullable LinuxMemory INSTANCE = create();

  private static @Nullable LinuxMemory create() {
    return mayBeHere() ? new LinuxMemory() : null;
  }

  private static boolean mayBeHere() {
    try {
      return Runtime.version().feature() >= FIRST_JDK
          && "Linux".equals(System.getProperty("os.name"))
          && PROCESSORS.contains(System.getProperty("os.arch", ""))
          && isNativeAccessEnabled(LinuxMemory.class.getModule());
    } catch (SecurityException e) {
      return false;
    }
  }

  private static boolean isNativeAccessEnabled(Module module) {
    try {
      return (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** For {@link #find}, and for tests whose kernel refuses. */
  LinuxMemory() {}

  /** {@return the calls, where they can be made} */
  static Optional<LinuxMemory> find() {
    return Optional.ofNullable(INSTANCE);
  }

  /** {@return the bytes of a page} */
  int pageBytes() {
    try {
      return (int) Calls.GETPAGESIZE.invokeExact();
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * Reserves addresses; memory comes with the first write to each page.
   *
   * @return where they begin, or 0 if the kernel refuses
   */
  long reserve(long bytes) {
    try {
      long address =
          (long)
              Calls.MMAP.invokeExact(
                  0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      return address == MAP_FAILED ? 0 : address;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** Gives up addresses that nobody uses. */
  void unreserve(long address, long bytes) {
    try {
      int ignored = (int) Calls.MUNMAP.invokeExact(address, bytes);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /**
   * Gives the memory of whole pages back; who reads them afterwards finds zeros.
   *
   * @return {@code false} if the kernel refuses, as for locked memory
   */
  boolean giveBack(long address, long bytes) {
    return advise(address, bytes, MADV_DONTNEED);
  }

  /**
   * Says whether memory may come in huge pages. A kernel that has none refuses, which is as well.
   */
  void setHugePages(long address, long bytes, boolean areWanted) {
    advise(address, bytes, areWanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  }

  private static boolean advise(long address, long bytes, int advice) {
    try {
      return (int) Calls.MADVISE.invokeExact(address, bytes, advice) == 0;
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  /** {@return reserved addresses as something that can be cut into buffers} */
  Segment segment(long address, long bytes) {
    return Calls.segment(address, bytes);
  }

  private static RuntimeException failed(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException r ? r : new IllegalStateException("a native call", e);
  }

  /** A stretch of addresses. */
  record Segment(Object segment) {

    /** {@return a part of it as a big-endian direct buffer} */
    ByteBuffer buffer(long offset, int bytes) {
      try {
        return (ByteBuffer) Calls.BUFFER.invokeExact(segment, offset, (long) bytes);
      } catch (Throwable e) {
        throw failed(e);
      }
    }
  }

  /** Initialised by the first call, which takes some milliseconds. */
  private static final class Calls {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final Class<?> SEGMENT = type("MemorySegment");
    private static final Class<?> DESCRIPTOR = type("FunctionDescriptor");
    private static final Class<?> LAYOUT = type("MemoryLayout");
    private static final Object LONG = layout("JAVA_LONG", "OfLong");
    private static final Object INT = layout("JAVA_INT", "OfInt");

    static final MethodHandle GETPAGESIZE = call("getpagesize", INT);
    static final MethodHandle MMAP = call("mmap", LONG, LONG, LONG, INT, INT, INT, LONG);
    static final MethodHandle MUNMAP = call("munmap", INT, LONG, LONG);
    static final MethodHandle MADVISE = call("madvise", INT, LONG, LONG, INT);

    /** From a segment, an offset and a size. */
    static final MethodHandle BUFFER = buffer();

    private static Class<?> type(String name) {
      try {
        return Class.forName("java.lang.foreign." + name);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Object layout(String constant, String type) {
      try {
        return type("ValueLayout").getField(constant).get(null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(constant + " of " + type, e);
      }
    }

    private static MethodHandle call(String name, Object result, Object... arguments) {
      try {
        Class<?> linkerType = type("Linker");
        Class<?> lookupType = type("SymbolLookup");
        Class<?> optionType = type("Linker$Option");
        Object layouts = Array.newInstance(LAYOUT, arguments.length);
        for (int i = 0; i < arguments.length; i++) {
          Array.set(layouts, i, arguments[i]);
        }
        Object descriptor =
            DESCRIPTOR.getMethod("of", LAYOUT, layouts.getClass()).invoke(null, result, layouts);
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object symbols = linkerType.getMethod("defaultLookup").invoke(linker);
        Object symbol =
            ((Optional<?>) lookupType.getMethod("find", String.class).invoke(symbols, name))
                .orElseThrow();
        Object noOptions = Array.newInstance(optionType, 0);
        // By a method handle of ours: the JDK asks whose module it is that calls.
        MethodHandle downcall =
            LOOKUP
                .findVirtual(
                    linkerType,
                    "downcallHandle",
                    MethodType.methodType(
                        MethodHandle.class, SEGMENT, DESCRIPTOR, noOptions.getClass()))
                .asFixedArity();
        return (MethodHandle) downcall.invokeWithArguments(linker, symbol, descriptor, noOptions);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    private static MethodHandle buffer() {
      try {
        MethodHandle slice =
            LOOKUP.findVirtual(
                SEGMENT, "asSlice", MethodType.methodType(SEGMENT, long.class, long.class));
        MethodHandle asBuffer =
            LOOKUP.findVirtual(SEGMENT, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
        return MethodHandles.filterReturnValue(slice, asBuffer)
            .asType(MethodType.methodType(ByteBuffer.class, Object.class, long.class, long.class));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    static Segment segment(long address, long bytes) {
      try {
        MethodHandle ofAddress =
            LOOKUP.findStatic(SEGMENT, "ofAddress", MethodType.methodType(SEGMENT, long.class));
        MethodHandle reinterpret =
            LOOKUP.findVirtual(SEGMENT, "reinterpret", MethodType.methodType(SEGMENT, long.class));
        return new Segment(
            reinterpret.invokeWithArguments(ofAddress.invokeWithArguments(address), bytes));
      } catch (Throwable e) {
        throw failed(e);
      }
    }
  }
}
