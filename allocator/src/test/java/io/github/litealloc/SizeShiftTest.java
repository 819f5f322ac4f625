package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mix of sizes shifts again and again, as on a server that does something else in the evening
 * than in the morning. What was carved for the old sizes comes back as its chunks empty, although
 * nobody trims: what an arena reserves follows what is used, and does not grow from shift to shift.
 */
final class SizeShiftTest {

  /** Each stands for a mix of sizes from itself to twice itself. */
  private static final int[] SIZES = {48, 6_144, 768, 24_576, 200};

  private static final int ROUNDS = 3;
  private static final int LIVE_BYTES = 2 << 20;
  private static final int TURNOVERS_PER_SHIFT = 3;
  private static final long SLACK_BYTES = 1 << 20; // some chunks that are about to empty

  private record Block(long block, int bytes) {}

  private final TestMemorySource source = new TestMemorySource();
  private final ChunkStore store =
      ChunkStore.builder()
          .source(source)
          .budget(MemoryBudget.unlimited("shifts"))
          .decayMillis(0)
          .build();
  private final Random random = new Random(3);
  private final Deque<Block> live = new ArrayDeque<>();
  private long liveBytes;

  @AfterEach
  void everythingComesBack() {
    assertThat(source.pieces()).isZero();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#all")
  void reserved_sizesShiftFifteenTimes_followsUsedAndDoesNotGrow(StrategyFactory strategy) {
    Arena arena = Arena.builder().strategy(strategy).store(store).build();
    ArenaStatistics statistics = arena.statistics();
    List<Long> reserved = new ArrayList<>();
    for (int shift = 0; shift < ROUNDS * SIZES.length; shift++) {
      replaceAllBy(arena, SIZES[shift % SIZES.length]);
      assertThat(statistics.reservedBytes())
          .as("reserved after shift %d, %d bytes being used", shift, statistics.usedBytes())
          .isLessThanOrEqualTo(2 * statistics.usedBytes() + SLACK_BYTES);
      reserved.add(statistics.reservedBytes());
    }
    // In the first round the arena has not seen all sizes yet.
    int last = reserved.size() - SIZES.length;
    for (int i = last; i < reserved.size(); i++) {
      assertThat(reserved.get(i))
          .as("reserved after shift %d, and a round before", i)
          .isLessThanOrEqualTo(reserved.get(i - SIZES.length) + SLACK_BYTES);
    }
    arena.reset();
    arena.close();
  }

  /** The two that segregate by size could keep the most of it for sizes that nobody asks for. */
  @ParameterizedTest
  @MethodSource("segregating")
  void reserved_sizesShift_staysNearWhatIsLive(StrategyFactory strategy) {
    Arena arena = Arena.builder().strategy(strategy).store(store).build();
    for (int shift = 0; shift < ROUNDS * SIZES.length; shift++) {
      replaceAllBy(arena, SIZES[shift % SIZES.length]);
      assertThat(arena.statistics().reservedBytes()).isLessThan(LIVE_BYTES + 3 * SLACK_BYTES);
    }
    assertThat(arena.statistics().peakReservedBytes()).isLessThan(3L * LIVE_BYTES);
    arena.reset();
    arena.close();
  }

  static List<StrategyFactory> segregating() {
    return List.of(Strategies.SEGREGATED_BUMP, Strategies.HYBRID);
  }

  /** Oldest first, more or less, as requests end: what is live turns over several times. */
  private void replaceAllBy(Arena arena, int smallest) {
    long allocated = 0;
    while (allocated < TURNOVERS_PER_SHIFT * (long) LIVE_BYTES) {
      int bytes = smallest + random.nextInt(smallest);
      live.add(new Block(arena.allocate(bytes), bytes));
      allocated += bytes;
      liveBytes += bytes;
      while (liveBytes > LIVE_BYTES) {
        Block oldest = live.remove();
        if (random.nextBoolean() && !live.isEmpty()) {
          Block second = live.remove();
          live.addFirst(oldest);
          oldest = second;
        }
        arena.free(oldest.block(), oldest.bytes());
        liveBytes -= oldest.bytes();
      }
    }
  }
}
