package io.github.litealloc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import org.jspecify.annotations.Nullable;

/**
 * Random operations on an arena with one strategy, against a plain model of what it has been asked
 * to do. Allocates with every alignment and from nothing to beyond 2 MiB, reallocates in all
 * directions, frees, frees remotely, caches, trims, resets, takes the budget away, has the memory
 * source refuse and throw, and closes with live blocks.
 *
 * <p>After every step, every figure of the arena is compared with the model, and the contents of
 * the block that was touched are verified. The place and the contents of <em>all</em> live blocks
 * are verified after every step while an arena is small, which half of the runs are, and now and
 * then while it is large. Contents of more than 1 KiB are sampled, but for every 16th block.
 *
 * @since 0.1.0
 */
public final class RandomOperations {

  /** The system property that makes {@link #runAll} run one single seed. */
  public static final String SEED_PROPERTY = "litealloc.test.seed";

  /** The system property that says how many operations {@link #runAll} runs in total. */
  public static final String OPERATIONS_PROPERTY = "litealloc.test.operations";

  private static final int SEEDS = 10;
  private static final int ENOUGH_TO_SEE_EVERYTHING = 10_000;

  private static final int MAX_LIVE = 600;
  private static final int MAX_LIVE_SMALL = 24;
  private static final int CHECK_ALL_INTERVAL = 500;
  private static final int MAX_BYTES = 3 * 1024 * 1024;
  private static final int TIGHT_BUDGET_UNITS = 64;
  private static final long AMPLE_BUDGET_BYTES = 64 << 20;

  private final StrategyFactory strategy;
  private final int exactGranuleBytes;
  private final @Nullable Forgetter forgetter;

  private RandomOperations(
      StrategyFactory strategy, int exactGranuleBytes, @Nullable Forgetter forgetter) {
    this.strategy = strategy;
    this.exactGranuleBytes = exactGranuleBytes;
    this.forgetter = forgetter;
  }

  /**
   * Chooses the strategy.
   *
   * @param strategy makes the strategy of each run
   * @return operations on it
   */
  public static RandomOperations on(StrategyFactory strategy) {
    return new RandomOperations(strategy, 0, null);
  }

  /**
   * Demands more than every strategy promises: that it grows only when no gap between live blocks
   * fits the request. For strategies that merge all that is free.
   *
   * @param granuleBytes what the strategy rounds sizes up to, a power of two
   * @return operations that demand it
   */
  public RandomOperations growingOnlyWhenNothingFits(int granuleBytes) {
    return new RandomOperations(strategy, granuleBytes, forgetter);
  }

  /**
   * Has the strategy forget free memory, now and then, and demands that nothing of it is handed out
   * before its chunk has gone back, which it must when it is empty.
   *
   * @param forgetter asks the strategy for it
   * @return operations that do so
   */
  public RandomOperations forgetting(Forgetter forgetter) {
    return new RandomOperations(strategy, exactGranuleBytes, forgetter);
  }

  /**
   * Runs seeds 1 to 10; only one seed, with its share of the operations, if {@value #SEED_PROPERTY}
   * is set.
   *
   * @param operations how many in total, unless {@value #OPERATIONS_PROPERTY} says otherwise
   * @throws AssertionError if something is wrong; the message names seed, step and operation
   */
  public void runAll(int operations) {
    int share = Integer.getInteger(OPERATIONS_PROPERTY, operations) / SEEDS;
    Long single = Long.getLong(SEED_PROPERTY);
    if (single != null) {
      run(single, share);
      return;
    }
    for (long seed = 1; seed <= SEEDS; seed++) {
      run(seed, share);
    }
  }

