package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.netty.LiteAllocatorMetric;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the dashboard serves: its endpoints, its streams, and what happens each second. */
final class Dashboard {

  private final Observer observer;
  private final History history = new History();
  private final EventStreams streams = new EventStreams(this::snapshot);
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

  Dashboard(List<LiteAllocatorMetric> allocators, PrometheusMeterRegistry registry) {
    observer = new Observer(allocators);
    endpoints.putAll(StaticFiles.endpoints());
    endpoints.put("/metrics", new PrometheusText(registry));
    endpoints.put("/api/v1/snapshot", request -> Answer.ok(Answer.JSON, snapshot()));
    endpoints.put("/api/v1/history", request -> Answer.ok(Answer.JSON, HistoryJson.write(history)));
    endpoints.put(RequestHandler.STREAM_PATH, Dashboard::streamHead);
  }

  Map<String, Endpoint> endpoints() {
    return endpoints;
  }

  EventStreams streams() {
    return streams;
  }

  /** Once a second: notes the figures and sends them to those who look. */
  void tick() {
    history.add(observer.observe());
    streams.tick();
  }

  private byte[] snapshot() {
    Moment now = observer.observe();
    return SnapshotJson.write(now, Judge.judge(now, history));
  }

  /** The stream's answer to HEAD; GET opens the stream. */
  private static Answer streamHead(HttpRequest request) {
    return Answer.ok(EventStreams.CONTENT_TYPE, new byte[0]);
  }
}
