package io.github.litealloc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The free runs of all chunks of an arena. Finds the lowest one that is large enough: lowest in the
 * first chunk, by slot, that has one.
 */
final class FreeRunIndex {
  /*
   * Each chunk has its own FreeRuns; runs of different chunks are never neighbours. Over them stands a
   * tournament tree (Knuth, The Art of Computer Programming, vol. 3, 5.4.1) of the largest run of each
   * chunk: node i has the children 2i and 2i + 1, the leaves are the slots, the root is node 1.
   */

  private static final int ROOT = 1;

  private @Nullable FreeRuns[] runsBySlot = new @Nullable FreeRuns[4];
  private int[] largest = new int[2 * 4];
  private @Nullable FreeRuns unused; // made for chunks that have gone back
  private int count;
  private int visited;

  /** How many free runs there are. */
  int count() {
    return count;
  }

  /** The size of the largest run, 0 if there is none. */
  int largest() {
    return largest[ROOT];
  }

  /** How many runs searches have looked at since this was last called. */
  int takeVisited() {
    int result = visited;
    visited = 0;
    return result;
  }

  /** Takes {@code bytes} from the start of the lowest run that holds them, or answers NO_BLOCK. */
  long take(int bytes) {
    if (largest[ROOT] < bytes) {
      return Blocks.NO_BLOCK;
    }
    int node = ROOT;
    int slots = runsBySlot.length;
    while (node < slots) {
      node *= 2;
      if (largest[node] < bytes) {
        node++;
      }
    }
    int slot = node - slots;
    FreeRuns runs = runs(slot);
    int before = runs.count();
    int offset = runs.take(bytes);
    changed(slot, runs, before);
    return Blocks.block(slot, offset);
  }

  /** Like {@link #take}, at an aligned address; what lies before and behind stays free. */
  long takeAligned(int bytes, int alignment, Chunks chunks) {
    for (int slot = 0; slot < runsBySlot.length; slot++) {
      if (largest[runsBySlot.length + slot] < bytes) {
        continue;
      }
      FreeRuns runs = runs(slot);
      int before = runs.count();
      int offset = runs.takeAligned(bytes, alignment, slot, chunks);
      changed(slot, runs, before);
      if (offset >= 0) {
        return Blocks.block(slot, offset);
      }
    }
    return Blocks.NO_BLOCK;
  }

  /** Takes the first {@code bytes} of the run that starts at an offset, if that is possible. */
  boolean takeAt(int slot, int offset, int bytes) {
    FreeRuns runs = runsOrNull(slot);
    if (runs == null) {
      return false;
    }
    int before = runs.count();
    boolean taken = runs.takeAt(offset, bytes);
    changed(slot, runs, before);
    return taken;
  }

  /** Removes the run that ends at an offset; returns its size, or 0 if there is none. */
  int removeEndingAt(int slot, int end) {
    FreeRuns runs = runsOrNull(slot);
    if (runs == null) {
      return 0;
    }
    int before = runs.count();
    int size = runs.removeEndingAt(end);
    changed(slot, runs, before);
    return size;
  }

  /**
   * Adds a free run, merged with the runs that touch it.
   *
   * @return how many neighbours it was merged with, 0 to 2
   */
  int add(int slot, int offset, int bytes) {
    FreeRuns runs = runsOrNull(slot);
    if (runs == null) {
      runs = newRuns(slot);
    }
    int before = runs.count();
    int merged = runs.add(offset, bytes);
    changed(slot, runs, before);
    return merged;
  }

  /** Forgets the runs of a chunk. */
  void removeAll(int slot) {
    FreeRuns runs = runsOrNull(slot);
    if (runs != null) {
      int before = runs.count();
      runs.clear();
      changed(slot, runs, before);
      runsBySlot[slot] = null;
      runs.nextUnused = unused;
      unused = runs;
    }
  }

  private FreeRuns runs(int slot) {
    FreeRuns runs = runsBySlot[slot];
    if (runs == null) {
      throw new IllegalStateException("chunk " + slot + " has no free runs");
    }
    return runs;
  }

