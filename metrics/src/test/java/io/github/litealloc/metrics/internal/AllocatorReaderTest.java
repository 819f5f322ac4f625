package io.github.litealloc.metrics.internal;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.metrics.TestLoop;
import io.github.litealloc.netty.ArenaMetric.Stage;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AllocatorReaderTest {

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("a").maxBytes(8 << 20).build();
  private final TestLoop loop = new TestLoop("loop");
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void close() {
    loop.close();
    allocator.close();
  }

  private AllocatorReader reader(int maxLoops) {
    return new AllocatorReader(allocator.metric(), maxLoops, nanos::get);
  }

  private void allocateAndRelease(TestLoop on) throws Exception {
    on.release(on.call(() -> allocator.directBuffer(100)));
  }

  @Test
  void figures_withinMaxAge_areOneSnapshot() throws Exception {
    AllocatorReader reader = reader(64);
    allocateAndRelease(loop);
    AllocatorFigures first = reader.figures();

    allocateAndRelease(loop);
    nanos.addAndGet(AllocatorReader.MAX_AGE_NANOS);
    assertThat(reader.figures()).isSameAs(first);

    nanos.addAndGet(1);
    assertThat(reader.figures().total().get(ArenaFigure.ALLOCATIONS)).isEqualTo(2);
  }

  @Test
  void readNow_underTraffic_isOrderedAndCountersNeverFall() throws Exception {
    AllocatorReader reader = reader(64);
    allocateAndRelease(loop);
    Future<?> traffic = loop.submit(this::traffic);
    ArenaFigures last = ArenaFigures.NONE;
    int readings = 0;
    while (!traffic.isDone()) {
      ArenaFigures now = reader.readNow().total();
      assertThat(now.get(ArenaFigure.REQUESTED_BYTES))
          .isLessThanOrEqualTo(now.get(ArenaFigure.USED_BYTES));
      assertThat(now.get(ArenaFigure.USED_BYTES))
          .isLessThanOrEqualTo(now.get(ArenaFigure.PINNED_BYTES));
      assertThat(now.get(ArenaFigure.PINNED_BYTES))
          .isLessThanOrEqualTo(now.get(ArenaFigure.RESERVED_BYTES));
      assertThat(now.get(ArenaFigure.USED_BYTES))
          .isLessThanOrEqualTo(now.get(ArenaFigure.PEAK_USED_BYTES));
      assertThat(now.get(ArenaFigure.LIVE_BLOCKS))
          .isLessThanOrEqualTo(now.get(ArenaFigure.ALLOCATIONS));
      for (ArenaFigure figure : ArenaFigure.values()) {
        if (figure.kind() == ArenaFigure.Kind.COUNTER) {
          assertThat(now.get(figure)).as("%s", figure).isGreaterThanOrEqualTo(last.get(figure));
        }
      }
      last = now;
      readings++;
    }
    traffic.get();
    assertThat(readings).isGreaterThan(10);
  }

  private void traffic() {
    List<ByteBuf> live = new ArrayList<>();
    for (int i = 0; i < 300_000; i++) {
      live.add(allocator.directBuffer(1 + i % 3_000));
      if (live.size() > 200) {
        live.remove((i * 7) % live.size()).release();
      }
    }
    live.forEach(ByteBuf::release);
  }

  @Test
  void total_arenasEndMeanwhile_neverFallsAndCountsNoneTwice() throws Exception {
    AllocatorReader reader = reader(64);
    int rounds = 200;
    Future<?> endings =
        loop.submit(
            () -> {
              for (int i = 0; i < rounds; i++) {
                try (TestLoop ending = new TestLoop("ending-" + i)) {
                  allocateAndRelease(ending);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    long last = 0;
    while (!endings.isDone()) {
      long now = reader.readNow().total().get(ArenaFigure.ALLOCATIONS);
      assertThat(now).isBetween(last, (long) rounds);
      last = now;
    }
    endings.get();
    assertThat(reader.readNow().total().get(ArenaFigure.ALLOCATIONS)).isEqualTo(rounds);
  }

  @Test
  void loops_sameThreadName_areOneWhoseCountersKeepTheEnded() throws Exception {
    AllocatorReader reader = reader(64);
    TestLoop twin = new TestLoop("loop");
    allocateAndRelease(loop);
    allocateAndRelease(twin);
    assertThat(reader.readNow().loops()).containsOnlyKeys("loop");

    twin.close();
    eventually(() -> assertThat(reader.readNow().arenas(Stage.OPEN)).isEqualTo(1));
    LoopFigures left = reader.readNow().loops().get("loop");
    assertThat(left.figures().get(ArenaFigure.ALLOCATIONS)).isEqualTo(2);
    assertThat(left.figures().get(ArenaFigure.RESERVED_BYTES))
        .isEqualTo(allocator.metric().arenas().get(0).statistics().reservedBytes());
  }

  @Test
  void loops_placeBecomesFree_staysWithNewArenas() throws Exception {
    AllocatorReader reader = reader(1);
    try (TestLoop second = new TestLoop("second");
        TestLoop third = new TestLoop("third")) {
      allocateAndRelease(loop);
      reader.readNow();
      allocateAndRelease(second);
      assertThat(reader.readNow().loops()).containsOnlyKeys("loop", LoopNames.OTHER);

      loop.close();
      eventually(() -> assertThat(reader.readNow().loops()).containsOnlyKeys(LoopNames.OTHER));
      allocateAndRelease(third);
      assertThat(reader.readNow().loops()).containsOnlyKeys("third", LoopNames.OTHER);
    }
  }

  @Test
  void loop_betweenTwoArenas_keepsItsCounters() throws Exception {
    AllocatorReader reader = reader(64);
    allocateAndRelease(loop);
    allocateAndRelease(loop);
    assertThat(reader.readNow().loops()).containsKey("loop");

    allocator.strategy("free-list");
    eventually(() -> assertThat(reader.readNow().loops()).isEmpty());
    allocateAndRelease(loop);
    assertThat(reader.readNow().loops().get("loop").figures().get(ArenaFigure.ALLOCATIONS))
        .isEqualTo(3);
  }

  @Test
  void arenas_ofAFormerStrategy_areBesideThoseOfTheNewOne() throws Exception {
    AllocatorReader reader = reader(64);
    String before = allocator.strategy();
    ByteBuf survivor = loop.call(() -> allocator.directBuffer(100));
    allocator.strategy("free-list");
    allocateAndRelease(loop);

    AllocatorFigures figures = reader.readNow();
    assertThat(figures.strategy()).isEqualTo("free-list");
    assertThat(figures.arenas().keySet()).containsExactly("free-list", before);
    assertThat(figures.arenas(before, Stage.RETIRING)).isEqualTo(1);
    assertThat(figures.arenas("free-list", Stage.OPEN)).isEqualTo(1);
    loop.release(survivor);
    eventually(() -> assertThat(reader.readNow().arenas().keySet()).containsExactly("free-list"));
  }

  @Test
  void orphaned_buffersOutlastTheLoop_isSaid() throws Exception {
    AllocatorReader reader = reader(64);
    ByteBuf survivor = loop.call(() -> allocator.directBuffer(100));
    assertThat(reader.readNow().loops().get("loop").orphaned()).isFalse();

    loop.close();
    eventually(() -> assertThat(reader.readNow().arenas(Stage.ORPHANED)).isEqualTo(1));
    assertThat(reader.readNow().loops().get("loop").orphaned()).isTrue();
    assertThat(reader.readNow().arenas(Stage.OPEN)).isZero();

    survivor.release();
    assertThat(reader.readNow().loops()).isEmpty();
  }
}
