package io.github.litealloc.internal;

import java.lang.invoke.MethodHandles;

/**
 * Has classes initialised before they are needed. A class whose initialiser fails, as where the
 * heap is full or the stack ends, is of no use for the rest of the process: so that must not first
 * happen in the middle of an operation, but where an allocator is made.
 */
public final class EagerClasses {

  private EagerClasses() {}

  /**
   * Initialises classes, if they are not.
   *
   * @param lookup of a class that may see them
   * @param types the classes; their initialisers must not use the one that calls this
   */
  public static void initialize(MethodHandles.Lookup lookup, Class<?>... types) {
    try {
      for (Class<?> type : types) {
        lookup.ensureInitialized(type);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
