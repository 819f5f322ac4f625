package io.github.litealloc.memory;

/** A listener's registration. Any thread may end it. */
public interface Subscription extends AutoCloseable {

  /** Has the listener told no more. Closing again does nothing. */
  @Override
  void close();
}
