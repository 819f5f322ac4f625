package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** The JDK's own logging facade, whose default is {@code java.util.logging}, hears of failures. */
final class LoggingTest {

  private static final class Records extends Handler {
    final List<LogRecord> all = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      all.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void eventLoopMeters_registryFails_isLoggedAsWarning() throws Exception {
    Logger logger = Logger.getLogger(LiteAllocMetrics.class.getName());
    Records records = new Records();
    SimpleMeterRegistry failing = new SimpleMeterRegistry();
    failing.config().meterFilter(new FailsForEventLoops());
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("a").build();
        TestLoop loop = new TestLoop("loop-1");
        LiteAllocMetrics metrics = new LiteAllocMetrics(allocator)) {
      logger.setUseParentHandlers(false);
      logger.addHandler(records);
      metrics.bindTo(failing);
      loop.release(loop.call(() -> allocator.directBuffer(100)));

      eventually(() -> assertThat(records.all).isNotEmpty());
      LogRecord record = records.all.get(0);
      assertThat(record.getLevel()).isEqualTo(Level.WARNING);
      assertThat(record.getMessage())
          .startsWith("could not update the meters of allocator \"" + allocator.name() + "\" in")
          .contains("SimpleMeterRegistry");
      assertThat(record.getThrown()).hasMessage("no event loops here");
    } finally {
      logger.removeHandler(records);
      logger.setUseParentHandlers(true);
    }
  }

  private static final class FailsForEventLoops implements MeterFilter {
    @Override
    public MeterFilterReply accept(Meter.Id id) {
      if (id.getTag("event.loop") != null) {
        throw new IllegalStateException("no event loops here");
      }
      return MeterFilterReply.NEUTRAL;
    }
  }
}
