package io.github.litealloc;

import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.Require;
import java.util.function.Consumer;

/**
 * What an arena does to find memory errors, and to keep secrets out of freed memory. Immutable; may
 * be shared by any number of arenas. Off by default, and then free: an arena with {@link #off()}
 * runs the same code as one that has never heard of hardening.
 *
 * <ul>
 *   <li><em>Poison</em>: free memory holds a pattern, which is verified when it is reused and when
 *       its chunk goes back. Finds whoever writes into a block that was freed.
 *   <li><em>Guards</em>: the bytes behind every block hold the pattern, which is verified when the
 *       block is freed or reallocated. Finds whoever writes behind the end of a block.
 *   <li><em>Quarantine</em>: a freed block waits before it is reused, first in, first out. Its
 *       poison is verified when it leaves. Finds late writes, which would else hit a new owner.
 *   <li><em>Zero on free</em>: what was in a block is overwritten with zeros as soon as the block
 *       is freed, moved or shrunk, so before its chunk goes back; after a remote free, when the
 *       owner drains it. Can be used alone.
 * </ul>
 *
 * <p>With guards, poison or a quarantine an arena keeps account of every live block, and so is
 * checked, whatever {@link ArenaBuilder#checked} says; a double free is refused with the name of
 * the first releaser. {@link Arena#verify()} looks at all live and quarantined blocks at once.
 *
 * <p>What is found is a {@link MemoryViolation}: counted by {@link ArenaStatistics#violations()},
 * repaired (the pattern is restored, so the memory is used on and the same damage is reported
 * once), and told. By default it is logged, because applications swallow exceptions, and thrown as
 * a {@link MemoryViolationException}: by {@code free}, {@code trim}, {@code verify} and {@code
 * close} after all was done that was asked for; by {@code allocate}, {@code reallocate} and {@code
 * reset} before anything was done, so that they can be called again. What is found while a block is
 * moved or grows is told by the next call. {@link Builder#onViolation} puts somebody else in the
 * place of log and exception. The thread is the owner; on a closed arena, whoever frees.
 *
 * <p>Of an allocator for Netty, releases of buffers that had been released are counted as well
 * ({@link ArenaStatistics#violationsDoubleRelease()}), by any of these settings. They are no {@link
 * MemoryViolation}: Netty's own exception tells of them, and no listener is called.
 *
 * <p>Guards and quarantined blocks count as {@linkplain ArenaStatistics#usedBytes() used} and pin
 * their chunks, since nobody else can have them; in {@linkplain ArenaStatistics#requestedBytes()
 * requested} and {@linkplain ArenaStatistics#liveBlocks() live blocks} they do not show. Before a
 * request fails, and in {@link Arena#trim()} and {@link Arena#close()}, the quarantine is emptied.
 * A closed arena has none.
 *
 * <p>Not found: reads; writes of the very byte that the pattern has there; writes behind the guard
 * into a neighbour that is live. Of a request close to 2 GiB the guard is cut.
 *
 * @since 0.1.0
 */
public final class Hardening {

  /** The size of the guard and the bounds of the quarantine that {@link #debug()} has. */
  static final int DEBUG_GUARD_BYTES = 16;

  static final int DEBUG_QUARANTINE_BLOCKS = 1_024;
  static final long DEBUG_QUARANTINE_BYTES = 1 << 20;

  /** Far above what any overrun by mistake has skipped, far below what would waste a chunk. */
  static final int MAX_GUARD_BYTES = 4_096;

  private static final Hardening OFF = builder().build();
  private static final Hardening ZERO_ON_FREE = builder().zeroOnFree(true).build();

  private final boolean poison;
  private final int guardBytes;
  private final int quarantineBlocks;
  private final long quarantineBytes;
  private final boolean zeroOnFree;
  private final boolean stackTraces;
  private final Consumer<? super MemoryViolation> listener;

  private Hardening(Builder builder) {
    this.poison = builder.poison;
    this.guardBytes = builder.guardBytes;
    this.quarantineBlocks = builder.quarantineBlocks;
    this.quarantineBytes = builder.quarantineBytes;
    this.zeroOnFree = builder.zeroOnFree;
    this.stackTraces = builder.stackTraces;
    this.listener = builder.listener;
  }

  /** {@return the default: nothing is hardened, and nothing costs anything} */
  public static Hardening off() {
    return OFF;
  }

  /**
   * {@return what finds most: poison, guards of 16 bytes, and a quarantine of at most 1,024 blocks
   * and 1 MiB, without stack traces; see {@link #debugBuilder()} to change it} Costs a multiple of
   * the time of an allocation, and objects; meant for tests and for the hunt after an error.
   */
  public static Hardening debug() {
    return debugBuilder().build();
  }

  /**
   * Starts from what {@link #debug()} has.
   *
   * @return a new builder
   */
  public static Builder debugBuilder() {
    return builder()
        .poison(true)
        .guardBytes(DEBUG_GUARD_BYTES)
        .quarantine(DEBUG_QUARANTINE_BLOCKS, DEBUG_QUARANTINE_BYTES);
  }

  /**
   * {@return what keeps secrets out of freed memory, and does nothing else} Costs the writing of
   * each freed byte, and no objects.
   */
  public static Hardening zeroOnFree() {
    return ZERO_ON_FREE;
  }

