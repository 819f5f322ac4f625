package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaStatistics;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What makes an arena give back is told by who had it done. */
final class TrimTriggersTest {

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("trimmed").build();
  private final TestLoop loop = new TestLoop();

  @AfterEach
  void close() {
    loop.close();
    allocator.close();
  }

  @Test
  void trims_forBackPressureAndByTheUser_areCountedApart() throws Exception {
    loop.run(
        () -> {
          allocator.directBuffer(100).release();
          allocator.trimOnThisThread();
        });
    ArenaStatistics statistics = allocator.metric().arenas().get(0).statistics();
    assertThat(statistics.trimsPressure()).isEqualTo(1);
    assertThat(statistics.trimmedPressureBytes()).isPositive();
    assertThat(statistics.trimsManual()).isZero();

    loop.run(() -> allocator.directBuffer(100).release());
    allocator.trim().get(10, TimeUnit.SECONDS);
    assertThat(statistics.trimsPressure()).isEqualTo(1);
    assertThat(statistics.trimsManual()).isEqualTo(1);
  }
}
