package io.github.litealloc;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A ceiling on off-heap bytes, shared by all the chunk stores that it is given to. Every byte is
 * charged before it is taken from the system and credited after it went back. Safe for use by
 * several threads.
 */
public final class MemoryBudget {

  private final String name;
  private final long maxBytes;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private final PressureGauge pressure;

  // Weak: a budget may outlive the stores that it is given to by far.
  private final List<WeakReference<ChunkStore>> stores = new CopyOnWriteArrayList<>();

  private MemoryBudget(String name, long maxBytes) {
    this.name = name;
    this.maxBytes = maxBytes;
    this.pressure = new PressureGauge(maxBytes, reserved::get);
  }

  /**
   * Makes a budget.
   *
   * @param name its name in logs and on dashboards
   * @param maxBytes the ceiling in bytes, at least 1
   * @return a new budget, nothing charged
   * @throws IllegalArgumentException if {@code maxBytes} is not positive
   */
  public static MemoryBudget of(String name, long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 1 byte)");
    }
    return new MemoryBudget(name, maxBytes);
  }

  /**
   * Makes a budget that only counts.
   *
   * @param name its name in logs and on dashboards
   * @return a new budget without a ceiling
   */
  public static MemoryBudget unlimited(String name) {
    return new MemoryBudget(name, Long.MAX_VALUE);
  }

  /**
   * Returns the budget of this process, which everything uses that was not given another one. Its
   * ceiling follows from what the JVM may use and what the machine or container has; a line in the
   * log, by {@link System.Logger}, says how.
   *
   * @return the default budget
   */
  public static MemoryBudget ofProcess() {
    return ProcessBudget.INSTANCE;
  }

  /** Made when it is first asked for. */
  private static final class ProcessBudget {
    static final MemoryBudget INSTANCE = of("default", DefaultCeiling.findAndLog());
  }

  /**
   * Returns the name that the budget was made with.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the ceiling.
   *
   * @return bytes, {@link Long#MAX_VALUE} for an unlimited budget
   */
  public long maxBytes() {
    return maxBytes;
  }

  /**
   * Returns what is charged now.
   *
   * @return bytes
   */
  public long reservedBytes() {
    return reserved.get();
  }

  /**
   * Returns the highest value that {@link #reservedBytes()} has had.
   *
   * @return bytes
   */
  public long peakReservedBytes() {
    return peak.get();
  }

  /**
   * Returns how many charges were refused.
   *
   * @return refusals
   */
  public long refusals() {
    return refusals.get();
  }

  /**
   * Returns how near the ceiling is.
   *
   * @return the present level
   */
  public MemoryPressure pressure() {
    return pressure.level();
  }

  /**
   * Has a listener told when {@link #pressure()} changes, and at once if it is not {@link
   * MemoryPressure#NORMAL}. A listener hears of one change at a time, and of the latest level if
   * there were several; what it throws goes to the log.
   *
   * @param executor runs the listener, for example an event loop; not on the calling thread, which
   *     may be an event loop in the middle of an allocation
   * @param listener what to tell
   * @return takes the listener out again when closed
   */
  public AutoCloseable addPressureListener(Executor executor, Consumer<MemoryPressure> listener) {
    return pressure.addListener(executor, listener);
  }

  /**
   * Charges bytes if the ceiling allows it.
   *
   * @param bytes how many, at least 0
   * @return {@code false} if they would exceed the ceiling; then nothing is charged
   */
  boolean tryCharge(long bytes) {
    long before;
    long after;
    do {
      before = reserved.get();
      after = before + bytes;
      if (after > maxBytes || after < 0) {
        refusals.incrementAndGet();
        return false;
      }
    } while (!reserved.compareAndSet(before, after));
    peak.accumulateAndGet(after, Math::max);
    pressure.reservedChanged();
    return true;
  }

  /** Credits bytes that were charged before. */
  void credit(long bytes) {
    reserved.addAndGet(-bytes);
    pressure.reservedChanged();
  }

  /** Notes that a store keeps empty chunks at this budget's expense. */
  void register(ChunkStore store) {
    stores.removeIf(reference -> reference.get() == null);
    stores.add(new WeakReference<>(store));
  }

  /** Has every store give back its empty chunks; returns the bytes. */
  long reclaim() {
    long bytes = 0;
    for (WeakReference<ChunkStore> reference : stores) {
      ChunkStore store = reference.get();
      if (store != null) {
        bytes += store.trim();
      }
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "MemoryBudget("
        + name
        + ": "
        + reservedBytes()
        + " of "
        + (maxBytes == Long.MAX_VALUE ? "unlimited" : maxBytes)
        + " bytes)";
  }
}
