package io.github.litealloc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The free runs of one chunk in address order, none of which touches another: adding one merges it
 * with its neighbours.
 */
final class FreeRuns {
  /*
   * A two-level sorted array, or a B-tree of height one (Bayer and McCreight, 1972). The runs lie in
   * leaves of up to LEAF_RUNS entries; the directory, itself a sorted array, has for each leaf its
   * first offset and its largest run. So the lowest run that fits is found by two short scans over
   * ints that lie side by side, and a place by two binary searches; an update moves entries within one
   * leaf. A chunk of 256 KiB has 8,192 runs at most, and the directory stays short.
   *
   * A search tree of single runs (a treap was measured) takes a branch that cannot be predicted, and
   * a cache line, for each of its 10 to 20 levels.
   */

  private static final int LEAF_RUNS = 32;
  private static final int SPARSE_RUNS = LEAF_RUNS / 4;

  /** Room for so many leaves is never too much. */
  private static final int KEPT_LEAVES = 4;

  // By leaf and place in it, LEAF_RUNS entries each: the offset above, the size below, so that one
  // copy moves both.
  private long[] entries = new long[LEAF_RUNS];

  // The directory, in address order.
  private int[] leaves = new int[1];
  private int[] counts = new int[1];
  private int[] firsts = new int[1];
  private int[] maxima = new int[1];
  private int leafCount;

  private int[] unusedLeaves = new int[1];
  private int unusedCount;
  private int madeLeaves;

  // Where the run was added last, and its end: the next often follows it. Looked at before use, for
  // other changes may have moved or removed it.
  private int fingerLeaf;
  private int finger;
  private int fingerEnd;

  /** Whoever keeps it for another chunk links it here. */
  @Nullable FreeRuns nextUnused;

  private int runs;
  private int largest;
  private int visited;

  private static long entry(int offset, int size) {
    return (long) offset << Integer.SIZE | size; // a size is never negative
  }

  private int offset(int at) {
    return (int) (entries[at] >>> Integer.SIZE);
  }

  private int size(int at) {
    return (int) entries[at];
  }

  /** How many free runs there are. */
  int count() {
    return runs;
  }

  /** The size of the largest run, 0 if there is none. */
  int largest() {
    return largest;
  }

  /** How many runs searches have looked at since this was last called. */
  int takeVisited() {
    int result = visited;
    visited = 0;
    return result;
  }

  /**
   * Takes bytes from the start of the lowest run that holds them.
   *
   * @param bytes at most {@link #largest()}
   * @return the offset
   */
  int take(int bytes) {
    int d = 0;
    while (maxima[d] < bytes) {
      d++;
    }
    int start = leaves[d] * LEAF_RUNS;
    int i = start;
    while ((int) entries[i] < bytes) {
      i++;
    }
    visited += d + i - start + 1;
    int offset = offset(i);
    cutFront(d, i - start, bytes);
    return offset;
  }

  /**
   * Takes bytes at the lowest place where their address is aligned; what lies before and behind
   * stays free.
   *
   * @return the offset, or −1 if there is no such place
   */
  int takeAligned(int bytes, int alignment, int slot, Chunks chunks) {
    for (int d = 0; d < leafCount; d++) {
      if (maxima[d] < bytes) {
        continue;
      }
      int start = leaves[d] * LEAF_RUNS;
      for (int i = 0; i < counts[d]; i++) {
        visited++;
        int offset = offset(start + i);
        int size = size(start + i);
        long aligned = chunks.alignedOffset(slot, offset, alignment);
        if (aligned + bytes <= (long) offset + size) {
          takeMiddle(d, i, (int) aligned - offset, bytes);
          return (int) aligned;
        }
      }
    }
    return -1;
  }

  private void takeMiddle(int d, int i, int gap, int bytes) {
    if (gap == 0) {
      cutFront(d, i, bytes);
      return;
    }
    int at = leaves[d] * LEAF_RUNS + i;
    int rest = size(at) - gap - bytes;
    int restOffset = offset(at) + gap + bytes;
    change(d, at, offset(at), gap);
    if (rest > 0) {
      insert(d, i + 1, restOffset, rest);
    }
  }

