package io.github.litealloc.memory;

import io.github.litealloc.internal.events.FlightEvents;
import org.jspecify.annotations.Nullable;

/**
 * One arena's door to its supply of chunks: what it takes and gives back, and the floor that the
 * budget keeps for it from the opening of the account to its close. {@link ChunkStore#openAccount}
 * opens one.
 *
 * <p>Threads: for one holder at a time, who passes it on safely; the store and the budget behind it
 * are shared.
 */
public final class ChunkAccount implements AutoCloseable {

  private final String holder;
  private final ChunkStore store;
  private final Floor floor;

  /** Whether the holder has a reason to call {@link #tick} again. Guarded by the store's lock. */
  boolean isTicking;

  /** An account of which nothing is promised yet. */
  ChunkAccount(String holder, ChunkStore store, Floor floor) {
    this.holder = holder;
    this.store = store;
    this.floor = floor;
  }

  /** {@return the store that the chunks come from} */
  public ChunkStore store() {
    return store;
  }

  /**
   * Takes a chunk.
   *
   * @param minBytes the least that is of use, at least 1
   * @param bytes the size to ask the system for, at least {@code minBytes}
   * @return a chunk of at least {@code minBytes}; {@code null} if the budget or the system refused
   */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public @Nullable Chunk take(int minBytes, int bytes) {
    Chunk chunk = store.take(floor, minBytes, bytes);
    if (chunk != null) {
      try {
        FlightEvents.chunkReserved(holder, store.sourceName(), chunk.bytes(), chunk.address());
      } catch (Throwable e) {
        // It is taken, and must get to whoever asked for it.
      }
    }
    return chunk;
  }

  /**
   * Gives a chunk back, which nobody uses any more. Lets out nothing that others throw: it is
   * called in the middle of what an arena does.
   *
   * @param chunk one that this account has taken
   * @throws VirtualMachineError if there is no stack or heap left for it; the chunk is still the
   *     caller's then
   */
  public void giveBack(Chunk chunk) {
    // First: its address is nobody else's yet.
    try {
      FlightEvents.chunkReleased(holder, store.sourceName(), chunk.bytes(), chunk.address());
    } catch (Throwable e) {
      // Not told then.
    }
    store.giveBack(floor, chunk);
  }

  /** {@return whether the holder should keep nothing that it does not need} */
  public boolean isUnderPressure() {
    return store.budget().pressure() != MemoryPressure.NORMAL;
  }

  /**
   * Lets time pass for the store, too: has it give back what was kept for long enough, or all of it
   * if the holder has been silent for seven tenths of the decay time and is the only one who looks
   * after the store. A holder with a clock calls this now and then.
   *
   * @param nowNanos the present {@link System#nanoTime()}
   * @param silentNanos for how long the holder has not asked for anything
   * @param hasReason whether the holder has a reason of its own to call again
   * @return whether to call again: for that reason, or because the store keeps chunks for a time
   *     and no other holder will call
   */
  public boolean tick(long nowNanos, long silentNanos, boolean hasReason) {
    return store.tick(this, nowNanos, silentNanos, hasReason);
  }

  /**
   * Gives up the floor. Chunks that are still held may be given back later; none may be taken any
   * more. Closing again does nothing.
   */
  @Override
  public void close() {
    store.budget().withdraw(floor);
    store.stopsTicking(this);
  }
}
