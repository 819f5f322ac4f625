package io.github.litealloc.benchmarks.demo.load;

import java.util.Locale;

/** How clients behave over time. */
public enum LoadShape {
  /** As fast as answers come. */
  STEADY,
  /** A third of the time like that, then silence. */
  BURSTS,
  /** One connection in four asks for 1 MiB at a time, and takes its time to read it. */
  SLOW_READERS;

  /**
   * Returns the name that users type.
   *
   * @return for example {@code slow-readers}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return id();
  }
}
