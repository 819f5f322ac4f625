package io.github.litealloc.netty;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of the allocators of this process, each of them used once: registries of meters
 * silently ignore a second allocator of the same name.
 */
final class AllocatorNames {

  private static final Set<String> TAKEN = ConcurrentHashMap.newKeySet();

  private AllocatorNames() {}

  /** Takes a name, or the first of name-2, name-3 and so on that is free. */
  static String take(String wanted) {
    String name = wanted;
    for (int number = 2; !TAKEN.add(name); number++) {
      name = wanted + '-' + number;
    }
    return name;
  }

  static void giveBack(String name) {
    TAKEN.remove(name);
  }
}
