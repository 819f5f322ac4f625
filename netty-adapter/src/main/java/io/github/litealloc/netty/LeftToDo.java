package io.github.litealloc.netty;

/**
 * What is left to do with a shared arena, by whoever finds its lock free. Any thread; some of it is
 * done more than once if several threads find it.
 */
final class LeftToDo {

  private final Runnable clockStart;
  private final Runnable lookAtEnd;
  private final Runnable end;

  /** Whether there is something, so that one look is enough. */
  volatile boolean isAny;

  /** Whether the arena may have something to give back, and nobody is there to see to it. */
  private volatile boolean needsClock;

  /** Whether a buffer has come back after the arena's end. */
  private volatile boolean isNearerToEnd;

  /** Whether a strategy of somebody else has ended the allocator, or changed it, meanwhile. */
  private volatile boolean isToEnd;

  /**
   * @param clockStart starts the clock
   * @param lookAtEnd looks whether the arena's end has come
   * @param end ends the arena
   */
  LeftToDo(Runnable clockStart, Runnable lookAtEnd, Runnable end) {
    this.clockStart = clockStart;
    this.lookAtEnd = lookAtEnd;
    this.end = end;
  }

  void startClock() {
    needsClock = true;
    isAny = true;
  }

  void lookAfterEnd() {
    isNearerToEnd = true;
    isAny = true;
  }

  void endArena() {
    isToEnd = true;
    isAny = true;
  }

  /** There is something of which somebody else keeps an account. */
  void note() {
    isAny = true;
  }

  /** Does all of it, if there is anything. */
  void doAll() {
    if (!isAny) {
      return;
    }
    isAny = false; // first: what comes from now on is seen by the next one
    boolean ends = isToEnd;
    boolean isDone = false;
    try {
      if (needsClock) {
        needsClock = false;
        clockStart.run();
      }
      if (isNearerToEnd) {
        isNearerToEnd = false;
        lookAtEnd.run();
      }
      if (ends) {
        isToEnd = false;
        end.run();
      }
      isDone = true;
    } finally {
      if (!isDone) { // by stores, for there may be no stack for a call; once too often does no harm
        needsClock = true;
        isNearerToEnd = true;
        if (ends) {
          isToEnd = true;
        }
        isAny = true;
      }
    }
  }
}
