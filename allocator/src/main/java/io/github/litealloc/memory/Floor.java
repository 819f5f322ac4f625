package io.github.litealloc.memory;

import org.jspecify.annotations.Nullable;

/**
 * One arena's account with its budget: what the arena holds, and what it is sure to get. Guarded by
 * the monitor of the budget, but for who refused last, which is its holder's.
 */
final class Floor {

  private long wantedBytes;
  private long grantedBytes;
  private long heldBytes;
  private @Nullable Refusal refusedBy; // one holder at a time, as the account

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

  void hold(long bytes) {
    heldBytes += bytes;
  }

  /** Promises more, as far as there is room, until all that is wanted is promised. */
  void grant(long roomBytes) {
    grantedBytes = Math.min(wantedBytes, committedBytes() + roomBytes);
  }

  boolean isGranted() {
    return grantedBytes == wantedBytes;
  }

  /** Promises nothing from now on. */
  void withdraw() {
    wantedBytes = 0;
    grantedBytes = 0;
  }

  /** Who refused the last request that was refused, or nobody since that was forgotten. */
  @Nullable Refusal refusedBy() {
    return refusedBy;
  }

  void refusedBy(@Nullable Refusal refusal) {
    refusedBy = refusal;
  }
}
