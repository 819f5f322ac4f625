package io.github.litealloc.memory;

import java.util.function.LongSupplier;

/**
 * Remembers that the system has refused memory, so that it is not asked again at once. Any thread.
 */
final class SystemRefusal {
  /*
   * A question that a budget answers costs nothing. One that the JVM refuses costs half a second and
   * a full collection or more, and the thread that asks stands still for that time. So after a
   * refusal nobody asks for the length of a pause. Exceptions, each of which is worth a question:
   *
   *   - as many bytes as are wanted have gone back to the system since
   *   - the pause is over: then one thread asks, and the others do without until it has its answer;
   *     unless the refusal is so long ago that it says nothing about the present
   *
   * After a refusal only what is least is asked for: the system may have that where it has no more.
   */

  /** After so many pauses a refusal says nothing any more. */
  private static final int FORGOTTEN_PAUSES = 2;

  private final LongSupplier nanoTime;
  private final long pauseNanos;

  private volatile boolean isKnown; // written under the monitor; false nearly always

  // Guarded by the monitor; of use while a refusal is known.
  private long refusedNanos;
  private long returnedBytes; // to the system, since the refusal
  private boolean isAsking; // somebody, after the pause

  /**
   * Nothing was refused yet.
   *
   * @param pauseNanos how long nobody asks again
   */
  SystemRefusal(LongSupplier nanoTime, long pauseNanos) {
    this.nanoTime = nanoTime;
    this.pauseNanos = pauseNanos;
  }

  /**
   * Whether it makes sense to ask the system. Whoever is told so asks, and then tells the answer.
   *
   * @param bytes how much
   * @param isLeast whether less would be of no use
   */
  boolean mayAsk(long bytes, boolean isLeast) {
    return !isKnown || mayAskAgain(bytes, isLeast);
  }

  private synchronized boolean mayAskAgain(long bytes, boolean isLeast) {
    long agoNanos = nanoTime.getAsLong() - refusedNanos;
    if (agoNanos / FORGOTTEN_PAUSES >= pauseNanos && !isAsking) {
      isKnown = false;
    }
    if (!isKnown) {
      return true; // also if it was served meanwhile
    }
    if (!isLeast || isAsking) {
      return false;
    }
    isAsking = agoNanos >= pauseNanos || returnedBytes >= bytes;
    return isAsking;
  }

  long pauseNanos() {
    return pauseNanos;
  }

  /** The answer was no. */
  synchronized void refused() {
    isKnown = true;
    isAsking = false;
    returnedBytes = 0;
    refusedNanos = nanoTime.getAsLong();
  }

  /** The answer was memory. */
  void served() {
    if (isKnown) {
      forget();
    }
  }

  private synchronized void forget() {
    isKnown = false;
    isAsking = false;
  }

  /** There was no answer: the source has failed. */
  void failed() {
    if (isKnown) {
      stopAsking();
    }
  }

  private synchronized void stopAsking() {
    isAsking = false;
  }

  /** Memory has gone back to the system. */
  void returned(long bytes) {
    if (isKnown) {
      addReturned(bytes);
    }
  }

  private synchronized void addReturned(long bytes) {
    returnedBytes += bytes;
  }

  /** Whether a refusal is so recent that memory must be taken to be short. */
  boolean isRecent() {
    return isKnown && isWithinPause();
  }

  private synchronized boolean isWithinPause() {
    return isKnown && nanoTime.getAsLong() - refusedNanos < pauseNanos;
  }
}
