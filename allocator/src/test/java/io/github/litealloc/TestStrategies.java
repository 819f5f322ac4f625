package io.github.litealloc;

import io.github.litealloc.testing.RandomOperations;
import java.util.List;
import java.util.function.Function;

/** The strategies that tests run against, with every parameter that changes what they do. */
final class TestStrategies {

  static final StrategyFactory CRATE = Strategies.segregatedBump("crate", SizeClasses.CRATE);

  /** Searches little, and never takes a block more than four times too large. */
  static final StrategyFactory FRUGAL_BUMP =
      new TestStrategy("frugal-bump-free-list", chunks -> new BumpFreeList(chunks, 2, 4));

  static final int COARSE_GRANULE_BYTES = 1024;

  /** The free list that hybrid uses for large blocks. */
  static final StrategyFactory COARSE_FREE_LIST =
      new TestStrategy("coarse-free-list", chunks -> new FreeList(chunks, COARSE_GRANULE_BYTES));

  /** Two steps per doubling, so that many blocks are larger than what was asked for. */
  static final StrategyFactory WIDE_CLASSES =
      Strategies.segregatedBump(
          "wide-classes", SizeClasses.of(16, 48, 96, 192, 384, 768, 1_536, 3_072, 6_144, 24_576));

  private TestStrategies() {}

  static List<StrategyFactory> all() {
    return List.of(
        Strategies.BUMP_FREE_LIST,
        FRUGAL_BUMP,
        Strategies.SEGREGATED_BUMP,
        CRATE,
        WIDE_CLASSES,
        Strategies.FREE_LIST,
        COARSE_FREE_LIST,
        Strategies.HYBRID);
  }

  /** Random operations that demand everything the strategy promises. */
  static RandomOperations operationsOn(StrategyFactory strategy) {
    RandomOperations operations = forgettingOn(strategy);
    if (strategy == Strategies.FREE_LIST) {
      return operations.growingOnlyWhenNothingFits(Blocks.GRANULE_BYTES);
    }
    return strategy == COARSE_FREE_LIST
        ? operations.growingOnlyWhenNothingFits(COARSE_GRANULE_BYTES)
        : operations;
  }

  /** Random operations that have free memory forgotten, too. */
  static RandomOperations forgettingOn(StrategyFactory strategy) {
    return RandomOperations.on(strategy)
        .forgetting((arena, slots, visitor) -> arena.router.forgetFree(slots, visitor));
  }

  /** A strategy with hardening around it, as any other strategy. */
  static StrategyFactory hardened(StrategyFactory strategy, String how, Hardening hardening) {
    return new TestStrategy(
        how + '-' + strategy.name(),
        chunks -> new HardenedStrategy(strategy.create(chunks), chunks, hardening, "tested"));
  }

  /** Poisoned ones, whose figures are those of the plain ones. */
  static List<StrategyFactory> poisoned() {
    Hardening hardening = Hardening.builder().poison(true).build();
    return all().stream().map(plain -> hardened(plain, "poisoned", hardening)).toList();
  }

  private record TestStrategy(String name, Function<Chunks, Strategy> constructor)
      implements StrategyFactory {
    @Override
    public Strategy create(Chunks chunks) {
      return constructor.apply(chunks);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
