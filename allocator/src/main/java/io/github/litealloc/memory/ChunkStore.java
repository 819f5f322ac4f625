package io.github.litealloc.memory;

import io.github.litealloc.internal.EagerClasses;
import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.Require;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The source of chunks for any number of arenas: takes memory from a {@link MemorySource}, charges
 * every byte to a {@link MemoryBudget} first, and keeps empty chunks for reuse. Safe for use by
 * several threads.
 *
 * <p>What is kept decays with time: of what nobody has needed for a tenth of the decay time, half
 * goes back to the system, and again half of the rest with each further tenth; all that was idle
 * for the whole decay time goes back. By default that is half after one second and everything after
 * ten. A store has no thread of its own: whoever uses it calls {@link #decay} now and then, by hand
 * or through {@link io.github.litealloc.Arena#tick}.
 *
 * @since 0.1.0
 */
public final class ChunkStore {
  /*
   * Two locks. `lock` guards what is idle, and is held for a few steps only: never while memory is
   * taken from the source or given back to it, which may take long and is somebody else's code.
   * `releasing` is held by whoever has taken idle chunks out to give them back, until they are back.
   * So a request that the budget refuses can wait for chunks that are on their way: it asks the budget
   * to reclaim, which comes by here, and gets the lock when nothing is on its way any more.
   * Order: releasing, then lock; never the other way round. The budget's monitor is taken inside
   * neither.
   *
   * Invariant: what is reserved in the budget is either claimed by accounts or idle in a store of
   * that budget. A chunk that is given back becomes idle, or its bytes are credited, before they are
   * claimed no more (see MemoryBudget).
   *
   * Decay: halving what nobody has needed, with each tenth of the decay time, follows a load down
   * without giving everything away at its first pause. That takes someone who calls: of the accounts
   * whose holders have a clock, one at least goes on while there is something to decay (tick).
   */

  /** Arenas grow by at least this many bytes, and every chunk's size is a multiple of it. */
  public static final int CHUNK_UNIT_BYTES = Chunk.UNIT_BYTES;

  /** How long an empty chunk is kept by default. */
  public static final long DEFAULT_DECAY_MILLIS = 10_000;

  /** How long the system is not asked again by default, once it has refused memory. */
  public static final long DEFAULT_REFUSAL_PAUSE_MILLIS = 1_000;

  static final long NEVER = -1;

  static {
    EagerClasses.initialize(
        MethodHandles.lookup(),
        Chunk.class,
        ChunkAccount.class,
        Log.class,
        Refusal.class,
        ReleaseCount.class,
        WatchedMemory.class);
  }

  private final MemorySource source;
  private final String sourceName;
  private final MemoryBudget budget;
  private final LongSupplier nanoTime;
  private final SystemMemory system;
  private final @Nullable NativeHeap nativeHeap; // if it is to be trimmed
  private final @Nullable CollectedMemory collected; // if only the collector frees

  private final ChunkTaker taker;
  private final ForBudget forBudget = new ForBudget(); // which holds it weakly
  private final DroppedStore watch;

  private final Object lock = new Object();
  // Guarded by lock.
  private final IdleChunks idle;
  private volatile long decayMillis; // read by anybody
  private int tickingAccounts; // whose holders will call tick again
  private final GiveBackPace pace;

  /** The open ones. Weak: an arena may be dropped without being closed. */
  private final Set<ChunkAccount> accounts = Collections.newSetFromMap(new WeakHashMap<>());

  /**
   * Held by whoever takes idle chunks out to give them back, until they are given back. So whoever
   * waits for it finds nothing on its way. Never taken by one who holds {@link #lock}. A monitor,
   * which is left also where the stack has no room for one more call.
   */
  private final Object releasing = new Object();

  /** Whether somebody holds it. */
  private volatile boolean isReleasing;

  /** What was taken out to be given back, linked by younger. Guarded by {@link #releasing}. */
  private @Nullable Chunk leaving;

  ChunkStore(ChunkStoreBuilder builder) {
    this.source = builder.source;
    this.sourceName = Require.nonEmpty(source.name(), "name of the memory source");
    this.budget = builder.budget != null ? builder.budget : MemoryBudget.ofProcess();
    this.nanoTime = builder.nanoTime;
    this.idle = new IdleChunks(nanoTime.getAsLong());
    this.decayMillis = builder.decayMillis;
    this.pace = new GiveBackPace(builder.chunksAtOnce);
    long pauseNanos = TimeUnit.MILLISECONDS.toNanos(builder.refusalPauseMillis);
    SystemRefusal refusal =
        budget.stores.refusalOf(source, new SystemRefusal(nanoTime, pauseNanos));
    this.system = new SystemMemory(source, budget, refusal);
    this.nativeHeap = builder.trimNativeHeap && source.usesNativeHeap() ? builder.heap() : null;
    this.collected = source.freesAtOnce() ? null : collectedMemory(builder);
    this.taker = new ChunkTaker(lock, idle, budget, system, nativeHeap, collected);
    budget.stores.add(forBudget);
    this.watch = new DroppedStore(this, idle, budget.crediting);
    Dropped.watch(watch);
  }

  /**
   * Starts a store's configuration.
   *
   * @return a builder with the defaults
   */
  public static ChunkStoreBuilder builder() {
    return new ChunkStoreBuilder();
  }

  /** {@return the budget that the store charges} */
  public MemoryBudget budget() {
    return budget;
  }

  /** {@return the source that the store takes memory from} */
  public MemorySource source() {
    return source;
  }

  /** All stores of the budget with the same source have it together. */
  private CollectedMemory collectedMemory(ChunkStoreBuilder builder) {
    CollectedMemory known =
        budget.stores.of(source) instanceof ForBudget other ? other.collected() : null;
    return known != null
        ? known
        : new CollectedMemory(source, budget, system, builder.collector, nativeHeap);
  }

  /**
   * {@return how long empty chunks are kept for reuse, in milliseconds: 0 keeps nothing, as after
   * {@link #stopRetaining}, −1 keeps everything}
   */
  public long decayMillis() {
    return decayMillis;
  }

  /** {@return the bytes of the empty chunks that the store keeps} */
  public long idleBytes() {
    synchronized (lock) {
      return idle.bytes();
    }
  }

  /**
   * Gives every empty chunk back to the system.
   *
   * @return the bytes given back
   */
  public long trim() {
    return trim(0);
  }

  /**
   * Gives empty chunks back to the system, those first that have been idle longest, until at most a
   * given amount is left.
   *
   * @param targetBytes how many bytes of empty chunks may stay, at least 0
   * @return the bytes given back
   * @throws IllegalArgumentException if {@code targetBytes} is negative
   */
  public long trim(long targetBytes) {
    if (targetBytes < 0) {
      throw new IllegalArgumentException("targetBytes: " + targetBytes + " (expected: >= 0)");
    }
    return giveBackOldest(() -> idle.bytes() - targetBytes, GiveBackPace.ALL_AT_ONCE);
  }

  /**
   * Gives back what has been kept for long enough. Cheap when there is nothing to do; to be called
   * every second or so, by any thread.
   *
   * @param nowNanos the present {@link System#nanoTime()}
   * @return the bytes given back
   */
  public long decay(long nowNanos) {
    synchronized (lock) {
      if (!decaysIdleChunks()) {
        return 0;
      }
    }
    if (isReleasing) {
      return 0; // another thread is at it
    }
    return giveBackOldest(() -> idle.decayedBytes(nowNanos, decayMillis), pace.chunksAtOnce);
  }

  /**
   * Gives every empty chunk back to the system, for somebody who does not need them, and does not
   * wait: if a holder has a reason to call {@link ChunkAccount#tick} again, only {@linkplain
   * ChunkStoreBuilder#chunksAtOnce so many}, and the others soon after its next call.
   */
  public void trimUnneeded() {
    int most;
    synchronized (lock) {
      most = tickingAccounts > 0 ? pace.chunksAtOnce : GiveBackPace.ALL_AT_ONCE;
    }
    giveBackOldest(idle::bytes, most);
  }

  /**
   * Gives back some more of the chunks whose time has come, if there are any.
   *
   * @return whether there are still some; see {@link ChunkStoreBuilder#chunksAtOnce}
   */
  public boolean giveBackRest() {
    if (hasRest() && !isReleasing) { // else another thread is at it
      giveBackOldest(() -> 0, pace.chunksAtOnce);
    }
    return hasRest();
  }

  /** {@return whether there is something for {@link #giveBackRest}} */
  public boolean hasRest() {
    synchronized (lock) {
      return pace.hasRest();
    }
  }

  /**
   * Tells whether {@link #decay} will have something to do as time passes.
   *
   * @return {@code true} if empty chunks are kept, but not for ever
   */
  public boolean hasDecayingChunks() {
    synchronized (lock) {
      return decaysIdleChunks();
    }
  }

  /** See {@link ChunkAccount#tick}. */
  boolean tick(ChunkAccount account, long nowNanos, long silentNanos, boolean hasReason) {
    budget.pressure(); // a refusal by the system may be over, and nobody else may ask
    decay(nowNanos);
    boolean isUnneeded;
    synchronized (lock) {
      setTicking(account, false);
      isUnneeded = needsTicking() && silentNanos >= silenceNanos();
    }
    if (isUnneeded) {
      giveBackOldest(idle::bytes, pace.chunksAtOnce);
    }
    synchronized (lock) {
      // Decided and noted at once: of several holders that fall silent, one must go on.
      boolean goesOn = hasReason || needsTicking();
      setTicking(account, goesOn);
      return goesOn;
    }
  }

  /** A holder will neither call {@link #tick} any more, nor take chunks. */
  void closed(ChunkAccount account) {
    synchronized (lock) {
      setTicking(account, false);
      accounts.remove(account);
    }
  }

  /** The store, as its budget sees it. */
  private final class ForBudget implements BudgetedStore {

    @Nullable CollectedMemory collected() {
      return collected;
    }

    @Override
    public MemorySource source() {
      return source;
    }

    @Override
    public SystemRefusal systemRefusal() {
      return system.refusal();
    }

    @Override
    public long idleBytes() {
      return ChunkStore.this.idleBytes();
    }

    @Override
    public long giveUp(long bytes) {
      return giveBackOldest(() -> bytes, GiveBackPace.ALL_AT_ONCE);
    }

    @Override
    public void askHolders(Object asking) {
      List<ChunkAccount> others;
      synchronized (lock) {
        others = new ArrayList<>(accounts);
      }
      for (ChunkAccount other : others) {
        if (other != asking) {
          other.memoryIsWanted();
        }
      }
    }
  }

  private void setTicking(ChunkAccount account, boolean isTicking) {
    if (account.isTicking != isTicking) {
      account.isTicking = isTicking;
      tickingAccounts += isTicking ? 1 : -1;
    }
  }

  /** Whether idle chunks will decay, and nobody is there to see to it. Under the lock. */
  private boolean needsTicking() {
    return tickingAccounts == 0 && (decaysIdleChunks() || pace.hasRest());
  }

  /** Under the lock. */
  private boolean decaysIdleChunks() {
    return !idle.isEmpty() && decayMillis != NEVER;
  }

  /**
   * For how long the last holder that looks after the store must have been silent for nothing to be
   * kept. A holder that has just fallen silent may take a tenth of the decay time to notice, and as
   * long to be called again: so everything is over in time. Under the lock.
   */
  private long silenceNanos() {
    return TimeUnit.MILLISECONDS.toNanos(decayMillis) / 10 * 7;
  }

  /**
   * Gives the oldest chunks back to the system.
   *
   * @param wanted how many bytes at least, as far as there are so many; asked under the lock
   * @param most how many chunks at most
   * @return the bytes given back
   */
  private long giveBackOldest(LongSupplier wanted, int most) {
    synchronized (releasing) {
      if (isReleasing) {
        return 0; // by this thread, which a source has called back while it takes memory back
      }
      isReleasing = true;
      try {
        takeOut(wanted, most);
        return releaseLeaving();
      } finally {
        isReleasing = false;
      }
    }
  }

  private void takeOut(LongSupplier wanted, int most) {
    synchronized (lock) {
      boolean isAll = most == GiveBackPace.ALL_AT_ONCE;
      long left = isAll ? wanted.getAsLong() : pace.wanted(wanted.getAsLong());
      int taken = 0;
      Chunk chunk = idle.oldest();
      for (; chunk != null && left > 0 && taken < most; chunk = idle.oldest()) {
        left -= chunk.bytes;
        idle.remove(chunk);
        chunk.younger = leaving;
        leaving = chunk;
        taken++;
      }
      pace.left(isAll ? pace.wanted(0) : left, idle.bytes());
    }
  }

  /** If the stack or the heap ends before one is given back, it is the first the next time. */
  private long releaseLeaving() {
    long bytes = 0;
    for (Chunk chunk = leaving; chunk != null; chunk = leaving) {
      long begunNanos = System.nanoTime();
      if (chunk.release()) {
        bytes += chunk.freedBytes;
        leaving = chunk.younger;
        chunk.younger = null;
        synchronized (budget) {
          budget.reserved -= chunk.freedBytes;
        }
        tellOfReleased(chunk.freedBytes, begunNanos);
      } else {
        Chunk next = chunk.younger;
        keep(chunk);
        leaving = next;
        synchronized (lock) {
          pace.stop(); // it is tried again in its time, and not again and again
        }
      }
    }
    return bytes;
  }

  private void tellOfReleased(int bytes, long begunNanos) {
    try {
      ReleaseCount.add(bytes, System.nanoTime() - begunNanos);
      system.refusal().returned(bytes);
      budget.reservedChanged();
      if (nativeHeap != null) {
        nativeHeap.givenBack(bytes);
      }
    } catch (VirtualMachineError e) {
      // With the next change.
    }
  }

  /**
   * Gives every empty chunk back to the system, from now on as soon as it is empty. For owners of
   * the store that will need no more chunks.
   */
  public void stopRetaining() {
    synchronized (lock) {
      decayMillis = 0;
    }
    trim();
    if (idleBytes() == 0) {
      Dropped.forget(watch); // nothing will be idle any more
    }
  }

  /** {@return the name of the memory source, as it was when the store was made} */
  public String sourceName() {
    return sourceName;
  }

  /**
   * Opens an arena's account, and has the budget keep room for its floor, at once or as soon as
   * there is any.
   *
   * @param holder the arena's name in events
   * @param floorBytes how many bytes the arena shall be sure to get, at least 0
   * @return an open account
   * @throws IllegalArgumentException if the floor is negative or above the budget's ceiling
   */
  public ChunkAccount openAccount(String holder, long floorBytes) {
    if (floorBytes < 0 || floorBytes > budget.maxBytes()) {
      throw new IllegalArgumentException(
          "floorBytes: "
              + floorBytes
              + " (expected: 0 to the "
              + budget.maxBytes()
              + " bytes of the budget '"
              + budget.name()
              + "')");
    }
    Floor floor = new Floor(floorBytes);
    ChunkAccount account = new ChunkAccount(holder, this, floor);
    synchronized (lock) {
      accounts.add(account);
    }
    budget.promise(floor); // last: what could not be made must have no floor
    return account;
  }

  /**
   * Takes a chunk.
   *
   * @param floor the account of the arena that it is for
   * @param minBytes the least that is of use
   * @param bytes the size to ask the system for, at least {@code minBytes}
   * @return a chunk of at least {@code minBytes}; {@code null} if the budget or the system refused
   */
  @Nullable Chunk take(Floor floor, int minBytes, int bytes) {
    return taker.take(floor, minBytes, bytes);
  }

  /**
   * Takes back an empty chunk; keeps it for reuse or gives it back to the system. Lets out nothing
   * that others throw: it is called in the middle of what an arena does.
   *
   * @param floor the account of the arena that had it
   * @param chunk the chunk
   * @throws VirtualMachineError if there is no stack or heap left for it; nothing has changed then
   */
  void giveBack(Floor floor, Chunk chunk) {
    int bytes = chunk.committedBytes();
    int freed = chunk.freedBytes - chunk.handedBackBytes;
    boolean isReleased = false;
    long begunNanos = System.nanoTime();
    if (!keepIfRetaining(chunk)) {
      if (chunk.release()) {
        isReleased = true;
        synchronized (budget) {
          budget.reserved -= freed;
        }
      } else {
        keepWhole(chunk);
      }
    }
    // Last, so that what is not claimed can always be reclaimed; and from here on nothing is
    // thrown.
    synchronized (budget) {
      long used = floor.heldBytes + floor.keptBytes;
      long before = used > floor.grantedBytes ? used : floor.grantedBytes;
      used -= bytes;
      long after = used > floor.grantedBytes ? used : floor.grantedBytes;
      floor.heldBytes -= bytes;
      budget.held -= bytes;
      budget.allotted += after - before;
      budget.unclaims++;
    }
    try {
      if (isReleased) {
        tellOfReleased(freed, begunNanos);
      }
      taker.tellOfUnclaimed(floor, bytes);
    } catch (VirtualMachineError e) {
      // With the next change.
    }
  }

  /** See {@link ChunkAccount#handBack}. */
  boolean handBack(Floor floor, Chunk chunk, int offset, int bytes) {
    long begunNanos = System.nanoTime();
    if (!chunk.handBack(offset, bytes)) {
      return false;
    }
    synchronized (budget) {
      long used = floor.heldBytes + floor.keptBytes;
      long before = used > floor.grantedBytes ? used : floor.grantedBytes;
      used -= bytes;
      long after = used > floor.grantedBytes ? used : floor.grantedBytes;
      chunk.handedBackBytes += bytes;
      budget.reserved -= bytes;
      floor.heldBytes -= bytes;
      budget.held -= bytes;
      budget.allotted += after - before;
      budget.unclaims++;
    }
    try {
      tellOfReleased(bytes, begunNanos);
      taker.tellOfUnclaimed(floor, bytes);
    } catch (VirtualMachineError e) {
      // With the next change.
    }
    return true;
  }

  private boolean keepIfRetaining(Chunk chunk) {
    synchronized (lock) {
      if (decayMillis == 0 || chunk.handedBackBytes > 0) {
        return false;
      }
      keep(chunk);
      return true;
    }
  }

  /** As a whole again, if pages of it have gone: whoever gets it next may write to all of them. */
  private void keepWhole(Chunk chunk) {
    int handedBack = chunk.handedBackBytes;
    boolean isKept = false;
    try {
      chunk.handedBackBytes = 0;
      keep(chunk);
      isKept = true;
    } finally {
      if (!isKept) {
        chunk.handedBackBytes = handedBack;
      }
    }
    synchronized (budget) {
      budget.reserved += handedBack;
    }
  }

  private void keep(Chunk chunk) {
    synchronized (lock) {
      idle.add(chunk, nanoTime.getAsLong());
    }
  }
}