  /** Takes the first bytes of the run that starts at an offset, if there is one that holds them. */
  boolean takeAt(int offset, int bytes) {
    int d = leafAt(offset);
    int i = d < 0 ? -1 : placeAt(d, offset);
    if (i < 0) {
      return false;
    }
    int at = leaves[d] * LEAF_RUNS + i;
    if (offset(at) != offset || size(at) < bytes) {
      return false;
    }
    cutFront(d, i, bytes);
    return true;
  }

  /** Removes the run that ends at an offset; returns its size, or 0 if there is none. */
  int removeEndingAt(int end) {
    int d = leafAt(end - 1);
    int i = d < 0 ? -1 : placeAt(d, end - 1);
    if (i < 0) {
      return 0;
    }
    int at = leaves[d] * LEAF_RUNS + i;
    int size = size(at);
    if (offset(at) + size != end) {
      return 0;
    }
    remove(d, i);
    return size;
  }

  /**
   * Adds a free run, merged with the runs that touch it.
   *
   * @return how many neighbours it was merged with, 0 to 2
   */
  int add(int offset, int bytes) {
    if (runs == 0) {
      insert(0, 0, offset, bytes);
      return 0;
    }
    int d;
    int before;
    if (isFinger(offset)) {
      d = fingerLeaf;
      before = finger;
    } else {
      d = Math.max(0, leafAt(offset));
      before = placeAt(d, offset);
    }
    int after = before + 1;
    int afterD = d;
    if (after == counts[d]) {
      after = 0;
      afterD = d + 1;
    }
    int atBefore = leaves[d] * LEAF_RUNS + before;
    int atAfter = afterD < leafCount ? leaves[afterD] * LEAF_RUNS + after : -1;
    boolean touchesBefore = before >= 0 && offset(atBefore) + size(atBefore) == offset;
    boolean touchesAfter = atAfter >= 0 && offset(atAfter) == offset + bytes;
    if (touchesBefore) {
      int merged = size(atBefore) + bytes;
      if (touchesAfter) {
        merged += size(atAfter);
        remove(afterD, after); // may join leaves behind, but moves nothing before it
      }
      point(d, before, offset(atBefore) + merged);
      change(d, atBefore, offset(atBefore), merged);
      return touchesAfter ? 2 : 1;
    }
    if (touchesAfter) {
      if (after == 0) {
        firsts[afterD] = offset;
      }
      int merged = size(atAfter) + bytes;
      point(afterD, after, offset + merged);
      change(afterD, atAfter, offset, merged);
      return 1;
    }
    insert(d, before + 1, offset, bytes);
    return 0;
  }

  private void point(int d, int i, int end) {
    fingerLeaf = d;
    finger = i;
    fingerEnd = end;
  }

  /** Whether what was added last still is, and ends at an offset. */
  private boolean isFinger(int offset) {
    if (offset != fingerEnd || fingerLeaf >= leafCount || finger >= counts[fingerLeaf]) {
      return false;
    }
    int at = leaves[fingerLeaf] * LEAF_RUNS + finger;
    return offset(at) + size(at) == offset;
  }

  private void cutFront(int d, int i, int bytes) {
    int at = leaves[d] * LEAF_RUNS + i;
    int rest = size(at) - bytes;
    if (rest == 0) {
      remove(d, i);
      return;
    }
    int offset = offset(at) + bytes; // stays between its neighbours, so the order holds
    if (i == 0) {
      firsts[d] = offset;
    }
    change(d, at, offset, rest);
  }

  private void change(int d, int at, int offset, int size) {
    int old = size(at);
    entries[at] = entry(offset, size);
    if (runs == 1) {
      maxima[d] = size;
      largest = size;
    } else if (size > maxima[d]) {
      maxima[d] = size;
      largest = Math.max(largest, size);
    } else if (old == maxima[d]) {
      maximumGone(d, old);
    }
  }

