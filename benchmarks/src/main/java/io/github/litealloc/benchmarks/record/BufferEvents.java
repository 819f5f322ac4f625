package io.github.litealloc.benchmarks.record;

import java.util.List;
import java.util.stream.Collectors;

/** The events of Flight Recorder that tell of single buffers, and how to ask for them. */
final class BufferEvents {

  static final String ALLOCATE = "io.netty.AllocateBuffer";
  static final String REALLOCATE = "io.netty.ReallocateBuffer";
  static final String FREE = "io.netty.FreeBuffer";

  /** Who has them; read from the published jars. */
  static final String WHO_HAS_THEM =
      "Netty 4.2.3 or newer, with its pooled or adaptive allocator, or lite-alloc; not Netty's"
          + " unpooled one, nor Netty 4.1";

  private BufferEvents() {}

  /**
   * Returns the settings as {@code jcmd} and {@code -XX:StartFlightRecording} take them, from Java
   * 17 on.
   *
   * @return {@code name=value}, each
   */
  static List<String> settings() {
    return List.of(ALLOCATE, REALLOCATE, FREE).stream()
        .flatMap(
            event ->
                // Stacks would cost the application most, and are not looked at.
                List.of("+" + event + "#enabled=true", "+" + event + "#stackTrace=false").stream())
        .toList();
  }

  /**
   * Returns the JVM option that records from the start.
   *
   * @param maxBytes of the recording
   * @param seconds how long
   * @return one option
   */
  static String jvmOption(long maxBytes, int seconds) {
    return settings().stream()
        .collect(
            Collectors.joining(
                ",",
                "-XX:StartFlightRecording=settings=none,filename=buffers.jfr,dumponexit=true,maxsize="
                    + maxBytes
                    + ",duration="
                    + seconds
                    + "s,",
                ""));
  }
}
