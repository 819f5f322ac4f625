package io.github.litealloc;

import java.util.concurrent.atomic.AtomicLong;

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

  private MemoryBudget(String name, long maxBytes) {
    this.name = name;
    this.maxBytes = maxBytes;
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
   * ceiling is what the JVM itself allows for direct buffers by default: the maximum heap size.
   *
   * @return the default budget
   */
  public static MemoryBudget ofProcess() {
    return ProcessBudget.INSTANCE;
  }

  /** Made when it is first asked for. */
  private static final class ProcessBudget {
    static final MemoryBudget INSTANCE = of("default", Runtime.getRuntime().maxMemory());
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
    return true;
  }

  /** Credits bytes that were charged before. */
  void credit(long bytes) {
    reserved.addAndGet(-bytes);
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
