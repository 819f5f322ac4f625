package io.github.litealloc;

/**
 * A walk over all that is free in an arena, and where it has come to: it goes on in pieces of a
 * bounded number of steps, with the arena in use in between. Owner thread only.
 *
 * <p>A step is an entry of a list, or a chunk without one. What changes between two pieces is told
 * of as it was before or as it is after; what moves meanwhile may be told of twice, or not at all.
 */
final class FreeWalk {

  private int left;

  /** Which of the strategies that one is made of. */
  private int part;

  /** Which list: a bin, or the slot of a chunk. */
  private int list;

  /** Where in the list: a place, or the offset in the chunk. */
  private int place;

  /** At its beginning, before its first piece. */
  FreeWalk() {}

  /** All of it in one piece. */
  static FreeWalk toTheEnd() {
    FreeWalk walk = new FreeWalk();
    walk.nextPiece(Integer.MAX_VALUE);
    return walk;
  }

  /** Goes back to the beginning. */
  void restart() {
    part = 0;
    list = 0;
    place = 0;
  }

  /** Begins a piece of so many steps at most. */
  void nextPiece(int steps) {
    left = steps;
  }

  /** Takes a step; {@code false} if this piece has none left. */
  boolean step() {
    return left-- > 0;
  }

  /** How many steps this piece has left. */
  int left() {
    return Math.max(0, left);
  }

  int part() {
    return part;
  }

  void nextPart() {
    part++;
    list = 0;
    place = 0;
  }

  int list() {
    return list;
  }

  void nextList() {
    list++;
    place = 0;
  }

  int place() {
    return place;
  }

  /** Has the next piece go on there. */
  void stopAt(int placeOfList) {
    place = placeOfList;
  }
}
