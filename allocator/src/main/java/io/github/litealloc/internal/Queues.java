package io.github.litealloc.internal;

import java.util.Deque;
import java.util.LinkedList;

/** Queues of which nothing is lost where the heap or the stack ends. */
public final class Queues {

  private Queues() {}

  /**
   * A queue that makes room for an entry before it takes it. {@link java.util.ArrayDeque} takes it
   * first: if it cannot grow then, it looks empty, and all that was in it is forgotten.
   *
   * @return an empty queue, for one thread at a time
   * @param <E> what is queued
   */
  @SuppressWarnings("JdkObsolete") // for that reason
  public static <E> Deque<E> unforgetting() {
    return new LinkedList<>();
  }
}
