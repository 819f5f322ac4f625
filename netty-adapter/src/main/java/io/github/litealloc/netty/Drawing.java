package io.github.litealloc.netty;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A map of an arena that is being drawn. Any thread. */
interface Drawing {

  /**
   * Has another one told of the map.
   *
   * @return {@code false} if it is over, and nobody will be
   */
  boolean join(Consumer<@Nullable ArenaMap> answer);
}
