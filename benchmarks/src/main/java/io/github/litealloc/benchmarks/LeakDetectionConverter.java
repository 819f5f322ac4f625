package io.github.litealloc.benchmarks;

/** Reads a level of leak detection. */
public final class LeakDetectionConverter extends EnumConverter<LeakDetection> {

  /** Made by picocli. */
  public LeakDetectionConverter() {
    super(LeakDetection.class);
  }
}
