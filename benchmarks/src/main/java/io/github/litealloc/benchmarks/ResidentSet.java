package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says that this process holds in memory. */
public final class ResidentSet {

  /** Stands for a system that does not tell. */
  public static final long UNKNOWN = -1;

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String NAME = "VmRSS:";
  private static final long KIB = 1_024;

  private ResidentSet() {}

  /**
   * Returns the resident set.
   *
   * @return bytes, or {@link #UNKNOWN}
   */
  public static long bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(NAME)) {
          return KIB * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return UNKNOWN;
    }
    return UNKNOWN;
  }
}
