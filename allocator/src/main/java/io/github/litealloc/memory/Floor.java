package io.github.litealloc.memory;

/**
 * One arena's account with its budget: what the arena holds, and what it is sure to get. Guarded by
 * the monitor of the budget.
 */
final class Floor {

  // Where several sums change together, they change here and in the budget without a call in
  // between.
  long wantedBytes;
  long grantedBytes;
  long heldBytes;

  /**
   * An account of which nothing is promised yet.
   *
   * @param bytes how much the arena shall be sure to get, at least 0
   */
  Floor(long bytes) {
    this.wantedBytes = bytes;
  }

  long wantedBytes() {
    return wantedBytes;
  }

  /** What the budget must keep room for: what is held, or was promised if that is more. */
  long committedBytes() {
    return Math.max(heldBytes, grantedBytes);
  }

  /** By how much {@link #committedBytes()} would grow if so much more were held. */
  long growthFor(long bytes) {
    return Math.max(0, heldBytes + bytes - committedBytes());
  }

  /** How much would be promised with so much more room: all that is wanted, if it fits. */
  long grantFor(long roomBytes) {
    return Math.min(wantedBytes, committedBytes() + roomBytes);
  }

  boolean isGranted() {
    return grantedBytes == wantedBytes;
  }
}
