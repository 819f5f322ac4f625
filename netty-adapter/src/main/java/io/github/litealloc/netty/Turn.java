package io.github.litealloc.netty;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Something that is not begun again in the middle of it. One thread only, or each for itself. */
class Turn {

  private boolean isTaken;

  /** For any number of threads, each of which has a turn of its own. */
  static Turn ofEachThread() {
    return new TurnOfEachThread();
  }

  /**
   * Begins it.
   *
   * @return {@code false} if it is in progress; nothing has changed then
   */
  boolean begin() {
    if (isTaken) {
      return false;
    }
    isTaken = true;
    return true;
  }

  void end() {
    isTaken = false;
  }

  private static final class TurnOfEachThread extends Turn {
    private final Set<Thread> taken = ConcurrentHashMap.newKeySet();

    @Override
    boolean begin() {
      return taken.add(Thread.currentThread());
    }

    @Override
    void end() {
      taken.remove(Thread.currentThread());
    }
  }
}
