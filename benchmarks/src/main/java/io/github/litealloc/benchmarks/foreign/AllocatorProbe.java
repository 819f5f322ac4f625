package io.github.litealloc.benchmarks.foreign;

import io.github.litealloc.benchmarks.jmh.EventLoopExecutor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.CodeSource;
import java.util.concurrent.ExecutionException;

/**
 * Tries an allocator, in a JVM that has its class path: before a comparison, for afterwards is late
 * to learn that a name was misspelt. Prints one line that begins with {@link #FINE} or {@link
 * #UNUSABLE}.
 */
public final class AllocatorProbe {

  /** What the answer begins with if the allocator can be measured; what is known of it follows. */
  static final String FINE = "lite-alloc-probe fine: ";

  /** What the answer begins with if not; why not follows. */
  static final String UNUSABLE = "lite-alloc-probe unusable: ";

  private static final int BYTES = 256;

  private AllocatorProbe() {}

  /**
   * Tries one.
   *
   * @param args the allocator's reference
   */
  @SuppressWarnings("SystemOut") // the answer
  public static void main(String[] args) {
    String answer;
    try {
      answer = FINE + onEventLoop(AllocatorReference.of(args[0]));
    } catch (ExecutionException e) {
      answer =
          UNUSABLE
              + (e.getCause() instanceof IllegalArgumentException known
                  ? known.getMessage()
                  : "fails: " + e.getCause());
    } catch (RuntimeException | InterruptedException e) {
      answer = UNUSABLE + "fails: " + e;
    }
    System.out.println(System.lineSeparator() + answer.lines().findFirst().orElse(""));
    // The allocator may have started threads.
    System.exit(0);
  }

  /** There it will be measured; elsewhere it may behave in another way. */
  private static String onEventLoop(AllocatorReference reference)
      throws ExecutionException, InterruptedException {
    return new EventLoopExecutor(1, "probe").submit(() -> tried(reference.open())).get();
  }

  private static String tried(ByteBufAllocator allocator) {
    ByteBuf buffer = allocator.directBuffer(BYTES);
    buffer.setByte(BYTES - 1, 1);
    ByteBufAllocator named = buffer.alloc();
    boolean direct = buffer.isDirect();
    buffer.release();
    if (!direct) {
      throw new IllegalArgumentException("answers directBuffer() with a buffer on the heap");
    }
    return "its class is from "
        + origin(allocator.getClass())
        + ", Netty's from "
        + origin(ByteBufAllocator.class)
        + (named == allocator ? "" : "; NOTE: its buffers' alloc() is another one, " + named);
  }

  private static String origin(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? "the JDK"
        : source.getLocation().getPath();
  }
}