  /**
   * Runs one seed.
   *
   * @param seed decides about every operation
   * @param operations how many
   * @throws AssertionError if something is wrong; the message names seed, step and operation
   */
  public void run(long seed, int operations) {
    Run run = new Run(Choices.ofSeed(seed), seed % 2 == 0);
    try {
      run.operate(operations);
      if (operations >= ENOUGH_TO_SEE_EVERYTHING) {
        run.requireEverythingSeen();
      }
      run.close();
      OtherThread.run(run::freeAllAfterClose);
      run.requireNothingLeft();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          run.describe() + " failed; repeat it with -D" + SEED_PROPERTY + '=' + seed, e);
    }
  }

  /**
   * Runs the operations that a fuzzer has written down, verifying everything after every step.
   *
   * @param input any bytes
   * @throws AssertionError if something is wrong; the message names step and operation
   */
  public void run(byte[] input) {
    Run run = new Run(Choices.ofBytes(input), true);
    try {
      run.operate(Integer.MAX_VALUE);
      run.close();
      run.freeAllAfterClose(); // on this thread: starting another would take most of the time
      run.requireNothingLeft();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(run.describe() + " failed", e);
    }
  }

  /** One sequence of operations. */
  private final class Run {
    private final Choices choices;
    private final ArenaModel.Setup setup;
    private final ArenaModel model;
    private final boolean isSmall;
    private final int maxLive;
    private final boolean isTight;
    private int targetLive;
    private boolean isStarved;
    private int reuses;
    private int step;
    private String operation = "start";

    Run(Choices choices, boolean isSmall) {
      this.choices = choices;
      this.isSmall = isSmall;
      this.maxLive = isSmall ? MAX_LIVE_SMALL : MAX_LIVE;
      this.targetLive = maxLive / 2;
      this.isTight = !choices.oneIn(4);
      long budgetBytes =
          isTight
              ? (long) ChunkStore.CHUNK_UNIT_BYTES * (1 + choices.next(TIGHT_BUDGET_UNITS))
              : AMPLE_BUDGET_BYTES;
      this.setup =
          new ArenaModel.Setup(
              strategy,
              choices.next(2) == 0,
              budgetBytes,
              choices.oneIn(3) ? ChunkStore.DEFAULT_DECAY_MILLIS : 0,
              choices.next(256) * Blocks.GRANULE_BYTES,
              exactGranuleBytes,
              forgetter);
      this.model = new ArenaModel(setup);
    }

    String describe() {
      return setup + " at step " + step + " (" + operation + ')';
    }

    void operate(int operations) {
      while (step < operations && choices.hasNext()) {
        step++;
        next();
        check();
      }
    }

    private void check() {
      if (isSmall || step % CHECK_ALL_INTERVAL == 0) {
        ArenaInvariants.checkAll(model.arena, model);
      } else {
        ArenaInvariants.check(model.arena, model);
      }
    }

    private void next() {
      int choice = choices.next(256);
      if (choice < 2) {
        rare();
      } else if (choice < 4) {
        operation = "drain";
        model.drain();
      } else if (choice < 6) {
        changeSupply();
      } else if (model.liveCount() == 0) {
        allocate();
      } else if (choice == 6 && forgetter != null) {
        operation = "forget";
        int share = 1 + choices.next(4);
        model.forgetFree(slot -> choices.oneIn(share));
      } else if (choice < 40) {
        reallocate();
      } else if (choice < 52) {
        operation = "remote free";
        model.remoteFree(any());
      } else if (choice < 55) {
        operation = "remote free and drain";
        model.remoteFreeAndDrain(any());
      } else if (choice < 70) {
        operation = "cache";
        model.cache(any());
      } else if (choice < 80 && model.cachedCount() > 0) {
        operation = "reuse";
        model.reuse(choices.next(64));
        reuses++;
      } else if (choices.next(maxLive) < targetLive - model.liveCount() + maxLive / 2) {
        allocate();
      } else {
        operation = "free";
        model.free(any());
      }
    }

    private void rare() {
      switch (choices.next(8)) {
        case 0 -> {
          if (choices.oneIn(4)) {
            operation = "reset";
            model.reset();
          }
        }
        case 1 -> {
          operation = "store.trim";
          model.store.trim(choices.next(2) * (1 << 20));
        }
        case 2 -> {
          operation = "store.decay";
          model.store.decay(System.nanoTime() + choices.next(12) * 1_000_000_000L);
        }
        case 3 -> {
          operation = "free all";
          while (model.liveCount() > 0) {
            model.free(any());
          }
        }
        case 4 -> targetLive = choices.oneIn(4) ? 0 : choices.next(maxLive);
        default -> {
          operation = "trim";
          model.trim();
        }
      }
    }

    /** Takes memory away at any moment, and gives it back soon. */
    private void changeSupply() {
      if (isStarved) {
        operation = "supply of memory restored";
        model.source.answer(TestMemorySource.Answer.MEMORY);
        model.returnRestOfBudget();
        isStarved = false;
        return;
      }
      isStarved = true;
      switch (choices.next(4)) {
        case 0 -> {
          operation = "source refuses";
          model.source.answer(TestMemorySource.Answer.OUT_OF_MEMORY);
        }
        case 1 -> {
          operation = "source throws";
          model.source.answer(TestMemorySource.Answer.BROKEN);
        }
        default -> {
          if (isTight) {
            operation = "rest of the budget taken";
            model.takeRestOfBudget();
          }
        }
      }
    }

    private ArenaModel.Live any() {
      // Often the newest: short lives, and the block at the top of its chunk.
      int count = model.liveCount();
      return model.live(choices.oneIn(4) ? count - 1 : choices.next(count));
    }

    private void allocate() {
      int bytes = bytes();
      int alignment = choices.oneIn(8) ? 1 << choices.next(13) : Blocks.GRANULE_BYTES;
      operation = "allocate " + bytes + " aligned to " + alignment;
      model.allocate(bytes, alignment);
    }

    private void reallocate() {
      ArenaModel.Live block = any();
      int bytes =
          switch (choices.next(4)) {
            case 0 -> block.bytes / 2;
            case 1 -> Math.min(block.bytes + choices.next(64), MAX_BYTES);
            case 2 -> Math.min(block.bytes * 2, MAX_BYTES);
            default -> bytes();
          };
      operation = "reallocate to " + bytes;
      model.reallocate(block, bytes);
    }

    /** Mostly small, some around the sizes that protocols use, a few beyond every threshold. */
    private int bytes() {
      int choice = choices.next(256);
      if (choice < 8) {
        return 0;
      } else if (choice < 128) {
        return 1 + choices.next(256);
      } else if (choice < 192) {
        return 257 + choices.next(8 * 1024);
      } else if (choice < 232) {
        return Math.max(0, (1 << choices.next(16)) + choices.next(35) - 17);
      } else if (choice < 249) {
        return choices.next(64 * 1024);
      } else if (choice < 255) {
        return choices.next(512 * 1024);
      } else {
        return choices.oneIn(4) ? choices.next(MAX_BYTES) : choices.next(64 * 1024);
      }
    }

    void requireEverythingSeen() {
      assertThat(model.allocations).isGreaterThan(step / 20);
      assertThat(model.inPlace).isPositive();
      assertThat(model.shrunk).isPositive();
      assertThat(model.moved).isPositive();
      assertThat(model.remoteFrees).isPositive();
      assertThat(model.failures).isPositive();
      assertThat(model.forgottenBytes > 0).isEqualTo(forgetter != null);
      assertThat(reuses > 0).isEqualTo(model.cache.blockBytes(1) > 0);
      // Slots of chunks that went back are used again, once the strategy has forgotten them.
      assertThat((long) model.highestSlot).isLessThan(4 * model.mostChunks + 16);
    }

    void close() {
      operation = "close";
      model.close();
      ArenaInvariants.checkAll(model.arena, model);
      operation = "free after close";
    }

    void freeAllAfterClose() {
      while (model.liveCount() > 0) {
        if (model.liveCount() % 2 == 0) {
          model.free(any());
        } else {
          model.remoteFreeAfterClose(any());
        }
        check();
      }
    }

    void requireNothingLeft() {
      assertThat(model.arena.statistics().liveBlocks()).isZero();
      assertThat(model.arena.statistics().reservedBytes()).isZero();
      model.returnRestOfBudget();
      model.store.trim();
      assertThat(model.budget.reservedBytes()).isZero();
      assertThat(model.source.pieces()).isZero();
    }
  }
}
