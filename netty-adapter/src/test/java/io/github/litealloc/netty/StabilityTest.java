package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What has broken services by their allocator, with bytes that must not be exceeded, never times:
 * an upgrade must not change them unnoticed. {@code docs/stability.md} has the table, which is
 * written to {@code target/stability.md}.
 */
final class StabilityTest {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** By scenario, and in it by strategy: bytes reserved at most, and after silence. */
  private static final Map<String, Map<String, String>> TABLE =
      Collections.synchronizedMap(new TreeMap<>());

  private final TestLoop loop = new TestLoop();

  private static LiteByteBufAllocator allocator(String strategy) {
    return LiteByteBufAllocator.builder()
        .name("stability")
        .strategy(strategy)
        .budget(MemoryBudget.unlimited("stability"))
        .decayMillis(200)
        .build();
  }

  /** Waits until the loop, to which nobody talks any more, has given back all but that much. */
  private static long afterSilence(LiteByteBufAllocator allocator, long atMost) throws Exception {
    LiteAllocatorMetric metric = allocator.metric();
    eventually(() -> metric.budget().reservedBytes() <= atMost, metric::toString);
    return metric.budget().reservedBytes();
  }

  private static void note(String scenario, String strategy, long atMost, long after) {
    TABLE
        .computeIfAbsent(scenario, key -> new TreeMap<>())
        .put(strategy, kib(atMost) + " / " + kib(after));
  }

  private static String kib(long bytes) {
    return String.format("%,d", (bytes + KIB - 1) / KIB);
  }

  @AfterAll
  static void writeTable() throws IOException {
    StringBuilder text = new StringBuilder();
    TABLE.forEach(
        (scenario, cells) -> {
          if (text.isEmpty()) {
            text.append("| KiB, at most / after | ").append(String.join(" | ", cells.keySet()));
            text.append(" |\n|---|").append("---|".repeat(cells.size())).append('\n');
          }
          text.append("| ").append(scenario).append(" | ");
          text.append(String.join(" | ", cells.values())).append(" |\n");
        });
    Files.writeString(Path.of("target", "stability.md"), text);
  }

