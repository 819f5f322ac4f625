package io.github.litealloc.memory;

/**
 * A listener's registration. Any thread may end it.
 *
 * @since 0.1.0
 */
public interface Subscription extends AutoCloseable {

  /** Has the listener told no more. Closing again does nothing. */
  @Override
  void close();
}
