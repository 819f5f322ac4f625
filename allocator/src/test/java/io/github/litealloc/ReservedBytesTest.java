package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How much an arena reserves for what its users asked for, while random ones of many live blocks
 * are replaced, without a burst: counts, the same in every run.
 */
final class ReservedBytesTest {

  private static final int REPLACEMENTS_PER_BLOCK = 20;

  /** Which sizes are asked for. */
  private enum Mix {
    /** As a server asks for them: frames, reads, responses, bodies. */
    WEB {
      @Override
      int next(SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < 36) {
          return random.nextInt(9, 16);
        } else if (percent < 58) {
          return random.nextInt(16, 257);
        } else if (percent < 60) {
          return random.nextInt(257, 16_385);
        } else if (percent < 80) {
          return 8_192;
        } else if (percent < 90) {
          return 208;
        }
        return percent < 98 ? 4_403 : random.nextInt(16_384, 65_537);
      }
    },

    /** Small ones only. */
    FRAMES {
      @Override
      int next(SplittableRandom random) {
        return random.nextInt(9, 1_025);
      }
    },

    /** From 4 to 32 KiB. */
    READS {
      @Override
      int next(SplittableRandom random) {
        return random.nextInt(4_096, 32_769);
      }
    },

    /** Small ones, among which every hundredth has 64 KiB. */
    TAIL {
      @Override
      int next(SplittableRandom random) {
        return random.nextInt(100) == 0 ? 65_536 : logarithmic(random, 9, 1_024);
      }
    },

    /** From 9 bytes to 256 KiB, as many of each order of magnitude. */
    WIDE {
      @Override
      int next(SplittableRandom random) {
        return logarithmic(random, 9, 256 * 1_024);
      }
    };

    abstract int next(SplittableRandom random);

    private static int logarithmic(SplittableRandom random, int from, int to) {
      return (int) StrictMath.exp(random.nextDouble(StrictMath.log(from), StrictMath.log(to + 1)));
    }
  }

  private static Stream<Arguments> limits() {
    return Stream.of(
            limits(Strategies.SEGREGATED_BUMP, 1_024, 1.8, 1.6, 1.5, 1.6, 1.6),
            limits(Strategies.SEGREGATED_BUMP, 8_192, 1.4, 1.3, 1.35, 1.2, 1.4),
            limits(Strategies.FREE_LIST, 1_024, 1.3, 1.3, 1.3, 1.3, 1.3),
            limits(Strategies.FREE_LIST, 8_192, 1.25, 1.25, 1.2, 1.2, 1.3),
            limits(Strategies.BUMP_FREE_LIST, 1_024, 5, 4.5, 4, 5, 3),
            limits(Strategies.BUMP_FREE_LIST, 8_192, 4, 4, 4, 4, 3),
            limits(Strategies.HYBRID, 64, 4.5, 4.5, 2.3, 12, 3),
            limits(Strategies.HYBRID, 1_024, 1.8, 1.6, 1.5, 1.6, 1.6),
            limits(Strategies.HYBRID, 8_192, 1.35, 1.3, 1.35, 1.2, 1.4))
        .flatMap(each -> each);
  }

  private static Stream<Arguments> limits(StrategyFactory strategy, int live, double... limits) {
    return Stream.of(Mix.values())
        .map(mix -> Arguments.of(strategy, live, mix, limits[mix.ordinal()]));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void reservedByRequested_randomReplacements_isBelow(
      StrategyFactory strategy, int live, Mix mix, double limit) {
    MemoryBudget budget = MemoryBudget.unlimited("waste");
    ChunkStore store = ChunkStore.builder().budget(budget).decayMillis(0).build();
    Arena arena = Arena.builder().strategy(strategy).store(store).checked(false).build();
    SplittableRandom random = new SplittableRandom(7);
    long[] blocks = new long[live];
    int[] sizes = new int[live];
    for (int i = 0; i < live; i++) {
      sizes[i] = mix.next(random);
      blocks[i] = arena.allocate(sizes[i]);
    }
    double sum = 0;
    int looks = 0;
    for (int i = 0; i < REPLACEMENTS_PER_BLOCK * live; i++) {
      int slot = random.nextInt(live);
      arena.free(blocks[slot], sizes[slot]);
      sizes[slot] = mix.next(random);
      blocks[slot] = arena.allocate(sizes[slot]);
      if (i > 5 * live && i % (live / 4) == 0) {
        ArenaStatistics statistics = arena.statistics();
        sum += statistics.reservedBytes() / (double) statistics.requestedBytes();
        looks++;
      }
    }
    arena.reset();
    arena.close();
    assertThat(sum / looks).as("reserved / requested").isLessThan(limit);
  }
}
