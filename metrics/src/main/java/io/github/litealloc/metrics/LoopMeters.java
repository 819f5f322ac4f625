package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.MeterKey.EVENT_LOOP;

import io.github.litealloc.ArenaFigures;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.metrics.internal.LoopLive;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** The meters of one event loop. */
final class LoopMeters {

  private static final double MILLIS_PER_SECOND = 1_000;

  private final AllocatorReader reader;
  private final String eventLoop;
  private volatile ArenaFigures last = ArenaFigures.NONE;

  private LoopMeters(AllocatorReader reader, String eventLoop) {
    this.reader = reader;
    this.eventLoop = eventLoop;
  }

  static List<Meter.Id> register(
      MeterRegistry registry, AllocatorReader reader, String eventLoop, Tags allocatorTags) {
    LoopMeters loop = new LoopMeters(reader, eventLoop);
    Registrar meters = new Registrar(registry, allocatorTags.and(EVENT_LOOP.asString(), eventLoop));
    return meters.register(
        () -> {
          meters.addFigures(MeterScope.EVENT_LOOP, loop::figures);
          meters.addReal(
              LiteAllocMeters.OLDEST_LIVE_TIME,
              Tags.empty(),
              loop::live,
              live -> live.oldestMillis() / MILLIS_PER_SECOND);
          meters.add(
              LiteAllocMeters.REMOTE_FREES_PENDING, loop::live, LoopLive::waitingRemoteFrees);
        });
  }

  private LoopLive live() {
    return reader.figures().live(eventLoop);
  }

  /** What the loop says or, between its end and the removal of its meters, what it had counted. */
  private ArenaFigures figures() {
    ArenaFigures now = reader.figures().loop(eventLoop);
    last = now == null ? last.countersOnly() : now;
    return last;
  }
}
