package io.github.litealloc.benchmarks.compare;

import java.util.Locale;

/** The levels of Netty's leak detection that are worth measuring. */
enum LeakDetection {
  /** Netty's default: one buffer in 128 is tracked. */
  SIMPLE,
  /** No buffer is tracked. */
  DISABLED;

  String jvmOption() {
    return "-Dio.netty.leakDetection.level=" + this;
  }

  /** Returns the name that users type. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
