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
  private long wishBytes; // besides what is held; 0 for no wish
  private long wishedNanos;
  private long keptBytes; // for the wish, besides what is held; 0 while it is not granted
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
    return Math.max(heldBytes + keptBytes, grantedBytes);
  }

  /** By how much {@link #committedBytes()} would grow if so much more were held. */
  long growthFor(long bytes) {
    return Math.max(0, heldBytes + Math.max(bytes, keptBytes) - committedBytes());
  }

  /** So many bytes more are held, or less; what is held more may use what was kept. */
  void hold(long bytes) {
    heldBytes += bytes;
    keptBytes = Math.max(0, keptBytes - Math.max(0, bytes));
  }

  /** Promises more, as far as there is room, until all that is wanted is promised. */
  void grant(long roomBytes) {
    grantedBytes = Math.min(wantedBytes, committedBytes() + roomBytes);
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

  long wishBytes() {
    return wishBytes;
  }

  long wishedNanos() {
    return wishedNanos;
  }

  /**
   * Keeps room for the whole wish, if there is so much.
   *
   * @return by how much {@link #committedBytes()} has grown
   */
  long grantWish(long roomBytes) {
    long growth = growthFor(wishBytes);
    if (growth > roomBytes) {
      return 0;
    }
    keptBytes = Math.max(keptBytes, wishBytes);
    return growth;
  }

  void endWish() {
    wishBytes = 0;
    keptBytes = 0;
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
