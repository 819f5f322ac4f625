package io.github.litealloc.metrics;

import io.micrometer.common.docs.KeyName;

/** Whose figure a meter shows, which decides its common keys. */
enum MeterScope {
  EVENT_LOOP(MeterKey.ALLOCATOR, MeterKey.EVENT_LOOP),
  ALLOCATOR(MeterKey.ALLOCATOR),
  STRATEGY(MeterKey.ALLOCATOR, MeterKey.STRATEGY),
  BUDGET(MeterKey.BUDGET),
  PROCESS();

  final KeyName[] keys;

  MeterScope(KeyName... keys) {
    this.keys = keys;
  }
}
