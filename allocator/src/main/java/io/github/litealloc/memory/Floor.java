package io.github.litealloc.memory;

import org.jspecify.annotations.Nullable;

/**
 * One arena's account with its budget: what the arena holds, and what it is sure to get. Guarded by
 * the monitor of the budget, but for who refused last, which is its holder's.
 */
final class Floor {

  // Where several sums change together, they change here and in the budget without a call in
  // between.
  long wantedBytes;
  long grantedBytes;
  long heldBytes;
  long keptBytes; // for the wish, besides what is held; 0 while it is not granted
  long wishBytes; // besides what is held; 0 for no wish
  boolean isWithdrawn; // its arena takes nothing any more

  private long wishedNanos;
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
  long allottedBytes() {
    return Math.max(heldBytes + keptBytes, grantedBytes);
  }

  /** By how much {@link #allottedBytes()} would grow if so much more were held. */
  long growthFor(long bytes) {
    return Math.max(0, heldBytes + Math.max(bytes, keptBytes) - allottedBytes());
  }

  /** How much would be promised with so much more room: all that is wanted, if it fits. */
  long grantFor(long roomBytes) {
    return Math.min(wantedBytes, allottedBytes() + roomBytes);
  }

  boolean isGranted() {
    return grantedBytes == wantedBytes;
  }

  boolean hasWish() {
    return wishBytes > 0;
  }

  /** So many bytes are wanted besides those that are held. */
  void wish(long bytes, long nowNanos) {
    wishBytes = bytes;
    wishedNanos = nowNanos;
  }

  long wishedNanos() {
    return wishedNanos;
  }

  /** Who refused the last request that was refused, or nobody since that was forgotten. */
  @Nullable Refusal refusedBy() {
    return refusedBy;
  }

  void refusedBy(@Nullable Refusal refusal) {
    refusedBy = refusal;
  }
}