  private @Nullable FreeRuns runsOrNull(int slot) {
    return slot < runsBySlot.length ? runsBySlot[slot] : null;
  }

  private FreeRuns newRuns(int slot) {
    while (slot >= runsBySlot.length) {
      grow();
    }
    FreeRuns runs = unused;
    if (runs == null) {
      runs = new FreeRuns();
    } else {
      unused = runs.nextUnused;
      runs.nextUnused = null;
    }
    runsBySlot[slot] = runs;
    return runs;
  }

  private void grow() {
    int slots = runsBySlot.length;
    int[] old = largest;
    int[] larger = new int[4 * slots];
    runsBySlot = Arrays.copyOf(runsBySlot, slots * 2);
    largest = larger;
    for (int slot = 0; slot < slots; slot++) {
      setLargest(slot, old[slots + slot]);
    }
  }

  private void changed(int slot, FreeRuns runs, int countBefore) {
    count += runs.count() - countBefore;
    visited += runs.takeVisited();
    setLargest(slot, runs.largest());
  }

  private void setLargest(int slot, int bytes) {
    int node = runsBySlot.length + slot;
    if (largest[node] == bytes) {
      return;
    }
    largest[node] = bytes;
    while (node > ROOT) {
      node /= 2;
      int max = Math.max(largest[2 * node], largest[2 * node + 1]);
      if (largest[node] == max) {
        return; // nothing above can have changed either
      }
      largest[node] = max;
    }
  }

  /** Lets go of room for runs that is far more than there are; see {@link Strategy#shrink}. */
  void shrink(Chunks chunks, boolean atOnce) {
    for (int slot = 0; slot < runsBySlot.length; slot++) {
      FreeRuns runs = runsBySlot[slot];
      if (runs != null && runs.count() == 0 && !chunks.isHeld(slot)) {
        runsBySlot[slot] = null;
      } else if (runs != null && atOnce && runs.hasMuchUnusedRoom()) {
        runsBySlot[slot] = runs.compacted();
      }
    }
  }

  /** Tells of the runs from where the walk is; returns whether it has come to the last one. */
  boolean visit(FreeWalk walk, FreeRunVisitor visitor) {
    for (; walk.list() < runsBySlot.length; walk.nextList()) {
      FreeRuns runs = runsBySlot[walk.list()];
      boolean isEmpty = runs == null || runs.count() == 0;
      if (isEmpty ? !walk.step() : !runs.visit(walk.list(), walk, visitor)) {
        return false;
      }
    }
    return true;
  }

  /** Tells of the runs of a chunk, and forgets them. */
  void forget(int slot, FreeRunVisitor visitor) {
    FreeRuns runs = runsOrNull(slot);
    if (runs != null) {
      runs.visit(slot, FreeWalk.toTheEnd(), visitor);
      removeAll(slot);
    }
  }

  void clear() {
    for (FreeRuns runs : runsBySlot) {
      if (runs != null) {
        runs.clear();
      }
    }
    Arrays.fill(largest, 0);
    count = 0;
  }

  /** Checks every promise of the structure, for tests. */
  void verify() {
    int counted = 0;
    int slots = runsBySlot.length;
    for (int slot = 0; slot < slots; slot++) {
      FreeRuns runs = runsBySlot[slot];
      int bytes = 0;
      if (runs != null) {
        runs.verify();
        counted += runs.count();
        bytes = runs.largest();
      }
      if (largest[slots + slot] != bytes) {
        throw new AssertionError("the largest run of chunk " + slot + " is wrong");
      }
    }
    for (int node = slots - 1; node >= ROOT; node--) {
      if (largest[node] != Math.max(largest[2 * node], largest[2 * node + 1])) {
        throw new AssertionError("node " + node + " is wrong");
      }
    }
    if (counted != count) {
      throw new AssertionError("counted " + counted + " runs, expected " + count);
    }
  }
}