  /** A run as large as the leaf's largest has become smaller or has gone. */
  private void maximumGone(int d, int old) {
    findMaximum(d);
    if (old == largest) {
      findLargest();
    }
  }

  private void findLargest() {
    int max = 0;
    for (int d = 0; d < leafCount; d++) {
      max = Math.max(max, maxima[d]);
    }
    largest = max;
  }

  /** The leaf where a run at the offset would lie, or −1 if it lies before all of them. */
  private int leafAt(int offset) {
    int low = 0;
    int left = leafCount;
    while (left > 1) {
      int half = left >>> 1;
      low = firsts[low + half] <= offset ? low + half : low;
      left -= half;
    }
    return left == 1 && firsts[low] <= offset ? low : -1;
  }

  /** The place in a leaf of the last run that starts at or before the offset, or −1. */
  private int placeAt(int d, int offset) {
    int start = leaves[d] * LEAF_RUNS;
    long key = entry(offset, Integer.MAX_VALUE); // above the run that starts at the offset
    int low = start;
    int left = counts[d];
    while (left > 1) { // without a branch on the values, which could not be predicted
      int half = left >>> 1;
      low = entries[low + half] <= key ? low + half : low;
      left -= half;
    }
    return left == 1 && entries[low] <= key ? low - start : -1;
  }

  private void insert(int d, int i, int offset, int bytes) {
    if (leafCount == 0) {
      addLeaf(0);
    } else if (counts[d] == LEAF_RUNS) {
      insertIntoFullLeaf(d, i, offset, bytes);
      return;
    }
    int start = leaves[d] * LEAF_RUNS;
    int at = start + i;
    int following = counts[d] - i;
    if (following > 0) {
      System.arraycopy(entries, at, entries, at + 1, following);
    }
    entries[at] = entry(offset, bytes);
    point(d, i, offset + bytes);
    counts[d]++;
    runs++;
    if (i == 0) {
      firsts[d] = offset;
    }
    if (bytes > maxima[d]) {
      maxima[d] = bytes;
      largest = Math.max(largest, bytes);
    }
  }

  private void insertIntoFullLeaf(int d, int i, int offset, int bytes) {
    // At the very end a leaf of its own: runs that come in ascending order leave full leaves
    // behind.
    boolean isLast = i == LEAF_RUNS && d == leafCount - 1;
    int kept = isLast ? LEAF_RUNS : LEAF_RUNS / 2;
    addLeaf(d + 1);
    int from = leaves[d] * LEAF_RUNS + kept;
    int to = leaves[d + 1] * LEAF_RUNS;
    int moved = LEAF_RUNS - kept;
    System.arraycopy(entries, from, entries, to, moved);
    counts[d] = kept;
    counts[d + 1] = moved;
    firsts[d + 1] = offset(to);
    findMaximum(d);
    findMaximum(d + 1);
    if (i > kept || isLast) {
      insert(d + 1, i - kept, offset, bytes);
    } else {
      insert(d, i, offset, bytes);
    }
  }

  private void findMaximum(int d) {
    int start = leaves[d] * LEAF_RUNS;
    int max = 0;
    for (int i = start; i < start + counts[d]; i++) {
      max = Math.max(max, size(i));
    }
    maxima[d] = max;
  }

  private void remove(int d, int i) {
    int start = leaves[d] * LEAF_RUNS;
    int at = start + i;
    int old = size(at);
    int following = --counts[d] - i;
    runs--;
    if (following > 0) {
      System.arraycopy(entries, at + 1, entries, at, following);
    }
    if (counts[d] == 0) {
      removeLeaf(d);
      if (old == largest) {
        findLargest();
      }
      return;
    }
    if (i == 0) {
      firsts[d] = offset(start);
    }
    if (old == maxima[d]) {
      maximumGone(d, old);
    }
    if (counts[d] < SPARSE_RUNS) {
      joinWithNext(d);
    }
  }

