package io.github.litealloc.benchmarks;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the JVM, and Netty in it, allow of direct memory, and how to see that it was too little. */
public final class DirectMemory {

  /** Of Netty; of the JDK from 17 on; of the JDK as it was called before. */
  private static final Pattern USED_UP =
      Pattern.compile(
          "OutOfDirectMemoryError|bytes of direct buffer memory|OutOfMemoryError: Direct buffer memory");

  private DirectMemory() {}

  /**
   * Returns what all direct buffers of this JVM may have together.
   *
   * @return bytes: {@code -XX:MaxDirectMemorySize}, or else the maximum heap size
   */
  public static long maxBytes() {
    return PlatformDependent.estimateMaxDirectMemory();
  }

  /**
   * Says what to do about a failure for want of it.
   *
   * @return the end of a message
   */
  public static String advice() {
    return "; its direct memory was used up: give it more by "
        + MaxDirectOption.NAME
        + ", or where there is no such option by -XX:MaxDirectMemorySize";
  }

  /**
   * Says what to do about the failure of a process, if it had too little.
   *
   * @param said what it has said
   * @return the end of a message, or an empty text
   */
  public static String advice(String said) {
    return USED_UP.matcher(said).find() ? advice() : "";
  }

  /**
   * The same for a process that has written a log.
   *
   * @param log the file
   * @return the end of a message, or an empty text
   */
  public static String advice(Path log) {
    try {
      // Whatever a process has printed need not be text.
      return advice(Files.readString(log, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return "";
    }
  }
}
