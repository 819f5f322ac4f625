package io.github.litealloc.metrics.internal.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.SizeRange;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.ElsewhereFigures;
import io.github.litealloc.metrics.internal.LoopFigures;
import io.github.litealloc.netty.ArenaMetric;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiveBuffers;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The snapshot as JSON. Plain numbers: bytes, counts since the start, and Unix time in
 * milliseconds. Absent, or null, means unknown or unlimited.
 */
final class SnapshotJson {

  private SnapshotJson() {}

  /** What a row of an event loop shows: with hundreds of them all figures would be a megabyte. */
  private static final Set<ArenaFigure> OF_LOOPS =
      Collections.unmodifiableSet(
          EnumSet.of(
              ArenaFigure.RESERVED_BYTES,
              ArenaFigure.COMMITTED_BYTES,
              ArenaFigure.PINNED_BYTES,
              ArenaFigure.USED_BYTES,
              ArenaFigure.CACHED_BYTES,
              ArenaFigure.REQUESTED_BYTES,
              ArenaFigure.PEAK_USED_BYTES,
              ArenaFigure.LIVE_BLOCKS,
              ArenaFigure.CHUNKS,
              ArenaFigure.ALLOCATIONS,
              ArenaFigure.OWNER_FREES,
              ArenaFigure.REMOTE_FREES,
              ArenaFigure.FAILURES));

  static byte[] write(
      Moment moment, Verdict verdict, List<Happening> happenings, ProcessInfo process) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeNumberField("time", moment.timeMillis());
          json.writeObjectFieldStart("process");
          json.writeStringField("application", process.application());
          json.writeStringField("host", process.host());
          json.writeNumberField("pid", process.pid());
          json.writeNumberField("startTime", process.startMillis());
          json.writeStringField("version", process.version());
          json.writeEndObject();
          verdict(json, verdict);
          happenings(json, happenings);
          totals(json, moment);
          budgets(json, moment);
          allocators(json, moment);
          eventLoops(json, moment);
          NettyJson.write(json, moment.nettyAllocators());
          json.writeEndObject();
        });
  }

  private static void verdict(JsonGenerator json, Verdict verdict) throws IOException {
    json.writeObjectFieldStart("verdict");
    json.writeStringField("level", verdict.level().name());
    json.writeArrayFieldStart("reasons");
    for (Verdict.Reason reason : verdict.reasons()) {
      json.writeStartObject();
      json.writeStringField("level", reason.level().name());
      json.writeStringField("text", reason.text());
      json.writeStringField("remedy", reason.remedy());
      json.writeStringField("alert", reason.alert());
      json.writeNumberField("since", reason.sinceMillis());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void happenings(JsonGenerator json, List<Happening> happenings)
      throws IOException {
    json.writeArrayFieldStart("events");
    for (Happening happening : happenings) {
      json.writeStartObject();
      json.writeNumberField("time", happening.timeMillis());
      json.writeStringField("whose", happening.whose());
      json.writeStringField("kind", happening.kind());
      json.writeNumberField("amount", happening.amount());
      json.writeBooleanField("isBytes", happening.isBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The same series as in the history, so that the page appends one to the other. */
  private static void totals(JsonGenerator json, Moment moment) throws IOException {
    json.writeObjectFieldStart("totals");
    for (Series series : Series.values()) {
      json.writeFieldName(series.id());
      Json.number(json, series.read(moment));
    }
    json.writeEndObject();
  }

  private static void budgets(JsonGenerator json, Moment moment) throws IOException {
    json.writeArrayFieldStart("budgets");
    for (BudgetFigures budget : moment.budgets()) {
      json.writeStartObject();
      json.writeStringField("name", budget.name());
      if (budget.isLimited()) {
        json.writeNumberField("maxBytes", budget.maxBytes());
      }
      json.writeNumberField("reservedBytes", budget.reservedBytes());
      json.writeNumberField("idleBytes", budget.idleBytes());
      json.writeNumberField("peakReservedBytes", budget.peakReservedBytes());
      json.writeNumberField("refusals", budget.refusals());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void allocators(JsonGenerator json, Moment moment) throws IOException {
    json.writeArrayFieldStart("allocators");
    for (AllocatorView view : moment.allocators()) {
      AllocatorFigures figures = view.figures();
      json.writeStartObject();
      json.writeStringField("name", view.name());
      json.writeStringField("strategy", view.strategy());
      json.writeStringField("budget", view.budget());
      for (ArenaMetric.Stage stage : ArenaMetric.Stage.values()) {
        json.writeNumberField(stage.id() + "Arenas", figures.arenas(stage));
      }
      figures(json, figures.total(), EnumSet.allOf(ArenaFigure.class));
      sizes(json, figures.total(), figures.live());
      byReason(json, "fallbacks", figures.fallbacks());
      byReason(json, "fallbackBytes", figures.fallbackBytes());
      json.writeNumberField("refused", figures.total().get(ArenaFigure.FAILURES));
      json.writeNumberField("failures", figures.allFailures());
      ElsewhereFigures elsewhere = figures.elsewhere();
      json.writeNumberField("elsewhereBytes", elsewhere.directBytes());
      json.writeNumberField("elsewhereBuffers", elsewhere.directBuffers());
      json.writeNumberField("liveHeapBytes", elsewhere.heapBytes());
      json.writeNumberField("liveHeapBuffers", elsewhere.heapBuffers());
      json.writeBooleanField("passThrough", elsewhere.passThrough());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void eventLoops(JsonGenerator json, Moment moment) throws IOException {
    json.writeArrayFieldStart("eventLoops");
    for (AllocatorView view : moment.allocators()) {
      for (LoopFigures loop : view.figures().loops().values()) {
        json.writeStartObject();
        json.writeStringField("allocator", view.name());
        json.writeStringField("strategy", view.strategy());
        json.writeStringField("eventLoop", loop.eventLoop());
        json.writeBooleanField("orphaned", loop.orphaned());
        json.writeNumberField("oldestTime", loop.live().oldestMillis());
        json.writeNumberField("waiting", loop.live().waitingRemoteFrees());
        figures(json, loop.figures(), OF_LOOPS);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void sizes(JsonGenerator json, ArenaFigures total, LiveBuffers live)
      throws IOException {
    json.writeObjectFieldStart("liveBySize");
    for (SizeRange sizes : SizeRange.values()) {
      json.writeNumberField(sizes.id(), live.buffers(sizes));
    }
    json.writeEndObject();
    json.writeObjectFieldStart("allocationsBySize");
    for (SizeRange sizes : SizeRange.values()) {
      json.writeNumberField(sizes.id(), total.allocations(sizes));
    }
    json.writeEndObject();
  }

  private static void figures(JsonGenerator json, ArenaFigures figures, Set<ArenaFigure> which)
      throws IOException {
    for (ArenaFigure figure : which) {
      json.writeNumberField(figure.id(), figures.get(figure));
    }
  }

  private static void byReason(JsonGenerator json, String field, Map<FallbackReason, Long> values)
      throws IOException {
    json.writeObjectFieldStart(field);
    for (Map.Entry<FallbackReason, Long> entry : values.entrySet()) {
      json.writeNumberField(entry.getKey().id(), entry.getValue());
    }
    json.writeEndObject();
  }
}
