package io.github.litealloc.memory;

import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.events.FlightEvents;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One arena's door to its supply of chunks: what it takes and gives back, and the floor that the
 * budget keeps for it from the opening of the account to its close. {@link ChunkStore#openAccount}
 * opens one.
 *
 * <p>Threads: for one holder at a time, who passes it on safely; the store and the budget behind it
 * are shared. A holder that is several threads may take and give back on each of them at a time; of
 * {@link #refusedBy} and {@link #askOthers} they see the last refusal of any of them.
 *
 * @since 0.1.0
 */
public final class ChunkAccount implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ChunkAccount.class.getName());

  private final String holder;
  private final ChunkStore store;
  private final MemoryBudget budget;
  private final Floor floor;
  private final long floorBytes;

  private int refusedBytes; // what the last request that was refused asked for
  private volatile Runnable wantedListener = () -> {};

  /** Whether the holder has a reason to call {@link #tick} again. Guarded by the store's lock. */
  boolean isTicking;

  private boolean isQuiet;
  private final Watch watch;

  /** An account that nobody can reach any more promises nothing, and holds nothing. */
  private static final class Watch extends Dropped<ChunkAccount> {
    private final Floor floor;

    /** Weak: its listeners may know whoever knows the account. */
    private final WeakReference<MemoryBudget> budget;

    Watch(ChunkAccount account) {
      super(account);
      this.floor = account.floor;
      this.budget = new WeakReference<>(account.budget);
    }

    @Override
    boolean finish() {
      MemoryBudget charged = budget.get();
      if (charged != null) {
        charged.withdraw(floor);
        long held;
        synchronized (charged) {
          held = floor.heldBytes;
        }
        charged.unclaim(floor, held);
      }
      return true;
    }
  }

  /** An account of which nothing is promised yet. */
  ChunkAccount(String holder, ChunkStore store, Floor floor) {
    this.holder = holder;
    this.store = store;
    this.budget = store.budget();
    this.floor = floor;
    this.floorBytes = floor.wantedBytes();
    this.watch = new Watch(this);
    Dropped.watch(watch);
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
    } else {
      refusedBytes = bytes;
      Dropped.doSome(); // whoever is refused asks a second time
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

  /**
   * Gives whole pages of a chunk back to the system, whose contents nobody needs any more, while
   * the rest is in use; they are charged no more. The chunk cannot be used whole again: it is given
   * back when the rest is not needed either. Lets out nothing that others throw.
   *
   * @param chunk one that this account has taken, with {@linkplain Chunk#pageBytes() pages}
   * @param offset where they begin, a multiple of the page
   * @param bytes a multiple of the page; none of them was handed back before
   * @return {@code false} if the system did not take them
   * @throws VirtualMachineError if there is no stack or heap left for it; they may have gone then,
   *     and are charged as before
   */
  public boolean handBack(Chunk chunk, int offset, int bytes) {
    return store.handBack(floor, chunk, offset, bytes);
  }

  /**
   * {@return who refused the last request that was refused; {@code null} if none was since {@link
   * #forgetRefusal}}
   */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public @Nullable Refusal refusedBy() {
    return floor.refusedBy();
  }

  /** Starts a request: what {@link #refusedBy} answers after it is about this one. */
  public void forgetRefusal() {
    floor.refusedBy(null);
  }

  /**
   * Sets what to run when another holder on the budget was refused memory, and so this one should
   * give back what it can spare.
   *
   * @param listener runs on any thread and must not wait; what it throws goes to the log
   */
  public void onWanted(Runnable listener) {
    wantedListener = listener;
  }

  /**
   * Asks all other holders on the budget to give back what they can spare, for the last request
   * that was refused, and does not wait for it. If the budget refused, it keeps room for as many
   * bytes for a moment as soon as there is that much, in the order in which holders ask.
   */
  public void askOthers() {
    if (floor.refusedBy() == Refusal.BUDGET) {
      budget.wish(floor, refusedBytes);
    }
    if (floor.refusedBy() != null) {
      budget.stores.askHolders(this);
    }
  }

  /** Another holder was refused memory. Any thread. */
  void memoryIsWanted() {
    try {
      wantedListener.run();
    } catch (Throwable e) {
      Log.warn(LOG, "'" + holder + "' could not be asked for memory", e);
    }
  }

  /**
   * {@return whether the holder should keep nothing that it does not need: the budget is under
   * pressure, or other holders wait for memory}
   */
  public boolean isUnderPressure() {
    MemoryPressure level = isQuiet ? budget.pressureAsKnown() : budget.pressure();
    return level != MemoryPressure.NORMAL || isWished();
  }

  /**
   * Says that the holder asks for the pressure under a lock, where no listener may be told that it
   * has changed: whoever ticks tells them.
   */
  public void askQuietly() {
    isQuiet = true;
  }

  /** {@return whether other holders, or this one, were refused memory a moment ago and wait} */
  public boolean isWished() {
    return budget.isWished();
  }

  /** {@return the floor that the account was opened with, in bytes} */
  public long floorBytes() {
    return floorBytes;
  }

  /** {@return whether the holder may keep what is empty for its next requests} */
  public boolean mayKeepEmpty() {
    return store.decayMillis() != 0 && !isUnderPressure();
  }

  /**
   * {@return how long the holder may keep what is empty, in nanoseconds: as the store does; {@link
   * Long#MAX_VALUE} for ever}
   */
  public long decayNanos() {
    long millis = store.decayMillis();
    return millis < 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(millis);
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
    Dropped.doSome();
    return store.tick(this, nowNanos, silentNanos, hasReason);
  }

  /**
   * Gives up the floor. Chunks that are still held may be given back later; none may be taken any
   * more. Closing again does nothing.
   */
  @Override
  public void close() {
    budget.withdraw(floor);
    store.closed(this);
    if (floor.heldBytes == 0) {
      Dropped.forget(watch);
    }
  }
}
