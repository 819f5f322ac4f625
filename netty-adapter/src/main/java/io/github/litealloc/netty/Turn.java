package io.github.litealloc.netty;

/** Something that is not begun again in the middle of it. One thread only. */
final class Turn {

  private boolean isTaken;

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
}
