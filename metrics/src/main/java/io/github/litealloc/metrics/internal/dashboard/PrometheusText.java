package io.github.litealloc.metrics.internal.dashboard;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** {@code /metrics}: a registry in Prometheus' text format, or in OpenMetrics if asked for. */
final class PrometheusText implements Endpoint {

  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  PrometheusText(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Answer answer(HttpRequest request) throws IOException {
    List<String> accept = request.headers().getAll(HttpHeaderNames.ACCEPT);
    String type = Accept.prefersOpenMetrics(accept) ? OPEN_METRICS : PROMETHEUS;
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    registry.scrape(text, type);
    return Answer.ok(type, text.toByteArray());
  }
}