  private static void releaseAll(Iterable<ByteBuf> buffers) {
    buffers.forEach(ByteBuf::release);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void allSizes_touchedOnceThenIdle_holdNothing(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      loop.run(
          () -> {
            for (int bytes = 16; bytes <= 4 * MIB; bytes += Math.max(16, bytes / 4)) {
              allocator.directBuffer(bytes).release();
            }
          });
      long peak = allocator.metric().budget().peakReservedBytes();
      // Those above 2 MiB have chunks of their own, which are kept until the decay time is over.
      assertThat(peak).isLessThanOrEqualTo(18L * MIB);
      note("each size up to 4 MiB once, then idle", strategy, peak, afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void parkedBuffers_drainedAndParkedAgain_takeNoMoreTheSecondTime(String strategy)
      throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      long[] peaks = new long[2]; // until the end of each burst
      for (int burst = 0; burst < peaks.length; burst++) {
        loop.run(
            () -> {
              List<ByteBuf> parked = new ArrayList<>();
              for (int i = 0; i < 4_000; i++) {
                parked.add(allocator.directBuffer(8 * KIB));
                parked.add(allocator.directBuffer(9)); // a frame's header
              }
              releaseAll(parked);
            });
        peaks[burst] = allocator.metric().budget().peakReservedBytes();
      }
      long peak = peaks[1];
      assertThat(peak).isEqualTo(peaks[0]); // a peak only ever goes up
      assertThat(peak).isLessThanOrEqualTo(4_000L * 8 * KIB * 5 / 4);
      note("4,000 of 8 KiB and 9 B, twice", strategy, peak, afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void stragglersOfNineBytes_holdTheirChunksOnly(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      List<ByteBuf> stragglers = new ArrayList<>();
      loop.run(
          () -> {
            List<ByteBuf> others = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
              stragglers.add(allocator.directBuffer(9));
              for (int bytes = 0; bytes < 256 * KIB; bytes += 4 * KIB) {
                others.add(allocator.directBuffer(4 * KIB));
              }
            }
            releaseAll(others);
          });
      long peak = allocator.metric().budget().peakReservedBytes();
      long after = afterSilence(allocator, stragglers.size() * 256L * KIB);
      note("16 buffers of 9 B, 256 KiB between", strategy, peak, after);
      loop.run(() -> releaseAll(stragglers));
      afterSilence(allocator, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void oneMebibyte_aHundredTimes_isTheSameMemory(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      loop.run(
          () -> {
            for (int i = 0; i < 100; i++) {
              allocator.directBuffer(MIB).writeZero(MIB).release();
            }
          });
      long peak = allocator.metric().budget().peakReservedBytes();
      assertThat(peak).isLessThanOrEqualTo(2L * MIB + 256 * KIB);
      note("1 MiB, a hundred times", strategy, peak, afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void oneOff_ofThirtyTwoMebibytes_isCountedAndGone(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      ByteBuf large = loop.call(() -> allocator.directBuffer(32 * MIB));
      assertThat(allocator.metric().usedBytes()).isBetween(32L * MIB, 33L * MIB);
      loop.run(large::release);
      long peak = allocator.metric().budget().peakReservedBytes();
      assertThat(peak).isLessThanOrEqualTo(33L * MIB);
      note("32 MiB once", strategy, peak, afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void threadsAndLoops_thatComeAndGo_leaveNothing(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator = allocator(strategy)) {
      for (int round = 0; round < 20; round++) {
        ByteBuf outlives;
        try (TestLoop passing = new TestLoop()) {
          outlives = passing.call(() -> allocator.directBuffer(KIB));
        }
        Thread thread = new Thread(() -> allocator.directBuffer(KIB).release());
        thread.start();
        thread.join();
        outlives.release();
      }
      long peak = allocator.metric().budget().peakReservedBytes();
      // Each of them holds one chunk, and at most two shared arenas for each processor another one.
      assertThat(peak).isLessThanOrEqualTo(21L * 64 * KIB);
      note(
          "20 loops and 20 threads, one after the other",
          strategy,
          peak,
          afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void ceiling_hitWhileWriting_leavesTheBufferAsItWas(String strategy) throws Exception {
    try (loop;
        LiteByteBufAllocator allocator =
            LiteByteBufAllocator.builder()
                .strategy(strategy)
                .maxBytes(MIB)
                .decayMillis(200)
                .whenExhausted(ExhaustionPolicy.THROW)
                .build()) {
      byte[] piece = new byte[100 * KIB];
      new Random(1).nextBytes(piece);
      loop.run(
          () -> {
            ByteBuf growing = allocator.directBuffer(KIB);
            int[] pieces = {0};
            assertThatThrownBy(
                    () -> {
                      while (true) {
                        growing.writeBytes(piece);
                        pieces[0]++;
                      }
                    })
                .isInstanceOf(OutOfMemoryError.class);
            assertThat(pieces[0]).isPositive();
            assertThat(growing.readableBytes()).isEqualTo(pieces[0] * piece.length);
            byte[] read = new byte[piece.length];
            for (int i = 0; i < pieces[0]; i++) {
              growing.readBytes(read);
              assertThat(Arrays.equals(read, piece)).isTrue();
            }
            growing.release();
          });
      long peak = allocator.metric().budget().peakReservedBytes();
      assertThat(peak).isLessThanOrEqualTo(MIB);
      note("writing into a ceiling of 1 MiB", strategy, peak, afterSilence(allocator, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hybrid", "segregated-bump", "free-list", "bump-free-list"})
  void liveBuffers_withGeometricLifetimes_stayWithinTheirMemory(String strategy) throws Exception {
    int factor = strategy.equals("bump-free-list") ? 6 : 3;
    for (int live : new int[] {128, 8_192, 65_536}) {
      try (TestLoop itsLoop = new TestLoop();
          LiteByteBufAllocator allocator = allocator(strategy)) {
        long requested = itsLoop.call(() -> replaceAtRandom(allocator, live));
        long peak = allocator.metric().budget().peakReservedBytes();
        assertThat(peak).as("%d live", live).isLessThanOrEqualTo(requested * factor / 2 + MIB);
        note(
            String.format("%,d live, replaced at random", live),
            strategy,
            peak,
            afterSilence(allocator, 0));
      }
    }
  }

  /**
   * What lives is replaced at random, so lifetimes are geometric; answers the most that was live.
   */
  private static long replaceAtRandom(LiteByteBufAllocator allocator, int live) {
    Random random = new Random(live);
    ByteBuf[] buffers = new ByteBuf[live];
    long requested = 0;
    long most = 0;
    for (int i = 0; i < 6 * live; i++) {
      int slot = i < live ? i : random.nextInt(live);
      if (buffers[slot] != null) {
        requested -= buffers[slot].capacity();
        buffers[slot].release();
      }
      int bytes = 1 << random.nextInt(13);
      buffers[slot] = allocator.directBuffer(bytes + random.nextInt(bytes));
      requested += buffers[slot].capacity();
      most = Math.max(most, requested);
    }
    releaseAll(Arrays.asList(buffers));
    return most;
  }
}
