package io.github.litealloc;

import java.util.Arrays;

/**
 * A map from blocks to sizes without boxing: open addressing, linear probing, and deletion by
 * moving followers back (Knuth, The Art of Computer Programming, vol. 3, algorithm 6.4R), so that
 * no tombstones build up. Keys are not negative.
 */
final class LongIntMap {
  /*
   * The stack may end at any call, and the heap at any allocation. So whatever changes something makes
   * no call while it does, or fills arrays that nobody has seen yet.
   */

  private static final long EMPTY = -1;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L; // 2^64 divided by the golden ratio
  private static final int INITIAL_CAPACITY = 16;

  /** Room for half as many entries is never too much. */
  private static final int KEPT_CAPACITY = 512;

  private long[] keys = new long[0];
  private int[] values = new int[0];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  int getOrDefault(long key, int absent) {
    if (size == 0) {
      return absent;
    }
    int i = find(key);
    return keys[i] == key ? values[i] : absent;
  }

  void put(long key, int value) {
    if ((size + 1) * 2 > keys.length) {
      grow();
    }
    int i = find(key);
    if (keys[i] != key) {
      keys[i] = key;
      size++;
    }
    values[i] = value;
  }

  /** Removes a key and returns its value, or {@code absent}. */
  int remove(long key, int absent) {
    if (size == 0) {
      return absent;
    }
    int hole = find(key);
    if (keys[hole] != key) {
      return absent;
    }
    int removed = values[hole];
    int mask = keys.length - 1;
    for (int i = (hole + 1) & mask; keys[i] != EMPTY; i = (i + 1) & mask) {
      int home = (int) (keys[i] * GOLDEN >>> Integer.SIZE) & mask;
      // A follower may fill the hole unless its home lies behind the hole, cyclically.
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        keys[hole] = keys[i];
        values[hole] = values[i];
        hole = i;
      }
    }
    keys[hole] = EMPTY;
    size--;
    return removed;
  }

  void clear() {
    Arrays.fill(keys, EMPTY);
    size = 0;
  }

  /** Lets go of half of the room if seven eighths of it are not needed. */
  void shrink() {
    if (keys.length > KEPT_CAPACITY && size < keys.length / 8) {
      rehash(keys.length / 2);
    }
  }

  /** For half as many entries there is room, for tests. */
  int capacity() {
    return keys.length;
  }

  private int find(long key) {
    int mask = keys.length - 1;
    int i = home(key);
    while (keys[i] != key && keys[i] != EMPTY) {
      i = (i + 1) & mask;
    }
    return i;
  }

  private int home(long key) {
    return (int) (key * GOLDEN >>> Integer.SIZE) & (keys.length - 1);
  }

  private void grow() {
    rehash(Math.max(INITIAL_CAPACITY, keys.length * 2));
  }

  private void rehash(int capacity) {
    int mask = capacity - 1;
    long[] newKeys = new long[capacity];
    int[] newValues = new int[capacity];
    Arrays.fill(newKeys, EMPTY);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != EMPTY) {
        int to = (int) (keys[i] * GOLDEN >>> Integer.SIZE) & mask;
        while (newKeys[to] != EMPTY) {
          to = (to + 1) & mask;
        }
        newKeys[to] = keys[i];
        newValues[to] = values[i];
      }
    }
    keys = newKeys;
    values = newValues;
  }
}
