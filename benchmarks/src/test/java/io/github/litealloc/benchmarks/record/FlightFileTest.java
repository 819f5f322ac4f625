package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.netty.channel.DefaultEventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlightFileTest {

  private static final int ROUNDS = 20;

  @TempDir private Path folder;

  /** What the allocator held at most while it was recorded. */
  private long reserved;

  private Path record(Candidate candidate) throws Exception {
    return record(candidate, BufferEvents.NAMES);
  }

  private Path record(Candidate candidate, List<String> events) throws Exception {
    Path file = folder.resolve("buffers.jfr");
    DefaultEventLoop loop = new DefaultEventLoop();
    DefaultEventLoop other = new DefaultEventLoop();
    try (MeasuredAllocator allocator = MeasuredAllocator.open(candidate, "recorded");
        Recording recording = new Recording()) {
      events.forEach(event -> recording.enable(event).withoutStackTrace());
      // Ours are recorded unless somebody does not want them.
      BufferEvents.NAMES.stream()
          .filter(event -> !events.contains(event))
          .forEach(recording::disable);
      recording.start();
      for (int round = 0; round < ROUNDS; round++) {
        BufferTraffic.round(allocator.allocator(), loop, other);
        reserved = Math.max(reserved, allocator.reservedBytes());
      }
      recording.stop();
      recording.dump(file);
    } finally {
      loop.shutdownGracefully();
      other.shutdownGracefully();
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "pooled", "adaptive"})
  void read_allocatorWithEvents_isWhatHasHappened(String id) throws Exception {
    Candidate candidate = Candidate.of(id);

    Traffic traffic = Recordings.read(record(candidate));

    TrafficSummary summary = new TrafficSummary(traffic);
    assertThat(traffic.buffers()).isEqualTo(3 * ROUNDS);
    assertThat(summary.releases()).isEqualTo(3 * ROUNDS);
    assertThat(summary.liveAtEnd()).isZero();
    assertThat(summary.allocatedBytes()).isEqualTo(2_400L * ROUNDS);
    assertThat(summary.resizes()).isGreaterThanOrEqualTo(ROUNDS);
    assertThat(summary.peakLiveBytes()).isBetween(5_000L, 10_000L);
    assertThat(traffic.threads()).isEqualTo(2);
    assertThat(summary.loops()).isEqualTo(2);
    assertThat(summary.loopShare()).isEqualTo(1);
    assertThat(traffic.losses().bornBefore()).isZero();
    assertThat(traffic.losses().releasesMissed()).isZero();
    assertThat(traffic.losses().withoutAddress()).isZero();
    if (BufferTraffic.isPairedBySize(candidate)) {
      assertThat(traffic.losses().pairedBySize()).isEqualTo(3 * ROUNDS);
    } else {
      assertThat(traffic.losses().pairedBySize()).isZero();
      assertThat(summary.remoteReleases()).isEqualTo(ROUNDS);
    }
  }

  @ParameterizedTest
  @CsvSource({"hybrid, lite-alloc", "pooled, pooled", "adaptive, adaptive"})
  void read_chunks_areWhatTheAllocatorHeld(String id, String owner) throws Exception {
    Traffic traffic = Recordings.read(record(Candidate.of(id)));

    ChunkFigures chunks = traffic.chunks().orElseThrow();
    assertThat(chunks.owners()).isEqualTo(owner);
    assertThat(chunks.allocated()).isPositive();
    assertThat(chunks.peakBytes()).isEqualTo(reserved);
    assertThat(chunks.allocatedBytes() - chunks.freedBytes()).isEqualTo(reserved);
    assertThat(chunks.bornBefore()).isZero();
    assertThat(new TrafficSummary(traffic).chunksHoldThePeak()).isTrue();
  }

  /** As recordings are that others have made. */
  @Test
  void read_buffersOnly_hasNoChunks() throws Exception {
    List<String> events =
        List.of(BufferEvents.ALLOCATE, BufferEvents.REALLOCATE, BufferEvents.FREE);

    Traffic traffic = Recordings.read(record(Candidate.of("adaptive"), events));

    assertThat(traffic.buffers()).isEqualTo(3 * ROUNDS);
    assertThat(traffic.chunks()).isEmpty();
  }

  @Test
  void read_unpooled_hasNoEvents() throws Exception {
    Path file = record(Candidate.of("unpooled"));

    assertThatThrownBy(() -> Recordings.read(file))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no event of a direct buffer")
        .hasMessageContaining("Netty 4.2.4 or newer");
  }

  @Test
  void read_truncated_isRefusedWithFileAndPosition() throws Exception {
    Path file = record(Candidate.of("adaptive"));
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {4, 67, 68, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Recordings.read(file))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(file + ", byte " + length + ": the file ends");
    }
    byte[] more = Arrays.copyOf(whole, whole.length + 100);
    Files.write(file, more);

    assertThatThrownBy(() -> Recordings.read(file))
        .hasMessageContaining(
            file + ", byte " + whole.length + ": no chunk of Flight Recorder begins here");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nioEventLoopGroup-3-1",
        "multiThreadIoEventLoopGroup-2-4",
        "epollEventLoopGroup-5-1",
        "reactor-http-epoll-2",
        "vert.x-eventloop-thread-0",
        "grpc-default-worker-ELG-3-2",
        "demo-server-1-2",
      })
  void loops_nameOfAnEventLoop_isOne(String name) {
    assertThat(FlightFile.LOOPS.matcher(name).matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main",
        "pool-1-thread-2",
        "ForkJoinPool.commonPool-worker-1",
        "defaultEventExecutorGroup-2-1",
        "grpc-default-executor-0",
        "vert.x-worker-thread-1",
        "",
      })
  void loops_otherName_isNone(String name) {
    assertThat(FlightFile.LOOPS.matcher(name).matches()).isFalse();
  }
}
