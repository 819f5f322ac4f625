package io.github.litealloc.benchmarks.record;

import java.util.Arrays;
import java.util.Optional;

/**
 * The history of an application's direct buffers: who allocated, resized and released what, where
 * and when. Sizes, times and thread numbers, nothing else. Unchangeable.
 */
public final class Traffic {

  /** What happened to a buffer. */
  public enum Kind {
    /** It was allocated; the first event of a buffer. */
    ALLOCATE,
    /** It has moved to another block, for it must change its size. */
    RESIZE,
    /** Its last reference was released; the last event of a buffer. */
    RELEASE
  }

  private static final Kind[] KINDS = Kind.values();

  private final int events;
  private final byte[] kinds;
  private final int[] threads;
  private final int[] buffers;
  private final int[] sizes;
  private final long[] nanos;
  private final boolean[] loops;
  private final int bufferCount;
  private final Losses losses;
  private final Optional<ChunkFigures> chunks;

  private Traffic(Builder builder, boolean[] loops, Losses losses, Optional<ChunkFigures> chunks) {
    this.events = builder.events;
    this.kinds = builder.kinds;
    this.threads = builder.threads;
    this.buffers = builder.buffers;
    this.sizes = builder.sizes;
    this.nanos = builder.nanos;
    this.loops = loops;
    this.bufferCount = builder.bufferCount;
    this.losses = losses;
    this.chunks = chunks;
  }

  /** {@return how many events there are} */
  public int events() {
    return events;
  }

  /** {@return how many buffers there are; each is a number from 0, in the order of allocation} */
  public int buffers() {
    return bufferCount;
  }

  /** {@return how many threads there are; each is a number from 0} */
  public int threads() {
    return loops.length;
  }

  /**
   * Says whether a thread was an event loop, as far as its name told.
   *
   * @param thread its number
   * @return {@code false} for any other thread
   */
  public boolean isLoop(int thread) {
    return loops[thread];
  }

  /**
   * Returns what happened.
   *
   * @param event its number, from 0, in the order of time
   * @return the kind
   */
  public Kind kind(int event) {
    return KINDS[kinds[event]];
  }

  /**
   * Returns where it happened.
   *
   * @param event its number
   * @return the number of the thread
   */
  public int thread(int event) {
    return threads[event];
  }

  /**
   * Returns whom it happened to.
   *
   * @param event its number
   * @return the number of the buffer
   */
  public int buffer(int event) {
    return buffers[event];
  }

  /**
   * Returns the size of the buffer from then on; of a release, 0.
   *
   * @param event its number
   * @return bytes
   */
  public int size(int event) {
    return sizes[event];
  }

  /**
   * Returns when it happened.
   *
   * @param event its number
   * @return nanoseconds since the first event
   */
  public long nanos(int event) {
    return nanos[event];
  }

  /** {@return how long it all took, in nanoseconds} */
  public long duration() {
    return events == 0 ? 0 : nanos[events - 1];
  }

  /** {@return what of the application's traffic is not in here} */
  public Losses losses() {
    return losses;
  }

  /**
   * Returns what the application's own allocators held meanwhile.
   *
   * @return the figures of their chunks, if an event told of one
   */
  public Optional<ChunkFigures> chunks() {
    return chunks;
  }

  /**
   * What was seen, but is no part of the history.
   *
   * @param heapBuffers buffers on the heap, which have no address and are no business of arenas
   * @param bornBefore releases and resizes of buffers whose allocation was not recorded
   * @param releasesMissed buffers whose address was given out again though no release was recorded;
   *     they count as released then
   * @param pairedBySize buffers that were paired with a release of the same size, for Netty does
   *     not tell their addresses
   * @param withoutAddress direct buffers without an address, which could not be paired at all
   */
  public record Losses(
      long heapBuffers,
      long bornBefore,
      long releasesMissed,
      long pairedBySize,
      long withoutAddress) {
    /** Nothing was lost. */
    public static final Losses NONE = new Losses(0, 0, 0, 0, 0);
  }

  /** Makes a history from events in the order of time. One thread. */
  public static final class Builder {

    private static final int FIRST_CAPACITY = 1_024;

    private int events;
    private byte[] kinds = new byte[FIRST_CAPACITY];
    private int[] threads = new int[FIRST_CAPACITY];
    private int[] buffers = new int[FIRST_CAPACITY];
    private int[] sizes = new int[FIRST_CAPACITY];
    private long[] nanos = new long[FIRST_CAPACITY];
    private int bufferCount;

    /** Makes an empty history. */
    public Builder() {}

    /**
     * Adds an allocation.
     *
     * @param time in nanoseconds since the first event
     * @param thread the number of the thread, from 0
     * @param size of the buffer, in bytes
     * @return the number of the buffer
     */
    public int allocate(long time, int thread, int size) {
      add(Kind.ALLOCATE, time, thread, bufferCount, size);
      return bufferCount++;
    }

    /**
     * Adds a resize.
     *
     * @param time in nanoseconds since the first event
     * @param thread the number of the thread
     * @param buffer the number of the buffer
     * @param size from now on, in bytes
     */
    public void resize(long time, int thread, int buffer, int size) {
      add(Kind.RESIZE, time, thread, buffer, size);
    }

    /**
     * Adds a release.
     *
     * @param time in nanoseconds since the first event
     * @param thread the number of the thread
     * @param buffer the number of the buffer
     */
    public void release(long time, int thread, int buffer) {
      add(Kind.RELEASE, time, thread, buffer, 0);
    }

    /** {@return how many buffers were allocated so far} */
    public int buffers() {
      return bufferCount;
    }

    private void add(Kind kind, long time, int thread, int buffer, int size) {
      if (events == kinds.length) {
        int more = events + (events >> 1);
        kinds = Arrays.copyOf(kinds, more);
        threads = Arrays.copyOf(threads, more);
        buffers = Arrays.copyOf(buffers, more);
        sizes = Arrays.copyOf(sizes, more);
        nanos = Arrays.copyOf(nanos, more);
      }
      kinds[events] = (byte) kind.ordinal();
      threads[events] = thread;
      buffers[events] = buffer;
      sizes[events] = size;
      nanos[events] = time;
      events++;
    }

    /**
     * Ends a history of which nobody knows what chunks it was in; this must not be used any more.
     *
     * @param loops for each thread whether it is an event loop
     * @param losses what is not in it
     * @return the history
     */
    public Traffic build(boolean[] loops, Losses losses) {
      return build(loops, losses, Optional.empty());
    }

    /**
     * Ends the history; this must not be used any more.
     *
     * @param loops for each thread whether it is an event loop
     * @param losses what is not in it
     * @param chunks what the application's own allocators held, if that was told
     * @return the history
     */
    public Traffic build(boolean[] loops, Losses losses, Optional<ChunkFigures> chunks) {
      return new Traffic(this, loops.clone(), losses, chunks);
    }
  }
}