  /**
   * Starts from {@link #off()}.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the same options with somebody else to tell of violations.
   *
   * @param other as for {@link Builder#onViolation}
   * @return new options
   */
  public Hardening telling(Consumer<? super MemoryViolation> other) {
    return builder()
        .poison(poison)
        .guardBytes(guardBytes)
        .quarantine(quarantineBlocks, quarantineBytes)
        .zeroOnFree(zeroOnFree)
        .stackTraces(stackTraces)
        .onViolation(other)
        .build();
  }

  /**
   * Tells somebody of a violation in the place of an arena that was told to tell another: see
   * {@link #telling}.
   *
   * @param violation what was found
   */
  public void tell(MemoryViolation violation) {
    listener.accept(violation);
  }

  /**
   * Tells whether anything is on.
   *
   * @return {@code false} for {@link #off()} and its like
   */
  public boolean isOn() {
    return zeroOnFree || isTracking();
  }

  /** Whether live and released blocks must be known. */
  boolean isTracking() {
    return poison || guardBytes > 0 || quarantineBlocks > 0;
  }

  boolean poison() {
    return poison;
  }

  int guardBytes() {
    return guardBytes;
  }

  int quarantineBlocks() {
    return quarantineBlocks;
  }

  long quarantineBytes() {
    return quarantineBytes;
  }

  boolean isZeroing() {
    return zeroOnFree;
  }

  boolean stackTraces() {
    return stackTraces;
  }

  Consumer<? super MemoryViolation> listener() {
    return listener;
  }

  @Override
  public String toString() {
    return isOn()
        ? "Hardening(poison: "
            + poison
            + ", guardBytes: "
            + guardBytes
            + ", quarantine: "
            + quarantineBlocks
            + " blocks and "
            + quarantineBytes
            + " bytes, zeroOnFree: "
            + zeroOnFree
            + ')'
        : "Hardening(off)";
  }

  /** Configures a {@link Hardening}. */
  public static final class Builder {

    private static final System.Logger LOG = System.getLogger(Hardening.class.getName());

    private boolean poison;
    private int guardBytes;
    private int quarantineBlocks;
    private long quarantineBytes;
    private boolean zeroOnFree;
    private boolean stackTraces;
    private Consumer<? super MemoryViolation> listener = Builder::logAndThrow;

    private Builder() {}

    private static void logAndThrow(MemoryViolation violation) {
      MemoryViolationException exception = new MemoryViolationException(violation);
      Log.write(LOG, System.Logger.Level.ERROR, violation.message(), exception);
      throw exception;
    }

    /**
     * Sets whether free memory holds a pattern that is verified; off by default.
     *
     * @param poison {@code true} to find writes after free
     * @return this builder
     */
    public Builder poison(boolean poison) {
      this.poison = poison;
      return this;
    }

    /**
     * Sets how many bytes behind each block are verified, at least; 0 by default. What rounding
     * adds to a block is verified too.
     *
     * @param bytes 0 for no guards, or a multiple of 16 up to 4,096
     * @return this builder
     * @throws IllegalArgumentException if {@code bytes} is not allowed
     */
    public Builder guardBytes(int bytes) {
      if (bytes < 0 || bytes > MAX_GUARD_BYTES || bytes % Blocks.GRANULE_BYTES != 0) {
        throw new IllegalArgumentException(
            "guardBytes: "
                + bytes
                + " (expected: a multiple of "
                + Blocks.GRANULE_BYTES
                + ", 0 to "
                + MAX_GUARD_BYTES
                + ')');
      }
      this.guardBytes = bytes;
      return this;
    }

    /**
     * Bounds the quarantine; none by default. When one bound is exceeded, those leave first that
     * came first. A block larger than {@code bytes} does not enter.
     *
     * @param blocks how many blocks may wait, 0 for no quarantine
     * @param bytes how many bytes they may occupy together, 0 for no quarantine
     * @return this builder
     * @throws IllegalArgumentException if one of them is negative, or just one of them is 0
     */
    public Builder quarantine(int blocks, long bytes) {
      if (blocks < 0 || bytes < 0 || (blocks == 0) != (bytes == 0)) {
        throw new IllegalArgumentException(
            "quarantine: "
                + blocks
                + " blocks and "
                + bytes
                + " bytes (expected: both positive, or both 0)");
      }
      this.quarantineBlocks = blocks;
      this.quarantineBytes = bytes;
      return this;
    }

    /**
     * Sets whether blocks are overwritten with zeros when they are freed, moved or shrunk; off by
     * default. Together with poison, zero is the pattern.
     *
     * @param zeroOnFree {@code true} to keep secrets out of freed memory
     * @return this builder
     */
    public Builder zeroOnFree(boolean zeroOnFree) {
      this.zeroOnFree = zeroOnFree;
      return this;
    }

    /**
     * Sets whether the stack of every allocation and release is recorded for reports, which is what
     * costs most; off by default.
     *
     * @param stackTraces {@code false} to record only the names of threads
     * @return this builder
     */
    public Builder stackTraces(boolean stackTraces) {
      this.stackTraces = stackTraces;
      return this;
    }

    /**
     * Sets who is told of violations; by default they are logged and thrown. With a listener that
     * returns, the arena goes on as if nothing had happened. The listener runs on the arena's
     * owner, or, on a closed arena, on whatever thread frees; it must not use the arena.
     *
     * @param listener what to call with each violation
     * @return this builder
     */
    public Builder onViolation(Consumer<? super MemoryViolation> listener) {
      this.listener = Require.nonNull(listener, "onViolation", "whom to tell");
      return this;
    }

    /**
     * Makes the options.
     *
     * @return a new object
     */
    public Hardening build() {
      return new Hardening(this);
    }
  }
}
