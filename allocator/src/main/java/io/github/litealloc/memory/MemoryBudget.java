package io.github.litealloc.memory;

import io.github.litealloc.internal.Require;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A ceiling on off-heap bytes, shared by all the chunk stores that it is given to. Every byte is
 * charged before it is taken from the system and credited after it went back. Safe for use by
 * several threads.
 *
 * <p>Each arena has a floor, {@link io.github.litealloc.ArenaBuilder#floorBytes}: bytes that no
 * other arena can take away, since the budget keeps room for them from the moment the arena is
 * made. Beyond its floor an arena borrows what nobody was promised. If the budget cannot promise a
 * whole floor when an arena is made, it promises what it can, and the rest before anybody borrows
 * again, in the order in which the arenas were made. Floors that add up to more than the ceiling
 * are never all promised; a line in the log says so.
 */
public final class MemoryBudget {
  /*
   * Three sums, guarded by the monitor:
   *   held       bytes of chunks that arenas have, or have claimed and are about to take
   *   committed  the same, and what is promised to arenas that hold less than their floors
   *   reserved   bytes taken from the system: chunks of arenas, and idle ones of stores
   * Invariant: neither committed nor reserved exceeds the ceiling.
   *
   * To take a chunk is to claim its bytes, then to reserve them. A claim takes no notice of idle
   * chunks, since they can go back at any time: a claim that is accepted finds room, if need be
   * once idle chunks have gone back. To give a chunk back is the reverse: first it becomes idle or
   * goes back to the system, then its bytes are unclaimed. So whatever is reserved and not claimed
   * is in the reach of reclaim.
   *
   * A monitor and no atomics: the sums change together, and only when a chunk changes hands.
   *
   * The stack may end at any call, and the heap at any allocation. So sums that belong together change
   * without a call in between; what only follows from a change (keeping promises, telling of pressure)
   * lets no such error out, and is made up for with the next change. Each method here has either done
   * what it says, or thrown and done nothing.
   */

  private static final System.Logger LOG = System.getLogger(MemoryBudget.class.getName());

  private final String name;
  private final long maxBytes;
  private final PressureGauge pressure;

  // Written under the monitor, read by anybody.
  volatile long reserved;
  private volatile long peak;
  private volatile long refusals;

  // Guarded by the monitor.
  long held;
  long committed;
  long unclaims; // how often bytes were unclaimed
  private long floors; // the sum of all floors, promised or not
  private boolean hasWarnedOfFloors;
  private final Queue<Floor> waiting = new ArrayDeque<>(); // floors not yet promised in full

  // Weak: a budget may outlive the stores that it is given to by far.
  private final List<WeakReference<ChunkStore>> stores = new CopyOnWriteArrayList<>();

  private MemoryBudget(String name, long maxBytes) {
    this.name = Require.nonEmpty(name, "name");
    this.maxBytes = maxBytes;
    this.pressure = new PressureGauge(name, maxBytes, this::reservedBytes);
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
   * {@return the budget of this process, which everything uses that was not given another one} Its
   * ceiling follows from what the JVM may use and what the machine or container has; a line in the
   * log, by {@link System.Logger}, says how.
   */
  public static MemoryBudget ofProcess() {
    return ProcessBudget.INSTANCE;
  }

  /** Made when it is first asked for. */
  private static final class ProcessBudget {
    static final MemoryBudget INSTANCE = of("default", DefaultCeiling.findAndLog());
  }

  /** {@return the name that the budget was made with} */
  public String name() {
    return name;
  }

  /** {@return the ceiling in bytes, {@link Long#MAX_VALUE} for an unlimited budget} */
  public long maxBytes() {
    return maxBytes;
  }

  /** {@return what is charged now, in bytes} */
  public long reservedBytes() {
    return reserved;
  }

  /** {@return the highest value that {@link #reservedBytes()} has had, in bytes} */
  public long peakReservedBytes() {
    return peak;
  }

  /**
   * {@return the bytes that are kept free for arenas which hold less than their floors} They are
   * not among {@link #reservedBytes()}.
   */
  public synchronized long promisedBytes() {
    return committed - held;
  }

  /**
   * {@return how many requests for chunks were refused} A request that is refused is made again for
   * a smaller chunk, if one would do, and counts again then.
   */
  public long refusals() {
    return refusals;
  }

  /** {@return how near the ceiling is} */
  public MemoryPressure pressure() {
    return pressure.level();
  }

  /**
   * Has a listener told when {@link #pressure()} changes, and at once if it is not {@link
   * MemoryPressure#NORMAL}. A listener hears of one change at a time, and of the latest level if
   * there were several; what it throws goes to the log.
   *
   * <p>No listener runs on a thread that is in the middle of an allocation or a release, so a
   * listener may use arenas that its thread owns, and buffers.
   *
   * @param executor runs the listener, for example an event loop; if it runs tasks at once on the
   *     thread that hands them over, the listener runs in the common pool of the JDK instead
   * @param listener what to tell
   * @return takes the listener out again when closed
   */
  public Subscription addPressureListener(Executor executor, Consumer<MemoryPressure> listener) {
    return pressure.addListener(
        Require.nonNull(executor, "executor", "what runs the listener"),
        Require.nonNull(listener, "listener", "what to tell"));
  }

  /** What arenas hold or were promised; never above the ceiling. */
  synchronized long committedBytes() {
    return committed;
  }

  /** What arenas hold or have claimed. */
  synchronized long heldBytes() {
    return held;
  }

  /** Keeps room for a floor, at once or as soon as there is any. */
  void promise(Floor floor) {
    boolean isTooMuch;
    synchronized (this) {
      waiting.add(floor); // first, and all that can fail
      floors += floor.wantedBytes;
      isTooMuch = floors > maxBytes && !hasWarnedOfFloors;
      hasWarnedOfFloors |= isTooMuch;
    }
    try {
      keepPromises();
      if (isTooMuch) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the floors of all arenas on the budget ''{0}'' are more than its {1} bytes together:"
                + " some arenas may get less than their floor",
            name,
            Long.toString(maxBytes));
      }
    } catch (Throwable e) {
      // Loggers are other people's; and promises are kept with the next change.
    }
  }

  /** Keeps no more room for a floor than is held. */
  void withdraw(Floor floor) {
    synchronized (this) {
      // Without a call: it must not be promised for ever because the stack ends here.
      long held = floor.heldBytes;
      committed += held - (held > floor.grantedBytes ? held : floor.grantedBytes);
      floors -= floor.wantedBytes;
      floor.wantedBytes = 0;
      floor.grantedBytes = 0;
    }
    try {
      forget(floor);
      keepPromises();
    } catch (VirtualMachineError e) {
      // With the next change, which finds that nothing is wanted.
    }
  }

  private synchronized void forget(Floor floor) {
    waiting.remove(floor);
  }

  /**
   * Claims bytes for an arena if it has been promised them, or if nobody has.
   *
   * @param floor the arena's account
   * @param bytes how many, at least 0
   * @return {@code false} if the ceiling forbids it; then nothing has changed
   */
  synchronized boolean tryClaim(Floor floor, long bytes) {
    long growth = floor.growthFor(bytes);
    if (growth > maxBytes - committed) {
      refusals++;
      return false;
    }
    floor.heldBytes += bytes;
    held += bytes;
    committed += growth;
    return true;
  }

  /**
   * Takes back a claim whose bytes are idle by now, were given back, or were never reserved. A
   * store does this, and {@link #credit}, by itself where there may be no stack left for a call.
   */
  void unclaim(Floor floor, long bytes) {
    synchronized (this) {
      long before = floor.committedBytes();
      long after = Math.max(floor.heldBytes - bytes, floor.grantedBytes);
      floor.heldBytes -= bytes;
      held -= bytes;
      committed += after - before;
      unclaims++;
    }
    keepPromises();
  }

  /** Keeps promises as far as there is room. */
  synchronized void keepPromises() {
    for (Floor floor = waiting.peek(); floor != null; floor = waiting.peek()) {
      long before = floor.committedBytes();
      long granted = floor.grantFor(maxBytes - committed);
      long growth = Math.max(floor.heldBytes, granted) - before;
      floor.grantedBytes = granted;
      committed += growth;
      if (!floor.isGranted()) {
        return;
      }
      waiting.remove();
    }
  }

  /**
   * Charges bytes that are about to be taken from the system and have been claimed. Has stores give
   * up idle chunks if there is no room otherwise.
   *
   * @return {@code false} if there are idle chunks in the way that the system does not take back
   */
  boolean reserve(long bytes) {
    while (!tryReserve(bytes)) {
      long seen = unclaimsSoFar();
      // What any store keeps for later is worth less than a request that is waiting now.
      if (reclaim(bytes) == 0 && unclaimsSoFar() == seen) {
        return tryReserve(bytes) || refuse(); // another thread may have given back what we need
      }
    }
    return true;
  }

  private synchronized long unclaimsSoFar() {
    return unclaims;
  }

  private synchronized boolean refuse() {
    refusals++;
    return false;
  }

  private boolean tryReserve(long bytes) {
    synchronized (this) {
      if (bytes > maxBytes - reserved) {
        return false;
      }
      long after = reserved + bytes;
      peak = Math.max(peak, after);
      reserved = after;
    }
    try {
      reservedChanged();
    } catch (VirtualMachineError e) {
      // It is reserved, and the caller must hear of it.
    }
    return true;
  }

  /** Credits bytes that were reserved before, and have gone back to the system. */
  void credit(long bytes) {
    synchronized (this) {
      reserved -= bytes;
    }
    reservedChanged();
  }

  /** To be called after {@link #reserved} has changed. */
  void reservedChanged() {
    pressure.reservedChanged();
  }

  /** Notes that a store keeps empty chunks at this budget's expense. */
  void register(ChunkStore store) {
    stores.removeIf(reference -> reference.get() == null);
    stores.add(new WeakReference<>(store));
  }

  /**
   * Has the stores give back idle chunks.
   *
   * @param bytes how much is enough
   * @return the bytes given back
   */
  long reclaim(long bytes) {
    long reclaimed = 0;
    for (WeakReference<ChunkStore> reference : stores) {
      ChunkStore store = reference.get();
      if (store != null && reclaimed < bytes) {
        reclaimed += store.giveUp(bytes - reclaimed);
      }
    }
    return reclaimed;
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
