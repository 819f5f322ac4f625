package io.github.litealloc.benchmarks;

import java.util.List;
import java.util.Locale;

/** The levels of Netty's leak detection that are worth measuring. */
public enum LeakDetection {
  /** Netty's default: one buffer in 128 is tracked. */
  SIMPLE,
  /** No buffer is tracked. */
  DISABLED;

  private static final String OPTIONS = "-Dio.netty.leakDetection";

  /**
   * Leaves out of a JVM's options what sets a level.
   *
   * @param jvmOptions as on the command line
   * @return the others, to which {@link #jvmOption} can be added
   */
  public static List<String> without(List<String> jvmOptions) {
    return jvmOptions.stream().filter(option -> !option.startsWith(OPTIONS)).toList();
  }

  /**
   * Returns the option of a JVM that sets this level.
   *
   * @return as on the command line
   */
  public String jvmOption() {
    return OPTIONS + ".level=" + this;
  }

  /** Returns the name that users type. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