  /** Keeps few leaves with few runs each from becoming many. */
  private void joinWithNext(int d) {
    if (d + 1 == leafCount || counts[d] + counts[d + 1] > LEAF_RUNS / 2) {
      return;
    }
    int from = leaves[d + 1] * LEAF_RUNS;
    int to = leaves[d] * LEAF_RUNS + counts[d];
    System.arraycopy(entries, from, entries, to, counts[d + 1]);
    counts[d] += counts[d + 1];
    maxima[d] = Math.max(maxima[d], maxima[d + 1]);
    removeLeaf(d + 1);
  }

  private void addLeaf(int d) {
    if (leafCount == leaves.length) {
      int capacity = leafCount * 2;
      counts = Arrays.copyOf(counts, capacity);
      firsts = Arrays.copyOf(firsts, capacity);
      maxima = Arrays.copyOf(maxima, capacity);
      unusedLeaves = Arrays.copyOf(unusedLeaves, capacity);
      leaves = Arrays.copyOf(leaves, capacity); // last: its length says that all of them have grown
    }
    shiftDirectory(d, d + 1, leafCount - d);
    leafCount++;
    leaves[d] = unusedCount > 0 ? unusedLeaves[--unusedCount] : newLeaf();
    counts[d] = 0;
    maxima[d] = 0;
  }

  private int newLeaf() {
    if ((madeLeaves + 1) * LEAF_RUNS > entries.length) {
      entries = Arrays.copyOf(entries, entries.length * 2);
    }
    return madeLeaves++;
  }

  private void removeLeaf(int d) {
    unusedLeaves[unusedCount++] = leaves[d];
    leafCount--;
    shiftDirectory(d + 1, d, leafCount - d);
  }

  private void shiftDirectory(int from, int to, int count) {
    if (count > 0) {
      System.arraycopy(leaves, from, leaves, to, count);
      System.arraycopy(counts, from, counts, to, count);
      System.arraycopy(firsts, from, firsts, to, count);
      System.arraycopy(maxima, from, maxima, to, count);
    }
  }

  /** Whether less than a quarter of the room is used, and a few leaves would do. */
  boolean hasMuchUnusedRoom() {
    return entries.length > KEPT_LEAVES * LEAF_RUNS && runs < entries.length / 4;
  }

  /** The same runs with no more room than they need. */
  FreeRuns compacted() {
    FreeRuns compacted = new FreeRuns();
    for (int d = 0; d < leafCount; d++) {
      int start = leaves[d] * LEAF_RUNS;
      for (int i = start; i < start + counts[d]; i++) {
        compacted.add(offset(i), size(i));
      }
    }
    return compacted;
  }

  /** Tells of the runs from where the walk is; returns whether it has come to the last one. */
  boolean visit(int slot, FreeWalk walk, FreeRunVisitor visitor) {
    int from = walk.place();
    for (int d = Math.max(0, leafAt(from)); d < leafCount; d++) {
      int start = leaves[d] * LEAF_RUNS;
      for (int i = start; i < start + counts[d]; i++) {
        if (offset(i) < from) {
          continue; // in the first leaf only
        }
        if (!walk.step()) {
          walk.stopAt(offset(i));
          return false;
        }
        visitor.freeRun(slot, offset(i), size(i));
      }
    }
    return true;
  }

  void clear() {
    leafCount = 0;
    unusedCount = 0;
    madeLeaves = 0;
    runs = 0;
    largest = 0;
  }

  /** Checks every promise of the structure, for tests. */
  void verify() {
    int counted = 0;
    int max = 0;
    int end = -1;
    for (int d = 0; d < leafCount; d++) {
      int start = leaves[d] * LEAF_RUNS;
      int leafMax = 0;
      require(counts[d] > 0, "an empty leaf");
      require(firsts[d] == offset(start), "firsts");
      for (int i = start; i < start + counts[d]; i++) {
        require(size(i) > 0, "an empty run");
        require(offset(i) > end, "a run touches or precedes the one before");
        end = offset(i) + size(i);
        leafMax = Math.max(leafMax, size(i));
        counted++;
      }
      require(maxima[d] == leafMax, "maxima");
      max = Math.max(max, leafMax);
    }
    require(counted == runs, "runs");
    require(max == largest, "largest");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + " is wrong");
    }
  }
}
