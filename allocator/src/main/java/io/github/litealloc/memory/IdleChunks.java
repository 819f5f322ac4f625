package io.github.litealloc.memory;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The empty chunks that a store keeps: found by size when one is needed, and by age when some shall
 * go back. Creates no objects, since the chunks are their own list nodes. Not thread-safe.
 */
final class IdleChunks {
  /*
   * Each chunk is in two lists: that of all chunks, by age, and that of its bin. A bin holds one
   * size, the most recent chunk first; sizes of more than 4 MiB share a bin with those up to the
   * next power of two. So finding a chunk means looking at the heads of the bins of the allowed
   * sizes, of which there are four for a chunk of the usual size, and one for a larger one.
   */

  /** The answer where there is no such chunk. */
  static final int NONE = 0;

  private static final int UNIT_BYTES = Chunk.UNIT_BYTES;
  private static final int HALF_LIVES_PER_DECAY = 10;
  private static final int EXACT_BINS = 64;
  private static final int BINS = EXACT_BINS + binsAboveExact();

  private final @Nullable Chunk[] bins = new @Nullable Chunk[BINS];
  private @Nullable Chunk oldest;
  private @Nullable Chunk newest;
  private long bytes;
  private long halvedNanos; // up to when what nobody needed was halved

  IdleChunks(long nowNanos) {
    this.halvedNanos = nowNanos;
  }

  private static int binsAboveExact() {
    return binOf(Integer.MAX_VALUE) - EXACT_BINS + 1;
  }

  private static int binOf(int bytes) {
    int units = (bytes - 1) / UNIT_BYTES + 1;
    return units <= EXACT_BINS
        ? units - 1
        : EXACT_BINS + log2RoundedUp(units) - log2RoundedUp(EXACT_BINS) - 1;
  }

  private static int log2RoundedUp(int number) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(number - 1);
  }

  /** The bytes of all chunks. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return oldest == null;
  }

  /** The chunk that has been idle longest. */
  @Nullable Chunk oldest() {
    return oldest;
  }

  /** Adds a chunk that is younger than all others. */
  void add(Chunk chunk, long nowNanos) {
    int bin = binOf(chunk.bytes); // the last call: the rest happens, or nothing
    chunk.idleSinceNanos = nowNanos;
    chunk.older = newest;
    chunk.younger = null;
    if (newest == null) {
      oldest = chunk;
    } else {
      newest.younger = chunk;
    }
    newest = chunk;

    Chunk head = bins[bin];
    chunk.olderInBin = head;
    if (head != null) {
      head.youngerInBin = chunk;
    }
    bins[bin] = chunk;
    bytes += chunk.bytes;
  }

  /**
   * Removes a chunk of an allowed size: of the largest, and of these the most recent, which is
   * warm.
   *
   * @param minBytes the least size allowed, at least 1
   * @param maxBytes the largest size allowed
   * @return the chunk, or {@code null} if there is none
   */
  @Nullable Chunk take(int minBytes, int maxBytes) {
    for (int bin = binOf(maxBytes); bin >= binOf(minBytes); bin--) {
      for (Chunk chunk = bins[bin]; chunk != null; chunk = chunk.olderInBin) {
        if (chunk.bytes() >= minBytes && chunk.bytes() <= maxBytes) {
          remove(chunk);
          return chunk;
        }
      }
    }
    return null;
  }

  /**
   * How much of the oldest chunks shall go.
   *
   * @param decayMillis how long chunks are kept; less than 0 for ever
   */
  long decayedBytes(long nowNanos, long decayMillis) {
    if (decayMillis < 0) {
      return 0;
    }
    long decayNanos = TimeUnit.MILLISECONDS.toNanos(decayMillis);
    long halfLifeNanos = decayNanos / HALF_LIVES_PER_DECAY;
    long expired = 0;
    long unneeded = 0;
    long unneededSinceNanos = halvedNanos;
    for (Chunk chunk = oldest; chunk != null; chunk = chunk.younger) {
      long idleNanos = nowNanos - chunk.idleSinceNanos;
      if (idleNanos >= decayNanos) {
        expired += chunk.bytes();
      } else if (idleNanos < halfLifeNanos) {
        break;
      } else if (chunk.idleSinceNanos - unneededSinceNanos > 0) {
        unneededSinceNanos = chunk.idleSinceNanos;
      }
      unneeded += chunk.bytes();
    }
    if (expired == unneeded || nowNanos - unneededSinceNanos < halfLifeNanos) {
      return expired;
    }
    long halvings = (nowNanos - unneededSinceNanos) / halfLifeNanos;
    halvedNanos = unneededSinceNanos + halvings * halfLifeNanos;
    return Math.max(expired, unneeded - (unneeded >> Math.min(halvings, Long.SIZE - 1)));
  }

  /** The size of the smallest chunk that is larger than so many bytes, or {@link #NONE}. */
  int leastSizeAbove(int bytes) {
    for (int bin = binOf(bytes); bin < BINS; bin++) {
      int least = NONE;
      for (Chunk chunk = bins[bin]; chunk != null; chunk = chunk.olderInBin) {
        if (chunk.bytes() > bytes && (least == NONE || chunk.bytes() < least)) {
          least = chunk.bytes();
        }
      }
      if (least != NONE) {
        return least;
      }
    }
    return NONE;
  }

  /** Removes a chunk that is one of these. */
  void remove(Chunk chunk) {
    int bin = binOf(chunk.bytes); // the last call, as above
    Chunk older = chunk.older;
    Chunk younger = chunk.younger;
    if (older == null) {
      oldest = younger;
    } else {
      older.younger = younger;
    }
    if (younger == null) {
      newest = older;
    } else {
      younger.older = older;
    }

    Chunk olderInBin = chunk.olderInBin;
    Chunk youngerInBin = chunk.youngerInBin;
    if (youngerInBin == null) {
      bins[bin] = olderInBin;
    } else {
      youngerInBin.olderInBin = olderInBin;
    }
    if (olderInBin != null) {
      olderInBin.youngerInBin = youngerInBin;
    }

    chunk.older = null;
    chunk.younger = null;
    chunk.olderInBin = null;
    chunk.youngerInBin = null;
    bytes -= chunk.bytes;
  }
}
