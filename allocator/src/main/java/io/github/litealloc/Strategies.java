package io.github.litealloc;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The strategies that can be chosen by name. */
public final class Strategies {

  /** A bump pointer and one unsorted free list; fastest while lifetimes end together. */
  public static final StrategyFactory BUMP_FREE_LIST = factory("bump-free-list", BumpFreeList::new);

  /** Size classes with bins, filled by a bump pointer; constant time, for mixed small sizes. */
  public static final StrategyFactory SEGREGATED_BUMP =
      segregatedBump("segregated-bump", SizeClasses.NETWORK);

  /** Sorted, merging free blocks; the least waste, for large or long-lived blocks. */
  public static final StrategyFactory FREE_LIST = factory("free-list", FreeList::new);

  /** Size classes below, merging free blocks above; the default. */
  public static final StrategyFactory HYBRID = factory("hybrid", Hybrid::new);

  /** The name of the strategy that is used unless another one is chosen. */
  public static final String DEFAULT = "hybrid";

  private static final List<StrategyFactory> BUILT_IN =
      List.of(BUMP_FREE_LIST, SEGREGATED_BUMP, FREE_LIST, HYBRID);

  private Strategies() {}

  /**
   * Makes a kind of segregated strategy with other size classes than {@link SizeClasses#NETWORK}.
   *
   * @param name what to call it
   * @param classes its size classes
   * @return a factory for arenas
   */
  public static StrategyFactory segregatedBump(String name, SizeClasses classes) {
    return factory(name, chunks -> new SegregatedBump(chunks, classes));
  }

  /**
   * Finds a strategy: one of the four, or one that a {@link StrategyFactory} service provides.
   *
   * @param name the name, such as {@code "hybrid"}
   * @return its factory
   * @throws IllegalArgumentException if there is none of that name; the message lists those there
   *     are
   */
  public static StrategyFactory named(String name) {
    List<String> names = new ArrayList<>();
    for (StrategyFactory factory : BUILT_IN) {
      if (factory.name().equals(name)) {
        return factory;
      }
      names.add(factory.name());
    }
    for (StrategyFactory factory : ServiceLoader.load(StrategyFactory.class)) {
      if (factory.name().equals(name)) {
        return factory;
      }
      names.add(factory.name());
    }
    throw new IllegalArgumentException(
        "strategy: '" + name + "' (expected: one of " + String.join(", ", names) + ')');
  }

  private static StrategyFactory factory(String name, Function<Chunks, Strategy> constructor) {
    return new StrategyFactory() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Strategy create(Chunks chunks) {
        return constructor.apply(chunks);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }
}
