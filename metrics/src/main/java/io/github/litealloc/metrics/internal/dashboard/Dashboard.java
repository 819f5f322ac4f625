package io.github.litealloc.metrics.internal.dashboard;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the dashboard serves: its endpoints, its streams, and what happens each second. */
final class Dashboard {

  private static final long MAX_VERDICT_AGE_MILLIS = 2 * History.INTERVAL_MILLIS;

  private final Observer observer;
  private final History history;
  private final Judge judge;
  private final Happenings happenings = new Happenings();
  private final ProcessInfo process;
  private @Nullable Verdict verdict;
  private long judgedMillis; // by the clock of moments
  private final EventStreams streams = new EventStreams(this::snapshot);
  private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

  Dashboard(DashboardConfig config, PrometheusMeterRegistry registry) {
    observer = new Observer(config.allocators(), config.nettyAllocators());
    history = new History(config.allocators().size());
    judge = new Judge(config.allocators().size(), config.leakWindow().toMillis());
    process = ProcessInfo.of(config.application());
    endpoints.putAll(StaticFiles.endpoints());
    endpoints.put("/metrics", new PrometheusText(registry));
    endpoints.put("/api/v1/snapshot", request -> Answer.ok(Answer.JSON, snapshot()));
    endpoints.put("/api/v1/history", request -> Answer.ok(Answer.JSON, HistoryJson.write(history)));
    endpoints.put("/api/v1/map", new MapDesk(config.allocators(), System::nanoTime));
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
    Moment now = observer.observe();
    history.add(now);
    happenings.add(now);
    judge(now);
    streams.tick();
  }

  private Verdict judge(Moment now) {
    Verdict latest = judge.judge(now, history);
    verdict = latest;
    judgedMillis = now.elapsedMillis();
    return latest;
  }

  private byte[] snapshot() {
    Moment now = observer.observe();
    Verdict latest = verdict;
    if (latest == null || now.elapsedMillis() - judgedMillis > MAX_VERDICT_AGE_MILLIS) {
      latest = judge(now); // the tick is late, or has failed
    }
    return SnapshotJson.write(now, latest, happenings.latest(), process);
  }

  /** The stream's answer to HEAD; GET opens the stream. */
  private static Answer streamHead(HttpRequest request) {
    return Answer.ok(EventStreams.CONTENT_TYPE, new byte[0]);
  }
}
