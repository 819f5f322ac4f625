package io.github.litealloc.benchmarks.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.LoopbackKeys;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.github.litealloc.benchmarks.e2e.process.LoopbackTls;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The built-in load and the server, each byte checked by the load. */
class ShapedLoadTest {

  private static final int CONNECTIONS = 4;
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private static Path folder;
  private static Path keys;

  @BeforeAll
  static void makeKeys() {
    keys = folder.resolve("keys.p12");
    LoopbackKeys.make(keys);
  }

  private static MeasuredLite allocator() {
    return (MeasuredLite) MeasuredAllocator.open(Candidate.lite("hybrid"), "test");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 100 * PATIENCE_SECONDS && !condition.getAsBoolean(); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP1, false, STEADY",
    "HTTP1, true, STEADY",
    "HTTP2, false, STEADY",
    "HTTP2, true, STEADY",
    "HTTP1, true, SLOW_READERS",
    "HTTP2, false, SLOW_READERS"
  })
  void load_eachProtocolAndShape_isAnsweredRightlyFromTheArenas(
      Protocol protocol, boolean isEncrypted, LoadShape shape) throws Exception {
    SslContext serverTls = isEncrypted ? LoopbackTls.server(keys, protocol) : null;
    SslContext clientTls = isEncrypted ? LoopbackTls.client(protocol) : null;
    try (MeasuredLite allocator = allocator()) {
      try (DemoServer server =
              new DemoServer(allocator.allocator(), 1, 0, 1_024, protocol, serverTls);
          ShapedLoad load =
              new ShapedLoad(server.address(), protocol, clientTls, shape, 1, 1_024)) {
        load.start(CONNECTIONS);
        await(() -> load.figures().verified() >= 200);
        if (shape == LoadShape.SLOW_READERS) {
          await(() -> load.slowFigures().verified() >= 1);
        }
        load.end();

        assertThat(load.figures().failures().firstFew()).isEmpty();
        assertThat(load.slowFigures().failures().firstFew()).isEmpty();
        assertThat(load.figures().takeLatencies().getTotalCount())
            .isEqualTo(load.figures().verified());
        assertThat(server.figures().errors().firstFew()).isEmpty();
        assertThat(server.figures().answered()).isGreaterThanOrEqualTo(200);
      }
      await(() -> allocator.usedBytes().orElseThrow() == 0);
      assertThat(allocator.fallbackShare()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void pause_thenGoOn_isSilentAndGoesOnOnTheSameConnections(Protocol protocol) throws Exception {
    try (MeasuredLite allocator = allocator();
        DemoServer server = new DemoServer(allocator.allocator(), 1, 0, 1_024, protocol, null);
        ShapedLoad load =
            new ShapedLoad(server.address(), protocol, null, LoadShape.BURSTS, 1, 1_024)) {
      load.start(CONNECTIONS);
      await(() -> load.figures().verified() >= 50);

      load.pause();
      await(() -> server.figures().answered() == load.figures().verified());
      TimeUnit.MILLISECONDS.sleep(50);
      long silent = load.figures().verified();
      assertThat(server.figures().answered()).isEqualTo(silent);

      load.goOn();
      await(() -> load.figures().verified() >= silent + 50);
      assertThat(load.figures().failures().count()).isZero();
    }
  }

  @Test
  void load_serverGone_countsFailuresAndGivesUp() throws Exception {
    try (MeasuredLite allocator = allocator()) {
      DemoServer server = new DemoServer(allocator.allocator(), 1, 0, 1_024);
      try (ShapedLoad load =
          new ShapedLoad(server.address(), Protocol.HTTP1, null, LoadShape.STEADY, 1, 1_024)) {
        load.start(CONNECTIONS);
        await(() -> load.figures().verified() >= 10);
        server.end();
        await(() -> load.figures().failures().count() > CONNECTIONS);
        assertThat(load.figures().failures().firstFew()).isNotEmpty();
      }
    }
  }
}
