package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.MemoryBudget;
import io.netty.buffer.ByteBufAllocatorMetric;
import java.util.List;
import java.util.function.Supplier;

/**
 * The figures of one allocator, for any thread to read at any time without slowing an event loop.
 * Sizes are in bytes; figures named alike in {@link ArenaStatistics} are sums over the arenas that
 * exist now.
 */
public final class LiteAllocatorMetric implements ByteBufAllocatorMetric {

  private final String name;
  private final Supplier<String> strategy;
  private final MemoryBudget budget;
  private final ArenaRegistry arenas;
  private final FallbackCounters fallbacks;
  private final HeapUsage heapUsage;

  LiteAllocatorMetric(
      String name,
      Supplier<String> strategy,
      MemoryBudget budget,
      ArenaRegistry arenas,
      FallbackCounters fallbacks,
      HeapUsage heapUsage) {
    this.name = name;
    this.strategy = strategy;
    this.budget = budget;
    this.arenas = arenas;
    this.fallbacks = fallbacks;
    this.heapUsage = heapUsage;
  }

  /** Where the heap delegate's usage comes from. */
  interface HeapUsage {
    long usedHeapMemory();
  }

  /**
   * Returns the allocator's name.
   *
   * @return its name, which no other allocator of the process has
   */
  public String name() {
    return name;
  }

  /**
   * Returns the name of the allocation strategy that arenas are made with now.
   *
   * @return such as {@code "hybrid"}
   */
  public String strategy() {
    return strategy.get();
  }

  /**
   * Returns the budget that the allocator's chunks are charged to.
   *
   * @return the budget, perhaps shared with other allocators
   */
  public MemoryBudget budget() {
    return budget;
  }

  /**
   * Returns the arenas that exist now.
   *
   * @return a snapshot of the list; the figures in it go on changing
   */
  public List<ArenaMetric> arenas() {
    return arenas.metrics();
  }

  /**
   * Returns what arenas that are gone have counted.
   *
   * @return a snapshot
   */
  public ArenaTotals closedArenas() {
    return arenas.closedTotals();
  }

  /**
   * Has a callback run after every change to {@link #arenas()}, on the thread that changed it:
   * often an event loop, so it must be quick. Any thread.
   *
   * @param listener what to run
   * @return takes the listener out again when closed
   */
  public AutoCloseable addArenaListener(Runnable listener) {
    return arenas.addListener(listener);
  }

  /**
   * Returns how many requests went to another allocator.
   *
   * @param reason why
   * @return requests since the allocator was made
   */
  public long fallbacks(FallbackReason reason) {
    return fallbacks.requests(reason);
  }

  /**
   * Returns how many bytes were requested from another allocator.
   *
   * @param reason why
   * @return bytes since the allocator was made
   */
  public long fallbackBytes(FallbackReason reason) {
    return fallbacks.bytes(reason);
  }

  /**
   * Returns how many requests threw.
   *
   * @return failed requests since the allocator was made
   */
  public long failures() {
    return fallbacks.failures();
  }

  /** {@inheritDoc} With this allocator: the bytes reserved by its arenas, used or not. */
  @Override
  public long usedDirectMemory() {
    return arenas.sum(ArenaStatistics::reserved);
  }

  /** {@inheritDoc} With this allocator: what its heap delegate uses, which others may share. */
  @Override
  public long usedHeapMemory() {
    return heapUsage.usedHeapMemory();
  }

  /**
   * Returns the reserved bytes of chunks that are not empty.
   *
   * @return pinned bytes
   */
  public long pinnedBytes() {
    return arenas.sum(ArenaStatistics::pinned);
  }

  /**
   * Returns the bytes in live blocks.
   *
   * @return used bytes
   */
  public long usedBytes() {
    return arenas.sum(ArenaStatistics::used);
  }

  /**
   * Returns the bytes that the callers asked for, summed over live buffers.
   *
   * @return requested bytes
   */
  public long requestedBytes() {
    return arenas.sum(ArenaStatistics::requested);
  }

  /**
   * Returns how many buffers of the arenas are live.
   *
   * @return live buffers
   */
  public long liveBuffers() {
    return arenas.sum(ArenaStatistics::liveBlocks);
  }

  @Override
  public String toString() {
    return "LiteAllocatorMetric("
        + name
        + ", "
        + strategy()
        + ", reserved: "
        + usedDirectMemory()
        + ", used: "
        + usedBytes()
        + ", live buffers: "
        + liveBuffers()
        + ", arenas: "
        + arenas().size()
        + ')';
  }
}
