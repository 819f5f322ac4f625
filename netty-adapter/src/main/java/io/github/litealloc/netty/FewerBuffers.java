package io.github.litealloc.netty;

import org.jspecify.annotations.Nullable;

/**
 * The tables of a {@link BufferPool} without some of its idle buffers: the others have new numbers,
 * without gaps. Made first, which may fail; then, by {@link #renumber}, which cannot, put to use.
 */
final class FewerBuffers {

  private static final int NO_NUMBER = -1;

  /** By new numbers: the buffers that the table lists. */
  final @Nullable LiteByteBuf[] buffers;

  /** By new numbers. */
  final WeaklyHeldBuffers weaklyHeld;

  /** The new numbers of those idle buffers that stay, the oldest first. */
  final int[] idle;

  /** How many buffers stay. */
  final int count;

  /** By new numbers: all that stay, those included that are held weakly. */
  private final @Nullable LiteByteBuf[] present;

  /**
   * @param buffers the present table
   * @param created how many numbers are given, some of them perhaps to nobody any more
   * @param weaklyHeld those that are not in the table, because they are held weakly
   * @param idle the numbers of idle buffers, the oldest first
   * @param idleCount how many these are
   * @param dropped how many of the oldest shall go
   * @param leastCapacity how long the tables shall be at least
   */
  FewerBuffers(
      @Nullable LiteByteBuf[] buffers,
      int created,
      WeaklyHeldBuffers weaklyHeld,
      int[] idle,
      int idleCount,
      int dropped,
      int leastCapacity) {
    int[] newNumbers = new int[created];
    for (int i = 0; i < dropped; i++) {
      newNumbers[idle[i]] = NO_NUMBER;
    }
    int stay = 0;
    boolean areHeldWeakly = false;
    for (int number = 0; number < created; number++) {
      boolean isHeldWeakly = weaklyHeld.get(number) != null;
      if (newNumbers[number] != NO_NUMBER && (buffers[number] != null || isHeldWeakly)) {
        newNumbers[number] = stay++;
        areHeldWeakly |= isHeldWeakly;
      } else {
        newNumbers[number] = NO_NUMBER;
      }
    }
    int capacity = Math.max(leastCapacity, stay);
    this.count = stay;
    this.buffers = new @Nullable LiteByteBuf[capacity];
    this.present = new @Nullable LiteByteBuf[capacity];
    this.idle = new int[capacity];
    @Nullable WeaklyHeldBuffer[] weak =
        new @Nullable WeaklyHeldBuffer[areHeldWeakly ? capacity : 0];
    this.weaklyHeld = new WeaklyHeldBuffers(weak);
    for (int number = 0; number < created; number++) {
      int newNumber = newNumbers[number];
      if (newNumber != NO_NUMBER) {
        LiteByteBuf buffer = buffers[number];
        WeaklyHeldBuffer outside = weaklyHeld.get(number);
        this.buffers[newNumber] = buffer;
        if (outside != null) {
          weak[newNumber] = outside;
        }
        // If it was collected, nobody has it, and nothing asks for its number.
        present[newNumber] =
            buffer != null || outside == null ? buffer : (LiteByteBuf) outside.get();
      }
    }
    for (int i = dropped; i < idleCount; i++) {
      this.idle[i - dropped] = newNumbers[idle[i]];
    }
  }

  /** Tells the buffers their new numbers. Without a call: there may be no stack for one. */
  void renumber() {
    for (int number = 0; number < count; number++) {
      LiteByteBuf buffer = present[number];
      if (buffer != null) {
        buffer.number = number;
      }
    }
  }
}
