package io.github.litealloc.metrics;

import io.micrometer.common.docs.KeyName;

/**
 * Tag keys of {@link LiteAllocMeters}. The registry or the user may add others.
 *
 * @since 0.1.0
 */
public enum MeterKey implements KeyName {
  /** Name of the allocator. */
  ALLOCATOR("allocator"),
  /** Strategy of the allocator, as users type it. */
  STRATEGY("strategy"),
  /** Thread name of the event loop, or {@code all} or {@code other}. */
  EVENT_LOOP("event.loop"),
  /** Name of the budget. */
  BUDGET("budget"),
  /** {@code high} or {@code critical}. */
  LEVEL("level"),
  /** {@code owner} or {@code remote}. */
  ORIGIN("origin"),
  /** How a request was served: {@code carved}, {@code kept}, {@code strategy} or {@code huge}. */
  PATH("path"),
  /** {@code open}, {@code orphaned} or {@code retiring}. */
  STATE("state"),
  /** {@code in-place}, {@code shrunk} or {@code moved}. */
  OUTCOME("outcome"),
  /**
   * Why a request was passed on: {@code off-loop}, {@code budget}, {@code heap}, {@code closed},
   * {@code pass-through}. Who refused: {@code budget}, {@code system}, {@code collector}, {@code
   * arena}. Why it failed: one of those, {@code off-loop} or {@code closed}.
   */
  REASON("reason"),
  /**
   * Of free memory: {@code bump}, {@code listed} or {@code dead}. Of violations: {@code overrun},
   * {@code write-after-free}, {@code write-to-free-memory} or {@code double-release}.
   */
  KIND("kind"),
  /** {@code idle}, {@code decay}, {@code pressure} or {@code manual}. */
  TRIGGER("trigger"),
  /** The largest capacity of the class in bytes, or {@code large}. */
  SIZE_CLASS("size.class"),
  /** {@code direct} or {@code heap}. */
  MEMORY("memory"),
  /** Where memory comes from: {@code range}, {@code netty} or {@code jdk}. */
  SOURCE("source"),
  /** Version of lite-alloc, or {@code unknown}. */
  VERSION("version");

  private final String key;

  MeterKey(String key) {
    this.key = key;
  }

  @Override
  public String asString() {
    return key;
  }
}
