package io.github.litealloc.netty.internal.backpressure;

/** What the reads of one channel have done to the memory. That channel's event loop. */
final class ReadRecord {
  /*
   * Three kinds of channels follow from it:
   *   trusted    its reads let nothing grow: requests that are answered at once, or what its peer
   *              must send so that memory gets free (window updates, acknowledgements, ends)
   *   growing    its last read let memory grow; it is tried again soon, and if that is the same
   *              again, after twice the time
   *   unknown    neither: too young to be trusted
   *
   * Of the growing ones, those whose memory grew by much more than came in have output to send, which
   * gets less when their peers read, and say so. The others collect what comes in.
   *
   * Output that the transport has not got waits for credit: the peer must send something before it
   * gets more. Such a peer may have asked for many answers with its first few reads, none of which
   * has gone when it asks for the next. So their costs add up, until it sends what costs nothing.
   * What comes in may be copied when it is joined, by far more than the read brought, and is not on
   * its way to the transport either: so they must be many times what has come in so far.
   */

  /** What a message may leave behind: a decoder's beginning of the next one. */
  private static final long NOTICEABLE_BYTES = 4_096;

  /** So many reads in a row without growth make a channel trusted. */
  private static final int TRUSTED_AFTER = 16;

  private static final int MOST_DOUBLINGS = 8;

  /** Growth of more than that many times what came in is output. */
  private static final int OUTPUT_FACTOR = 2;

  /** The same for what was asked for and all that came in. */
  private static final int ASKED_FACTOR = 8;

  private long grownBytes;
  private long costBytes;
  private long askedBytes;
  private long allReceivedBytes;
  private int calmReads;
  private int strikes;
  private boolean hasOutput;
  private boolean waitsForCredit;
  private long triedAgainAt;
  private long grewAt;
  private boolean trusted;
  private boolean suspected;

  /**
   * Notes what a read has done.
   *
   * @param deltaBytes how much more memory is used now
   * @param messages how many messages it brought
   * @param receivedBytes what they took
   * @param pendingBytes the output that waits for the transport, or -1 if nobody knows
   * @param tick now
   * @param mustWait whether the next read has to wait if this one has let memory grow
   * @return whether it has
   */
  boolean note(
      long deltaBytes,
      int messages,
      long receivedBytes,
      long pendingBytes,
      long tick,
      boolean mustWait) {
    // Summed up, or small pieces would go unnoticed for ever.
    grownBytes = Math.max(0, grownBytes + deltaBytes);
    if (grownBytes < NOTICEABLE_BYTES) {
      calmReads++;
      // One calm read after growth is enough: its peer has begun to send what sets memory free.
      trusted |= strikes > 0 || calmReads >= TRUSTED_AFTER;
      strikes = 0;
      waitsForCredit = false;
      allReceivedBytes /= 2; // by and by: what one copies may also get less in between
      return false;
    }
    hasOutput = grownBytes > OUTPUT_FACTOR * receivedBytes;
    // What is collected comes message by message; what is asked for may all come with the next one.
    costBytes = hasOutput ? grownBytes : grownBytes / Math.max(1, messages);
    allReceivedBytes += receivedBytes;
    askedBytes = costBytes + (waitsForCredit ? askedBytes : 0);
    waitsForCredit =
        askedBytes > ASKED_FACTOR * allReceivedBytes
            && pendingBytes >= 0
            && pendingBytes < grownBytes / 2;
    if (!waitsForCredit) {
      askedBytes = costBytes;
    }
    strike(tick, mustWait);
    return true;
  }

  /**
   * Memory has grown, by tasks or other threads, after this channel and perhaps others have read.
   *
   * @param bytes its share
   * @param tick now
   */
  void suspect(long bytes, long tick) {
    hasOutput = true; // not what came in
    waitsForCredit = false;
    costBytes = bytes;
    askedBytes = bytes;
    strike(tick, true);
    suspected = true;
  }

  /** Whether it is only assumed that memory grows by it. */
  boolean isSuspected() {
    return suspected;
  }

  private void strike(long tick, boolean mustWait) {
    suspected = false;
    grownBytes = 0;
    calmReads = 0;
    trusted = false;
    grewAt = tick;
    strikes = mustWait ? strikes + 1 : 1;
    triedAgainAt = mustWait ? tick + (1L << Math.min(strikes - 1, MOST_DOUBLINGS)) : tick;
  }

  boolean isTrusted() {
    return trusted;
  }

  boolean isGrowing() {
    return strikes > 0;
  }

  /** Whether a growing channel may be tried again. */
  boolean isDue(long tick) {
    return tick >= triedAgainAt;
  }

  /** Whether it has not been tried yet since memory grew for the first time. */
  boolean isFirstTry() {
    return strikes == 1;
  }

  /** Whether memory has not grown by it for as long as any channel must wait. */
  boolean isLongDue(long tick) {
    return tick >= grewAt + (1L << MOST_DOUBLINGS);
  }

  /** Whether it was output that it made memory grow by. */
  boolean hasOutput() {
    return hasOutput;
  }

  /** Whether that waits for what its peer is to send. */
  boolean waitsForCredit() {
    return waitsForCredit;
  }

  /** What it has cost since its peer asked for the first of what is still here. */
  long askedBytes() {
    return askedBytes;
  }

  /** Whether memory grows by what comes in, and is kept. */
  boolean isCollecting() {
    return isGrowing() && !hasOutput;
  }

  boolean canBeNoticed(long deltaBytes) {
    return grownBytes + deltaBytes >= NOTICEABLE_BYTES;
  }

  /** What its last growing message cost. */
  long costBytes() {
    return costBytes;
  }
}
