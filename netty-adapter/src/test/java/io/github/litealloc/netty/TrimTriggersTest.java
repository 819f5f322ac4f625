package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaStatistics;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

  /** Whoever has waited was served meanwhile, or waits for another arena of those that are told. */
  @Test
  void trims_forAnotherArenaThatWaitsNoMore_areNotTakenForTheUsers() throws Exception {
    loop.run(() -> giveWay(buffer -> buffer.arena().giveWay()));
    giveWay(buffer -> buffer.arena().shared().giveWay());
    assertThat(allocator.metric().arenas()).hasSize(2);
    for (ArenaMetric arena : allocator.metric().arenas()) {
      assertThat(arena.statistics().trimsPressure()).isEqualTo(1);
      assertThat(arena.statistics().trimsManual()).isZero();
    }
  }

  private void giveWay(Consumer<LiteByteBuf> how) {
    LiteByteBuf buffer = (LiteByteBuf) TestAllocators.innermost(allocator.directBuffer(100));
    buffer.release();
    how.accept(buffer);
  }
}
