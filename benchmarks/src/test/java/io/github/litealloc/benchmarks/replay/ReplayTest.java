package io.github.litealloc.benchmarks.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.record.MadeUpTraffic;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficFile;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {

  private static final long CEILING = 256 << 20;

  @TempDir private Path folder;

  /** Threads wait for each other: this would not end if they waited in a circle. */
  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "adaptive"})
  void replay_randomTraffic_isPlayedAndLeavesNothing(String id) throws Exception {
    Traffic traffic = MadeUpTraffic.random(3, 20_000);

    ReplayResult result = ReplayProbe.replay(traffic, Candidate.of(id), CEILING, 1, 0, 0);

    assertThat(result.refused()).isZero();
    assertThat(result.nanosPerOp()).isPositive().isFinite();
    assertThat(result.peakReserved()).isGreaterThanOrEqualTo(result.meanReserved());
    assertThat(result.meanReserved()).isGreaterThanOrEqualTo(result.meanLive());
    assertThat(result.series()).isNotEmpty();
    if (!id.equals("adaptive")) {
      // One of three threads is no event loop, and has arenas all the same.
      assertThat(result.fallbackShare()).isZero();
      assertThat(result.fallbacks()).isEmpty();
    }
  }

  @Test
  void play_farTooSlow_endsEarlyAndReleasesEverything() throws Exception {
    Traffic traffic = MadeUpTraffic.random(3, 2_000);
    List<Slices.Slice> slices = Slices.of(traffic, 1_000_000, 1_000);
    assertThat(slices).hasSizeGreaterThan(3);
    SlowAllocator slow = new SlowAllocator();
    try (Workers workers = new Workers(traffic)) {
      Player player = new Player(traffic, new Turns(traffic), slow, workers, false);

      player.play(slices, Double.POSITIVE_INFINITY, 1);

      assertThat(player.playedShare()).isPositive().isLessThan(1);
      assertThat(slow.quick.metric().usedDirectMemory()).isZero();
    }
  }

  @Test
  void replay_lessDirectMemoryThanItTakes_saysWhatHelps() {
    Path file = folder.resolve("app.litealloc");
    Traffic.Builder builder = new Traffic.Builder();
    for (int i = 0; i < 70; i++) {
      builder.allocate(i, 0, 1 << 20);
    }
    TrafficFile.write(file, builder.build(new boolean[] {true}, Traffic.Losses.NONE));
    String[] command = {
      "replay", file.toString(), "--allocators=unpooled", "--after=0", "--max-direct=64m"
    };

    Cli little = Cli.run(command);
    command[4] = "--max-direct=128m";
    Cli enough = Cli.run(command);

    assertThat(little.exitCode()).as(little.err()).isZero();
    assertThat(little.out())
        .containsPattern(
            "unpooled: REFUSED \\d+ requests, at the limit of direct memory \\(64\\.0 MiB\\): try --max-direct")
        .contains("-XX:MaxDirectMemorySize=67108864");
    assertThat(enough.out()).doesNotContain("REFUSED");
  }

  /** Takes some milliseconds for each buffer. */
  private static final class SlowAllocator extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator quick = new UnpooledByteBufAllocator(true);

    @Override
    protected ByteBuf newHeapBuffer(int size, int maxSize) {
      return quick.heapBuffer(size, maxSize);
    }

    @Override
    protected ByteBuf newDirectBuffer(int size, int maxSize) {
      LockSupport.parkNanos(2_000_000);
      return quick.directBuffer(size, maxSize);
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  @Test
  void replay_ceilingTooLow_isCounted() throws Exception {
    Traffic.Builder builder = new Traffic.Builder();
    for (int i = 0; i < 10; i++) {
      builder.allocate(i, 0, 1 << 20);
    }
    Traffic traffic = builder.build(new boolean[] {true}, Traffic.Losses.NONE);

    ReplayResult result = ReplayProbe.replay(traffic, Candidate.of("hybrid"), 4 << 20, 1, 0, 0);

    assertThat(result.fallbacks()).contains("EXHAUSTED");
    assertThat(result.peakReserved()).isLessThanOrEqualTo(4 << 20);
  }

  @Test
  void slices_ofAnyTraffic_haveEachEventOnceAndInOrder() {
    Traffic traffic = MadeUpTraffic.random(5, 1_000);
    List<Integer> all = new ArrayList<>();
    for (Slices.Slice slice : Slices.of(traffic, 100_000, 37)) {
      List<Integer> events = new ArrayList<>();
      for (int thread = 0; thread < traffic.threads(); thread++) {
        int before = -1;
        for (int event : slice.eventsOf()[thread]) {
          assertThat(traffic.thread(event)).isEqualTo(thread);
          assertThat(event).isGreaterThan(before);
          before = event;
          events.add(event);
        }
      }
      assertThat(events).hasSizeBetween(1, 37);
      events.sort(null);
      all.addAll(events);
    }
    assertThat(all).hasSize(traffic.events()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void result_writtenAndRead_isTheSame() throws Exception {
    ReplayResult result =
        new ReplayResult(
            1.5,
            1,
            2,
            -1,
            4,
            5,
            6,
            "OFF_LOOP 3",
            0.25,
            7,
            0.5,
            8,
            -1,
            List.of(new Sampler.Sample(0, 1, 2, -1, 4), new Sampler.Sample(20, 5, 6, 7, 8)));
    Path file = folder.resolve("result");

    result.write(file);

    assertThat(ReplayResult.read(file)).isEqualTo(result);
  }

  @Test
  void replay_command_printsATableAndWritesJson() throws Exception {
    Path file = folder.resolve("a.litealloc");
    Path json = folder.resolve("a.json");
    TrafficFile.write(file, MadeUpTraffic.random(7, 2_000));

    Cli cli =
        Cli.run(
            "replay",
            file.toString(),
            "--after=0s",
            "--allocators=hybrid,pooled",
            "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("2 event loops with")
        .doesNotContain("not from an arena")
        .contains("x live", "released or moved, but allocated before");
    Map<String, @Nullable Object> read = TestJson.read(json);
    assertThat(read.get("problem")).isNull();
    assertThat(cli.out()).contains("unknown what the application itself held");
    assertThat(read.get("traffic").toString()).contains("chunks=null");
    assertThat(read.get("results")).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(2);
  }

  /** They are what the application had, whatever a replay of it takes. */
  @Test
  void replay_recordingWithChunks_saysWhatTheApplicationHeld() throws Exception {
    Path file = folder.resolve("a.litealloc");
    Path json = folder.resolve("a.json");
    TrafficFile.write(file, MadeUpTraffic.random(7, 200, Optional.of(MadeUpTraffic.CHUNKS)));

    Cli cli =
        Cli.run("replay", file.toString(), "--after=0s", "--allocators=hybrid", "--json=" + json);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("the application itself (pooled and lite-alloc) held at most 8.38 GiB in chunks");
    assertThat(TestJson.read(json).get("traffic").toString())
        .contains("chunks={allocators=pooled and lite-alloc, allocated=7", "peakBytes=9000000000}");
  }

  @Test
  void replay_foreignFile_fails() throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "hello");

    Cli cli = Cli.run("replay", file.toString());

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err()).contains(file + ", byte 0: neither a recording");
  }
}
