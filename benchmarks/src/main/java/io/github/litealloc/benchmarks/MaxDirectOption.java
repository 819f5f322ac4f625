package io.github.litealloc.benchmarks;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The ceiling of the direct memory of the processes that a command measures. */
public final class MaxDirectOption {

  /** The name. */
  public static final String NAME = "--max-direct";

  /** Below, Netty's pooled allocator hardly has an arena. */
  private static final long MIN_BYTES = 64L << 20;

  @Option(
      names = NAME,
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "Ceiling of the direct memory of each process, as in 4g; Netty's pooled allocator makes"
              + " fewer arenas where it is low (default: 1g; for a recording eight times what is"
              + " live, if that is more).")
  private @Nullable Long bytes;

  /** Made by picocli. */
  public MaxDirectOption() {}

  /**
   * Returns what was given.
   *
   * @param check to refuse what is too little
   * @return bytes, or nothing
   */
  public OptionalLong bytes(Options check) {
    if (bytes == null) {
      return OptionalLong.empty();
    }
    check.range(NAME, bytes, MIN_BYTES, Long.MAX_VALUE);
    return OptionalLong.of(bytes);
  }
}
