package io.github.litealloc;

import java.util.Arrays;

/**
 * Free blocks in address order that never touch each other: adding one merges it with its
 * neighbours. Finding the lowest block that is large enough, and every update, takes time in the
 * logarithm of the number of blocks.
 */
final class FreeBlockTree {
  /*
   * A treap (Seidel and Aragon, Randomized Search Trees, 1996): a search tree by block, a heap by
   * priority. Each node also knows the largest block of its subtree, so the leftmost fit is found in
   * one descent. A node is an index into parallel arrays; 0 is the empty tree. A node's priority is
   * a hash of its index: indices are reused without regard to addresses, so it is as good as random.
   *
   * Blocks of different chunks cannot be neighbours: a block's chunk is its upper half, and no chunk
   * is as large as the lower half could express.
   */

  private static final int NIL = 0;
  private static final int INITIAL_CAPACITY = 32;

  private long[] block = new long[INITIAL_CAPACITY];
  private int[] size = new int[INITIAL_CAPACITY];
  private int[] largest = new int[INITIAL_CAPACITY];
  private int[] left = new int[INITIAL_CAPACITY];
  private int[] right = new int[INITIAL_CAPACITY];
  private int[] path = new int[INITIAL_CAPACITY];

  private int root;
  private int nodes;
  private int allocated = 1;
  private int freeNode = NIL; // linked through left
  private int visited;

  // The two results of split.
  private int splitLeft;
  private int splitRight;

  /** How many free blocks there are. */
  int count() {
    return nodes;
  }

  /** The size of the largest block, 0 if there is none. */
  int largest() {
    return largest[root];
  }

  /** How many blocks the operations have looked at since this was last called. */
  int takeVisited() {
    int result = visited;
    visited = 0;
    return result;
  }

  /**
   * Takes {@code bytes} from the start of the lowest block that holds them, or answers NO_BLOCK.
   */
  long take(int bytes) {
    int node = root;
    if (largest[node] < bytes) {
      return Blocks.NO_BLOCK;
    }
    int depth = 0;
    while (true) {
      depth = push(depth, node);
      int lower = left[node];
      if (largest[lower] >= bytes) {
        node = lower;
      } else if (size[node] >= bytes) {
        break;
      } else {
        node = right[node];
      }
    }
    visited += depth;
    long start = block[node];
    cutFront(node, depth, bytes);
    return start;
  }

  /** Like {@link #take}, at an aligned address; the gap before it stays free. */
  long takeAligned(int bytes, int alignment, Chunks chunks) {
    int node = findAligned(root, bytes, alignment, chunks);
    if (node == NIL) {
      return Blocks.NO_BLOCK;
    }
    long start = block[node];
    int nodeBytes = size[node];
    int gap = gapBefore(start, alignment, chunks);
    int depth = pathTo(start);
    if (gap == 0) {
      cutFront(node, depth, bytes);
      return start;
    }
    size[node] = gap;
    updateUpwards(depth);
    int rest = nodeBytes - gap - bytes;
    if (rest > 0) {
      insert(start + gap + bytes, rest);
    }
    return start + gap;
  }

  private int findAligned(int node, int bytes, int alignment, Chunks chunks) {
    if (largest[node] < bytes) {
      return NIL;
    }
    visited++;
    int found = findAligned(left[node], bytes, alignment, chunks);
    if (found != NIL) {
      return found;
    }
    if (size[node] - (long) gapBefore(block[node], alignment, chunks) >= bytes) {
      return node;
    }
    return findAligned(right[node], bytes, alignment, chunks);
  }

  private static int gapBefore(long start, int alignment, Chunks chunks) {
    int offset = Blocks.offset(start);
    return (int) (chunks.alignedOffset(Blocks.chunk(start), offset, alignment) - offset);
  }

