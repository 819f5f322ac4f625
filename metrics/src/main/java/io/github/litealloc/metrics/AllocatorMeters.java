package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.MeterKey.MEMORY;
import static io.github.litealloc.metrics.MeterKey.REASON;
import static io.github.litealloc.metrics.MeterKey.SIZE_CLASS;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.SizeRange;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.netty.FailureReason;
import io.github.litealloc.netty.FallbackReason;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** The meters of one allocator that depend neither on its event loops nor on its strategy. */
final class AllocatorMeters {

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Registrar registrar;
  private final AllocatorReader reader;

  private AllocatorMeters(Registrar registrar, AllocatorReader reader) {
    this.registrar = registrar;
    this.reader = reader;
  }

  static List<Meter.Id> register(
      MeterRegistry registry, AllocatorReader reader, Tags allocatorTags) {
    Registrar registrar = new Registrar(registry, allocatorTags);
    return registrar.register(new AllocatorMeters(registrar, reader)::addAll);
  }

  private void addAll() {
    registrar.addFigures(MeterScope.ALLOCATOR, () -> reader.figures().total());
    // Every reason from the start: a counter that first appears at 1 shows no increase.
    for (FallbackReason reason : FallbackReason.values()) {
      add(
          LiteAllocMeters.FALLBACKS,
          tag(REASON, reason.id()),
          figures -> figures.fallbacks(reason));
      add(
          LiteAllocMeters.FALLBACK_ALLOCATED,
          tag(REASON, reason.id()),
          figures -> figures.fallbackBytes(reason));
    }
    add(
        LiteAllocMeters.ELSEWHERE_MEMORY,
        tag(MEMORY, "direct"),
        figures -> figures.elsewhere().directBytes());
    add(
        LiteAllocMeters.ELSEWHERE_MEMORY,
        tag(MEMORY, "heap"),
        figures -> figures.elsewhere().heapBytes());
    add(
        LiteAllocMeters.ELSEWHERE_BUFFERS,
        tag(MEMORY, "direct"),
        figures -> figures.elsewhere().directBuffers());
    add(
        LiteAllocMeters.ELSEWHERE_BUFFERS,
        tag(MEMORY, "heap"),
        figures -> figures.elsewhere().heapBuffers());
    add(
        LiteAllocMeters.PASS_THROUGH,
        Tags.empty(),
        figures -> figures.elsewhere().passThrough() ? 1 : 0);
    for (FailureReason reason : FailureReason.values()) {
      add(LiteAllocMeters.FAILURES, tag(REASON, reason.id()), figures -> figures.failures(reason));
    }
    for (SizeRange sizes : SizeRange.values()) {
      add(
          LiteAllocMeters.SIZE_CLASS_ALLOCATIONS,
          tag(SIZE_CLASS, sizes.id()),
          figures -> figures.total().allocations(sizes));
      add(
          LiteAllocMeters.SIZE_CLASS_LIVE_BUFFERS,
          tag(SIZE_CLASS, sizes.id()),
          figures -> figures.live().buffers(sizes));
    }
    addTimes();
  }

  private void addTimes() {
    registrar.addTimer(
        LiteAllocMeters.CHUNK_RESERVATION,
        reader::figures,
        figures -> figures.total().get(ArenaFigure.CHUNK_RESERVATIONS),
        figures -> figures.total().get(ArenaFigure.CHUNK_RESERVATION_NANOS));
    registrar.addReal(
        LiteAllocMeters.REFUSAL_TIME,
        Tags.empty(),
        reader::figures,
        figures -> figures.total().get(ArenaFigure.REFUSAL_NANOS) / NANOS_PER_SECOND);
    add(LiteAllocMeters.LOCK_MEETINGS, Tags.empty(), figures -> figures.lockWaits().meetings());
    registrar.addTimer(
        LiteAllocMeters.LOCK_WAIT,
        reader::figures,
        figures -> figures.lockWaits().waits(),
        figures -> figures.lockWaits().nanos());
  }

  private void add(LiteAllocMeters meter, Tags tags, ToLongFunction<AllocatorFigures> value) {
    registrar.add(meter, tags, reader::figures, value);
  }

  private static Tags tag(KeyName key, String value) {
    return Tags.of(key.asString(), value);
  }
}
