package io.github.litealloc.netty;

import io.github.litealloc.internal.Log;
import io.github.litealloc.memory.MemorySource;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
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
   * So we have the JDK make them in the same way. Before Java 22 there is none, and only the collector
   * frees; a chunk store knows what to do with such a source.
   */

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  private static final int FIRST_JDK_WHERE_NETTY_CALLS_C = 24;

  private DefaultMemorySource() {}

  /** {@return a reserved range where there can be one, else a source of single chunks} */
  static MemorySource find() {
    return MemorySource.range().orElseGet(() -> OfChunks.INSTANCE);
  }

  /** Chosen when it is first asked for. */
  private static final class OfChunks {
    static final MemorySource INSTANCE = choose();
  }

  private static MemorySource choose() {
    MemorySource jdk = MemorySource.jdk();
    boolean isNettys = nettyFreesAtOnce();
    String mode =
        isNettys
            ? "Netty takes the memory, and frees it at once"
            : jdk.freesAtOnce()
                ? "the JDK's shared arenas take the memory, and free it at once"
                : "only the garbage collector frees direct memory on this JVM (Java "
                    + Runtime.version().feature()
                    + " without Unsafe): what is given back is kept for reuse, and charged until"
                    + " the collector has taken it";
    boolean isUsual = isNettys || jdk.freesAtOnce();
    Log.write(LOG, isUsual ? System.Logger.Level.DEBUG : System.Logger.Level.INFO, mode, null);
    return isNettys ? NettyMemorySource.INSTANCE : jdk;
  }

  /**
   * What serves an exhausted arena's requests by default: memory of which nothing is kept, where
   * Netty can free it; elsewhere one that pools, or each request would wait for the collector.
   *
   * <p>Where Netty can free regions, small buffers share them: freeing each is dear on some JVMs,
   * and on others so many calls of {@code malloc} and {@code free} leave the C library's heap in
   * pieces that it does not let go of.
   */
  static ByteBufAllocator exhaustionFallback(ByteBufAllocator pooling) {
    if (nettyFreesRegions()) {
      return Regions.INSTANCE;
    }
    return nettyFreesAtOnce() ? Unpooled.INSTANCE : pooling;
  }

  private static final class Unpooled {
    // Our own buffer around it is what the leak detector follows.
    static final ByteBufAllocator INSTANCE = new UnpooledByteBufAllocator(true, true);
  }

  private static final class Regions {
    static final ByteBufAllocator INSTANCE =
        new RegionByteBufAllocator(bytes -> PlatformDependent.allocateDirect(bytes, true));
  }

  /** At whatever price. Netty that lacks the one method or the other does not. */
  private static boolean nettyFreesRegions() {
    try {
      PlatformDependent.class.getMethod("allocateDirect", int.class, boolean.class);
      PlatformDependent.class.getMethod("canReliabilyFreeDirectBuffers");
    } catch (NoSuchMethodException e) {
      return false;
    }
    return PlatformDependent.canReliabilyFreeDirectBuffers();
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
