package io.github.litealloc;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * The strategies that can be chosen by name.
 *
 * <p>Their books lie on the heap. With some thousands of blocks of the sizes that servers use, as
 * weighed with JOL by {@code lite-alloc footprint} (JDK 17, 2026-11-26):
 *
 * <pre>
 *   strategy          bytes for a live block   for a free block
 *   hybrid                      3.7                 15
 *   bump-free-list              2.2                 16
 *   segregated-bump             2.3                 14
 *   free-list                   7.7                 12
 * </pre>
 *
 * <p>That is the share of each in tables that grow by doubling; a single block costs nothing of its
 * own while it is live. A checked arena adds a map entry, 24 to 48 bytes.
 *
 * @since 0.1.0
 */
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

  /** The strategy that is used unless another one is chosen. */
  public static final StrategyFactory DEFAULT = HYBRID;

  private static final List<StrategyFactory> BUILT_IN =
      List.of(BUMP_FREE_LIST, SEGREGATED_BUMP, FREE_LIST, HYBRID);

  private Strategies() {}

  /**
   * Makes a kind of {@code bump-free-list} that wastes less: a request takes no free block that is
   * more than a given factor too large for it, but carves a new one. Without that guard a request
   * may take any block that is up to {@link Blocks#MAX_SLACK_BYTES} too large.
   *
   * @param name what to call it
   * @param wasteFactor how many times as large as the request, rounded up to 16 bytes, a block may
   *     be; at least 1, which reuses exact fits only
   * @return a factory for arenas
   * @throws IllegalArgumentException if {@code wasteFactor} is less than 1
   */
  public static StrategyFactory bumpFreeList(String name, int wasteFactor) {
    if (wasteFactor < 1) {
      throw new IllegalArgumentException("wasteFactor: " + wasteFactor + " (expected: at least 1)");
    }
    return factory(
        name, chunks -> new BumpFreeList(chunks, BumpFreeList.DEFAULT_SEARCH_LIMIT, wasteFactor));
  }

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
