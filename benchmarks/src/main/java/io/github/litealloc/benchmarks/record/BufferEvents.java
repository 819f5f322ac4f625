package io.github.litealloc.benchmarks.record;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The events of Flight Recorder that tell of single buffers and chunks, and how to ask for them.
 */
final class BufferEvents {

  static final String ALLOCATE = "io.netty.AllocateBuffer";
  static final String REALLOCATE = "io.netty.ReallocateBuffer";
  static final String FREE = "io.netty.FreeBuffer";

  static final String ALLOCATE_CHUNK = "io.netty.AllocateChunk";
  static final String FREE_CHUNK = "io.netty.FreeChunk";

  /** Ours, whose arenas are no allocators of Netty's. */
  static final String RESERVE_OUR_CHUNK = "io.github.litealloc.ChunkReserved";

  static final String RELEASE_OUR_CHUNK = "io.github.litealloc.ChunkReleased";

  /** Who has them; read from the published jars. In 4.2.3 they have other names. */
  static final String WHO_HAS_THEM =
      "Netty 4.2.4 or newer, with its pooled or adaptive allocator, or lite-alloc; not Netty's"
          + " unpooled one, nor Netty 4.1";

  /** All that is recorded. */
  static final List<String> NAMES =
      List.of(
          ALLOCATE,
          REALLOCATE,
          FREE,
          ALLOCATE_CHUNK,
          FREE_CHUNK,
          RESERVE_OUR_CHUNK,
          RELEASE_OUR_CHUNK);

  private BufferEvents() {}

  /**
   * Returns the settings as {@code jcmd} and {@code -XX:StartFlightRecording} take them, from Java
   * 17 on.
   *
   * @return {@code name=value}, each
   */
  static List<String> settings() {
    return NAMES.stream()
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
