package io.github.litealloc;

/**
 * Makes strategies of one kind. Found by name through {@link java.util.ServiceLoader}, besides the
 * four that come with the library.
 */
public interface StrategyFactory {

  /**
   * Returns the name that users type to select the strategy.
   *
   * @return a name in lower-kebab-case
   */
  String name();

  /**
   * Makes the strategy of one arena.
   *
   * @param chunks the chunks of that arena
   * @return a new strategy without blocks
   */
  Strategy create(Chunks chunks);
}
