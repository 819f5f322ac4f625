package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.LiteAllocMeters.Key.EVENT_LOOP;
import static io.github.litealloc.metrics.LiteAllocMeters.Key.ORIGIN;

import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.metrics.internal.Figure;
import io.github.litealloc.metrics.internal.Figures;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** The meters of one event loop. */
final class LoopMeters {

  private final AllocatorReader reader;
  private final String eventLoop;
  private volatile Figures last = Figures.NONE;

  private LoopMeters(AllocatorReader reader, String eventLoop) {
    this.reader = reader;
    this.eventLoop = eventLoop;
  }

  static List<Meter.Id> register(
      MeterRegistry registry, AllocatorReader reader, String eventLoop, Tags allocatorTags) {
    LoopMeters loop = new LoopMeters(reader, eventLoop);
    Registrar meters = new Registrar(registry, allocatorTags.and(EVENT_LOOP.asString(), eventLoop));
    loop.add(meters, LiteAllocMeters.MEMORY_RESERVED, Tags.empty(), Figure.RESERVED);
    loop.add(meters, LiteAllocMeters.MEMORY_PINNED, Tags.empty(), Figure.PINNED);
    loop.add(meters, LiteAllocMeters.MEMORY_USED, Tags.empty(), Figure.USED);
    loop.add(meters, LiteAllocMeters.MEMORY_REQUESTED, Tags.empty(), Figure.REQUESTED);
    loop.add(meters, LiteAllocMeters.MEMORY_PEAK, Tags.empty(), Figure.PEAK_USED);
    loop.add(meters, LiteAllocMeters.LIVE_BUFFERS, Tags.empty(), Figure.LIVE_BUFFERS);
    loop.add(meters, LiteAllocMeters.ALLOCATIONS, Tags.empty(), Figure.ALLOCATIONS);
    loop.add(meters, LiteAllocMeters.FREES, origin("owner"), Figure.OWNER_FREES);
    loop.add(meters, LiteAllocMeters.FREES, origin("remote"), Figure.REMOTE_FREES);
    return meters.registered();
  }

  private static Tags origin(String origin) {
    return Tags.of(ORIGIN.asString(), origin);
  }

  private void add(Registrar meters, LiteAllocMeters meter, Tags tags, Figure figure) {
    meters.add(meter, tags, this::figures, figures -> figures.get(figure));
  }

  /** What the loop says or, between its end and the removal of its meters, what it had counted. */
  private Figures figures() {
    Figures now = reader.figures().loop(eventLoop);
    last = now == null ? last.countersOnly() : now;
    return last;
  }
}