  /**
   * Takes the first {@code bytes} of the block that starts at {@code start}, if that is possible.
   */
  boolean takeAt(long start, int bytes) {
    int depth = pathTo(start);
    if (depth == 0) {
      return false;
    }
    int node = path[depth - 1];
    if (block[node] != start || size[node] < bytes) {
      return false;
    }
    cutFront(node, depth, bytes);
    return true;
  }

  private void cutFront(int node, int depth, int bytes) {
    int rest = size[node] - bytes;
    if (rest == 0) {
      remove(depth);
    } else {
      block[node] += bytes; // stays between its neighbours, so the order holds
      size[node] = rest;
      updateUpwards(depth);
    }
  }

  /** Removes the block that starts at {@code start}; returns its size, or 0 if there is none. */
  int removeAt(long start) {
    int depth = pathTo(start);
    if (depth == 0 || block[path[depth - 1]] != start) {
      return 0;
    }
    int bytes = size[path[depth - 1]];
    remove(depth);
    return bytes;
  }

  /** Removes the block that ends at {@code end}; returns its size, or 0 if there is none. */
  int removeEndingAt(long end) {
    int depth = 0;
    int found = 0;
    for (int node = root; node != NIL; ) {
      depth = push(depth, node);
      if (block[node] < end) {
        found = depth;
        node = right[node];
      } else {
        node = left[node];
      }
    }
    visited += depth;
    if (found == 0) {
      return 0;
    }
    int node = path[found - 1];
    if (block[node] + size[node] != end) {
      return 0;
    }
    int bytes = size[node];
    remove(found);
    return bytes;
  }

  /**
   * Adds a free block, merged with the free blocks that touch it.
   *
   * @return how many neighbours it was merged with, 0 to 2
   */
  int add(long start, int bytes) {
    long end = start + bytes;
    int depth = 0;
    int before = 0; // depths of the neighbours: both lie on the path to where the block belongs
    int after = 0;
    for (int node = root; node != NIL; ) {
      depth = push(depth, node);
      if (block[node] < start) {
        before = depth;
        node = right[node];
      } else {
        after = depth;
        node = left[node];
      }
    }
    visited += depth;
    boolean touchesBefore = before > 0 && endOf(path[before - 1]) == start;
    boolean touchesAfter = after > 0 && block[path[after - 1]] == end;
    if (touchesBefore && touchesAfter) {
      int gone = path[after - 1];
      size[path[before - 1]] += bytes + size[gone];
      updateUpwards(before);
      remove(after);
      return 2;
    }
    if (touchesBefore) {
      size[path[before - 1]] += bytes;
      updateUpwards(before);
      return 1;
    }
    if (touchesAfter) {
      int node = path[after - 1];
      block[node] = start;
      size[node] += bytes;
      updateUpwards(after);
      return 1;
    }
    insert(start, bytes);
    return 0;
  }

  private long endOf(int node) {
    return block[node] + size[node];
  }

  private void insert(long start, int bytes) {
    int added = newNode(start, bytes);
    int priority = priority(added);
    int depth = 0;
    int node = root;
    while (node != NIL && priority(node) >= priority) {
      depth = push(depth, node);
      node = start < block[node] ? left[node] : right[node];
    }
    split(node, start);
    left[added] = splitLeft;
    right[added] = splitRight;
    update(added);
    replaceChild(depth, start, added);
    updateUpwards(depth);
    nodes++;
  }

  /** Removes the node at the end of the path of the given depth. */
  private void remove(int depth) {
    int node = path[depth - 1];
    int merged = merge(left[node], right[node]);
    replaceChild(depth - 1, block[node], merged);
    left[node] = freeNode;
    freeNode = node;
    nodes--;
    updateUpwards(depth - 1);
  }

  /** Hangs a subtree below the end of the path, on the side where {@code start} belongs. */
  private void replaceChild(int depth, long start, int child) {
    if (depth == 0) {
      root = child;
      return;
    }
    int parent = path[depth - 1];
    if (start < block[parent]) {
      left[parent] = child;
    } else {
      right[parent] = child;
    }
  }

