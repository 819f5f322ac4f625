package io.github.litealloc.metrics.internal;

import java.util.function.Predicate;

/** Names that tell things apart which were given the same one. */
public final class UniqueName {

  private UniqueName() {}

  /**
   * Returns the name or, if it is taken, the first of name-2, name-3 and so on that is not.
   *
   * @param wanted the name
   * @param isTaken which names are
   * @return a name that is not taken
   */
  public static String of(String wanted, Predicate<String> isTaken) {
    String name = wanted;
    for (int number = 2; isTaken.test(name); number++) {
      name = wanted + '-' + number;
    }
    return name;
  }
}
