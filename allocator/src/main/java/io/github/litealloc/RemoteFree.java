package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * Something to be freed that was released on a thread other than its arena's owner. The released
 * object is its own queue node, so that handing it over allocates nothing; it must not be handed
 * over again before {@link #freeOnOwner()} was called.
 *
 * @since 0.1.0
 */
@SuppressWarnings("exports") // JSpecify annotations, which no user needs to have
public interface RemoteFree {

  /** {@return the link that {@link #setNextRemoteFree} has set} */
  @Nullable RemoteFree nextRemoteFree();

  /**
   * Sets the link to the next node of the queue; needs no memory ordering of its own.
   *
   * @param next the next node
   */
  void setNextRemoteFree(@Nullable RemoteFree next);

  /**
   * Frees the blocks by {@link Arena#free}. Called once for each hand-over, by the arena's owner
   * or, when the arena is closed, by any thread while it has the arena to itself.
   */
  void freeOnOwner();
}
