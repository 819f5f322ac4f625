package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations on every strategy, against {@link ArenaModel}: every figure is compared after
 * every step, the contents of the touched block at every step, and all contents regularly.
 *
 * <p>A failure names its seed; {@code -Dlitealloc.test.seed=N} runs that one alone, and {@code
 * -Dlitealloc.test.operations=N} sets how long.
 */
final class RandomOperationsTest {

  private static final String SEED_PROPERTY = "litealloc.test.seed";
  private static final long SEEDS = 5;
  private static final int OPERATIONS = Integer.getInteger("litealloc.test.operations", 50_000);

  private static final int CHECK_ALL_INTERVAL = 500;
  private static final int MAX_LIVE = 600;
  private static final int MAX_BYTES = 3 * 1024 * 1024;
  private static final long TIGHT_BUDGET_BYTES = 4 << 20;
  private static final long AMPLE_BUDGET_BYTES = 64 << 20;

  static Stream<Arguments> strategiesAndSeeds() {
    Long seed = Long.getLong(SEED_PROPERTY);
    long[] seeds = seed != null ? new long[] {seed} : LongStream.range(1, 1 + SEEDS).toArray();
    return Stream.concat(
        TestStrategies.all().stream()
            .flatMap(plain -> LongStream.of(seeds).mapToObj(each -> Arguments.of(plain, each))),
        TestStrategies.poisoned().stream().map(poisoned -> Arguments.of(poisoned, seeds[0])));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("strategiesAndSeeds")
  void randomOperations_afterEveryStep_matchTheModel(StrategyFactory strategy, long seed) {
    Run run = new Run(strategy, seed);
    try {
      run.operate(OPERATIONS);
      run.finish();
    } catch (Throwable e) {
      throw new AssertionError(
          run.describe() + " failed; repeat it with -D" + SEED_PROPERTY + '=' + seed, e);
    }
  }

  /** One sequence of operations. */
  private static final class Run {
    private final Random random;
    private final ArenaModel model;
    private final ArenaModel.Setup setup;
    private final boolean isTight;
    private int step;
    private String operation = "start";
    private int targetLive = MAX_LIVE / 2;

    Run(StrategyFactory strategy, long seed) {
      this.random = new Random(seed * 0x9E3779B97F4A7C15L);
      // The seed decides what else may differ between arenas, so that few seeds see everything.
      boolean isChecked = seed % 2 == 0;
      long decayMillis = seed % 3 == 0 ? ChunkStore.DEFAULT_DECAY_MILLIS : 0;
      int addressRemainder = random.nextInt(256) * Blocks.GRANULE_BYTES;
      this.isTight = seed % 4 != 1;
      long budgetBytes = isTight ? TIGHT_BUDGET_BYTES : AMPLE_BUDGET_BYTES;
      this.setup =
          new ArenaModel.Setup(strategy, isChecked, budgetBytes, decayMillis, addressRemainder);
      this.model = new ArenaModel(setup);
    }

    String describe() {
      return setup + " at step " + step + " (" + operation + ')';
    }

    void operate(int operations) {
      for (step = 1; step <= operations; step++) {
        if (step % 2_000 == 0) {
          targetLive = random.nextInt(4) == 0 ? 0 : random.nextInt(MAX_LIVE);
        }
        next();
        if (step % CHECK_ALL_INTERVAL == 0) {
          ArenaInvariants.checkAll(model.arena, model);
        } else {
          ArenaInvariants.check(model.arena, model);
        }
      }
    }

    private void next() {
      int choice = random.nextInt(1_000);
      if (choice < 2) {
        rare();
      } else if (choice < 10) {
        operation = "drain";
        model.drain();
      } else if (model.liveCount() == 0) {
        allocate();
      } else if (choice < 130) {
        reallocate();
      } else if (choice < 180) {
        operation = "remote free";
        model.remoteFree(any());
      } else if (choice < 190) {
        operation = "remote free and drain";
        model.remoteFreeAndDrain(any());
      } else if (random.nextInt(MAX_LIVE) < targetLive - model.liveCount() + MAX_LIVE / 2) {
        allocate();
      } else {
        operation = "free";
        model.free(any());
      }
    }

    private void rare() {
      int choice = random.nextInt(30);
      if (choice == 0) {
        operation = "reset";
        model.reset();
      } else if (choice < 4) {
        operation = "store.trim";
        model.store.trim(random.nextInt(2) * (1 << 20));
      } else if (choice < 7) {
        operation = "store.decay";
        model.store.decay(System.nanoTime() + random.nextInt(12) * 1_000_000_000L);
      } else if (choice < 12) {
        freeAll();
      } else {
        operation = "trim";
        model.trim();
      }
    }

    private void freeAll() {
      while (model.liveCount() > 0) {
        operation = "free all";
        model.free(any());
      }
    }

    private ArenaModel.Live any() {
      // Often the newest: short lives, and the block at the top of its chunk.
      int count = model.liveCount();
      return model.live(random.nextInt(4) == 0 ? count - 1 : random.nextInt(count));
    }

    private void allocate() {
      int bytes = bytes();
      int alignment = random.nextInt(8) == 0 ? 1 << random.nextInt(13) : Blocks.GRANULE_BYTES;
      operation = "allocate " + bytes + " aligned to " + alignment;
      model.allocate(bytes, alignment);
    }

    private void reallocate() {
      ArenaModel.Live block = any();
      int bytes =
          switch (random.nextInt(4)) {
            case 0 -> block.bytes / 2;
            case 1 -> block.bytes + random.nextInt(64);
            case 2 -> Math.min(block.bytes * 2, MAX_BYTES);
            default -> bytes();
          };
      operation = "reallocate " + block + " to " + bytes;
      model.reallocate(block, bytes);
    }

    /** Mostly small, some around the sizes that protocols use, a few beyond every threshold. */
    private int bytes() {
      int choice = random.nextInt(1_000);
      if (choice < 30) {
        return 0;
      } else if (choice < 500) {
        return 1 + random.nextInt(256);
      } else if (choice < 750) {
        return 257 + random.nextInt(8 * 1024);
      } else if (choice < 900) {
        return Math.max(0, (1 << random.nextInt(16)) + random.nextInt(35) - 17);
      } else if (choice < 970) {
        return random.nextInt(64 * 1024);
      } else if (choice < 998) {
        return random.nextInt(512 * 1024);
      } else {
        return random.nextInt(MAX_BYTES);
      }
    }

    void finish() throws InterruptedException {
      Arena arena = model.arena;
      operation = "close";
      model.drain();
      ArenaInvariants.checkAll(arena, model);
      assertThat(model.allocations).isGreaterThan(OPERATIONS / 10);
      assertThat(model.inPlace).isPositive();
      assertThat(model.moved).isPositive();
      assertThat(model.remoteFrees).isPositive();
      if (isTight) {
        assertThat(model.failures).isPositive();
      }
      // Slots of chunks that went back are used again, once the strategy has forgotten them.
      assertThat((long) model.highestSlot).isLessThan(2 * model.mostChunks + 16);
      arena.close();
      ArenaInvariants.checkAll(arena, model);
      operation = "free after close";
      Thread other = new Thread(this::freeAll, "another thread");
      Throwable[] failure = new Throwable[1];
      other.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
      other.start();
      other.join();
      if (failure[0] != null) {
        throw new AssertionError("on another thread", failure[0]);
      }
      assertThat(arena.statistics().reserved()).isZero();
      model.store.trim();
      assertThat(model.budget.reservedBytes()).isZero();
      assertThat(model.source.pieces()).isZero();
    }
  }
}
