package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;

/**
 * What is the same for all candidates that are compared with each other.
 *
 * @param jdk what they run on
 * @param leakDetection Netty's level meanwhile
 */
record Setting(Jdk jdk, LeakDetection leakDetection) {

  /** Returns the name for a reader: {@code Java 17.0.15, simple}. */
  @Override
  public String toString() {
    return jdk + ", " + leakDetection;
  }
}