  /** Splits a subtree into what lies below and above a block that it does not contain. */
  private void split(int node, long at) {
    if (node == NIL) {
      splitLeft = NIL;
      splitRight = NIL;
    } else if (block[node] < at) {
      split(right[node], at);
      right[node] = splitLeft;
      update(node);
      splitLeft = node;
    } else {
      split(left[node], at);
      left[node] = splitRight;
      update(node);
      splitRight = node;
    }
  }

  /** Joins two subtrees, everything in the first lying below everything in the second. */
  private int merge(int lower, int upper) {
    if (lower == NIL) {
      return upper;
    }
    if (upper == NIL) {
      return lower;
    }
    if (priority(lower) >= priority(upper)) {
      right[lower] = merge(right[lower], upper);
      update(lower);
      return lower;
    }
    left[upper] = merge(lower, left[upper]);
    update(upper);
    return upper;
  }

  /** Fills the path from the root towards {@code start}; returns its depth. */
  private int pathTo(long start) {
    int depth = 0;
    for (int node = root; node != NIL; ) {
      depth = push(depth, node);
      if (block[node] == start) {
        break;
      }
      node = start < block[node] ? left[node] : right[node];
    }
    visited += depth;
    return depth;
  }

  private int push(int depth, int node) {
    if (depth == path.length) {
      path = Arrays.copyOf(path, depth * 2);
    }
    path[depth] = node;
    return depth + 1;
  }

  private void updateUpwards(int depth) {
    for (int i = depth - 1; i >= 0; i--) {
      if (!update(path[i])) {
        return; // nothing above can have changed either
      }
    }
  }

  private boolean update(int node) {
    int max = Math.max(size[node], Math.max(largest[left[node]], largest[right[node]]));
    if (largest[node] == max) {
      return false;
    }
    largest[node] = max;
    return true;
  }

  private static int priority(int node) {
    int mixed = node * 0x9E3779B9; // 2^32 divided by the golden ratio
    mixed = (mixed ^ (mixed >>> 15)) * 0x85EBCA6B;
    return mixed ^ (mixed >>> 13);
  }

  private int newNode(long start, int bytes) {
    int node = freeNode;
    if (node != NIL) {
      freeNode = left[node];
    } else {
      node = allocated++;
      if (node == block.length) {
        grow();
      }
    }
    block[node] = start;
    size[node] = bytes;
    largest[node] = 0; // so that the first update counts as a change
    return node;
  }

  private void grow() {
    int capacity = block.length * 2;
    block = Arrays.copyOf(block, capacity);
    size = Arrays.copyOf(size, capacity);
    largest = Arrays.copyOf(largest, capacity);
    left = Arrays.copyOf(left, capacity);
    right = Arrays.copyOf(right, capacity);
  }

  void clear() {
    root = NIL;
    nodes = 0;
    allocated = 1;
    freeNode = NIL;
  }

  /** Checks every promise of the structure, for tests. */
  void verify() {
    long[] previousEnd = {Long.MIN_VALUE};
    int counted = verify(root, previousEnd);
    if (counted != nodes) {
      throw new AssertionError("counted " + counted + " nodes, expected " + nodes);
    }
  }

  private int verify(int node, long[] previousEnd) {
    if (node == NIL) {
      return 0;
    }
    int lower = verify(left[node], previousEnd);
    if (block[node] <= previousEnd[0]) {
      throw new AssertionError("block " + block[node] + " touches or precedes its predecessor");
    }
    previousEnd[0] = endOf(node);
    int upper = verify(right[node], previousEnd);
    int max = Math.max(size[node], Math.max(largest[left[node]], largest[right[node]]));
    if (max != largest[node]) {
      throw new AssertionError("largest is " + largest[node] + ", expected " + max);
    }
    return lower + 1 + upper;
  }
}
