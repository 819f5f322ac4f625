package io.github.litealloc.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import org.jspecify.annotations.Nullable;

/** The type of a meter, and what it counts in. */
enum MeterKind {
  GAUGE(Meter.Type.GAUGE, null),
  GAUGE_OF_BYTES(Meter.Type.GAUGE, BaseUnits.BYTES),
  GAUGE_OF_BUFFERS(Meter.Type.GAUGE, "buffers"),
  GAUGE_OF_BLOCKS(Meter.Type.GAUGE, "blocks"),
  GAUGE_OF_CHUNKS(Meter.Type.GAUGE, "chunks"),
  GAUGE_OF_ARENAS(Meter.Type.GAUGE, "arenas"),
  GAUGE_OF_SECONDS(Meter.Type.GAUGE, "seconds"),
  COUNTER(Meter.Type.COUNTER, null),
  COUNTER_OF_BYTES(Meter.Type.COUNTER, BaseUnits.BYTES),
  COUNTER_OF_SECONDS(Meter.Type.COUNTER, "seconds"),
  TIMER(Meter.Type.TIMER, "seconds");

  final Meter.Type type;
  final @Nullable String unit;

  MeterKind(Meter.Type type, @Nullable String unit) {
    this.type = type;
    this.unit = unit;
  }
}
