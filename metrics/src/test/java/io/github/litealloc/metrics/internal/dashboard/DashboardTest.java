package io.github.litealloc.metrics.internal.dashboard;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.netty.DirectMemoryExhaustedError;
import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DashboardTest {

  private static final String SNAPSHOT = "/api/v1/snapshot";

  private static String level(Dashboard dashboard) throws Exception {
    Answer answer =
        dashboard
            .endpoints()
            .get(SNAPSHOT)
            .answer(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, SNAPSHOT));
    return new ObjectMapper().readTree(answer.body()).path("verdict").path("level").asText();
  }

  /** As when ticks are late, or fail: what is said of now is not what was found then. */
  @Test
  void snapshot_noTickForAWhile_isJudgedAnew() throws Exception {
    try (LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("judged")
            .maxBytes(1 << 20)
            .whenExhausted(ExhaustionPolicy.THROW)
            .build()) {
      Dashboard dashboard =
          new Dashboard(
              new DashboardConfig(
                  List.of(allocator.metric()),
                  List.of(),
                  "judged",
                  DashboardConfig.DEFAULT_LEAK_WINDOW),
              new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
      dashboard.tick();
      assertThat(level(dashboard)).isEqualTo("OK");
      assertThatThrownBy(() -> allocator.directBuffer(2 << 20))
          .isInstanceOf(DirectMemoryExhaustedError.class);
      eventually(() -> assertThat(level(dashboard)).isEqualTo("ACT"));
    }
  }
}
