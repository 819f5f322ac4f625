package io.github.litealloc;

/**
 * Makes strategies of one kind. Any thread.
 *
 * <p>Can be given to {@link ArenaBuilder#strategy(StrategyFactory)}, or be found by its name,
 * besides the four that come with the library, through {@link java.util.ServiceLoader}: then it is
 * a public class with a public constructor without parameters, and is named in {@code
 * META-INF/services/io.github.litealloc.StrategyFactory}, or by {@code provides} in a module
 * descriptor.
 *
 * @since 0.1.0
 */
public interface StrategyFactory {

  /**
   * {@return the name that users type to select the strategy, a name in lower-kebab-case, always
   * the same}
   */
  String name();

  /**
   * Makes the strategy of one arena. Takes no chunk yet.
   *
   * @param chunks the chunks of that arena
   * @return a new strategy without blocks, which shares nothing with those of other arenas
   */
  Strategy create(Chunks chunks);
}
