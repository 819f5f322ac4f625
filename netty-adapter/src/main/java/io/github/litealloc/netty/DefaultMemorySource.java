package io.github.litealloc.netty;

import io.github.litealloc.memory.MemorySource;
import io.netty.util.internal.PlatformDependent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Where chunks come from: whoever frees them at the moment they are given back. What only the
 * garbage collector frees is memory of the process, however small the budget says it is.
 */
final class DefaultMemorySource {
  /*
   * Netty frees its unpooled buffers at once where it has Unsafe, or where it calls the C library, which
   * it does from Java 24 on if it knows how and its module may. With neither, it knows a way that it
   * takes for the chunks of its own pools only: a shared arena of the JDK, whose closing is a
   * handshake with all threads (some 100 us). Our chunks are such, too: few, large and kept for reuse.
   * So we have the JDK make them in the same way. Before Java 22 there is none; there the collector it is.
   */

  private static final int FIRST_JDK_WITH_ARENAS = 22;
  private static final int FIRST_JDK_WHERE_NETTY_CALLS_C = 24;

  private static final MemorySource OF_CHUNKS =
      nettyFreesAtOnce() || Runtime.version().feature() < FIRST_JDK_WITH_ARENAS
          ? NettyMemorySource.INSTANCE
          : MemorySource.jdk();

  private DefaultMemorySource() {}

  /** {@return a reserved range where there can be one, else a source of single chunks} */
  static MemorySource find() {
    return MemorySource.range().orElse(OF_CHUNKS);
  }

  private static boolean nettyFreesAtOnce() {
    return PlatformDependent.hasUnsafe()
        || Runtime.version().feature() >= FIRST_JDK_WHERE_NETTY_CALLS_C
            && mayCallC(PlatformDependent.class.getModule())
            && knowsHowToCallC();
  }

  /** Netty 4.2.0 to 4.2.4 does not. */
  private static boolean knowsHowToCallC() {
    try {
      Class.forName(
          "io.netty.util.internal.CleanerJava24Linker",
          false,
          PlatformDependent.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static boolean mayCallC(Module module) {
    try {
      MethodHandle isEnabled =
          MethodHandles.publicLookup()
              .findVirtual(
                  Module.class, "isNativeAccessEnabled", MethodType.methodType(boolean.class));
      return (boolean) isEnabled.invokeExact(module);
    } catch (Throwable e) {
      return false; // then the JDK's own way serves all the same
    }
  }
}
