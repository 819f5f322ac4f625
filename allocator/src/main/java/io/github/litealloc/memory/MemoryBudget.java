package io.github.litealloc.memory;

import io.github.litealloc.internal.Queues;
import io.github.litealloc.internal.Require;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

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
 *
 * @since 0.1.0
 */
public final class MemoryBudget {
  /*
   * Three sums, guarded by the monitor:
   *   held       bytes of chunks that arenas have, or have claimed and are about to take
   *   allotted   the same, and what is promised to arenas that hold less than their floors, or were
   *              refused a moment ago (see Wishes)
   *   reserved   bytes taken from the system, less pages that went back: of arenas, and idle in stores
   * Invariant: neither allotted nor reserved exceeds the ceiling.
   *
   * To take a chunk is to claim its bytes, then to reserve them. A claim takes no notice of idle chunks,
   * since they can go back at any time: one that is accepted finds room, if need be once they have. To
   * give a chunk back is the reverse: first it becomes idle or goes back to the system, then its bytes
   * are unclaimed. So whatever is reserved and not claimed is in the reach of reclaim.
   *
   * A monitor and no atomics: the sums change together, and only when a chunk changes hands.
   *
   * The stack may end at any call, and the heap at any allocation. So sums that belong together change
   * without a call in between; what only follows from it (keeping promises, telling of pressure) lets no
   * such error out, and is made up for with the next change. Each method does all or, if it throws, nothing.
   */

  private static final System.Logger LOG = System.getLogger(MemoryBudget.class.getName());

  private final String name;
  private final long maxBytes;
  private final PressureGauge pressure;

  /** {@link #credit}, for whoever must not keep the budget alive, and refers to this weakly. */
  final LongConsumer crediting = this::credit;

  // Written under the monitor, read by anybody.
  volatile long reserved;
  volatile long uncollected; // of these, what nobody uses and only the collector frees
  private volatile long peak;
  private volatile long refusals;
  private volatile long systemRefusals;
  private volatile long collectorRefusals;

  // Guarded by the monitor.
  long held;
  long allotted;
  long unclaims; // how often bytes were unclaimed
  private long floors; // the sum of all floors, promised or not
  private boolean hasWarnedOfFloors;
  private final Queue<Floor> waiting = Queues.unforgetting(); // floors not yet promised in full
  private final Wishes wishes;

  private volatile boolean hasWishes; // written under the monitor

  final BudgetedStores stores = new BudgetedStores();

  /** Those to which something is charged: also when their stores are gone. */
  private final List<Runnable> collected = new CopyOnWriteArrayList<>();

  /** With a clock of its own, for tests. */
  MemoryBudget(String name, long maxBytes, LongSupplier nanoTime) {
    this.name = Require.nonEmpty(name, "name");
    this.wishes = new Wishes(nanoTime);
    this.maxBytes = maxBytes;
    // What is dead is as good as free for whoever asks next.
    this.pressure = new PressureGauge(name, maxBytes, () -> reserved - uncollected);
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
    return new MemoryBudget(name, maxBytes, System::nanoTime);
  }

  /**
   * Makes a budget that only counts.
   *
   * @param name its name in logs and on dashboards
   * @return a new budget without a ceiling
   */
  public static MemoryBudget unlimited(String name) {
    return new MemoryBudget(name, Long.MAX_VALUE, System::nanoTime);
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
    lookAfterCollected();
    return reserved;
  }

  /**
   * {@return of {@link #reservedBytes()}, what nobody uses and only the garbage collector can give
   * back} Kept for reuse until then. 0 where memory is freed at once ({@link
   * MemorySource#freesAtOnce}). {@link #pressure()} does not count it.
   */
  public long uncollectedBytes() {
    lookAfterCollected();
    return uncollected;
  }

  private void lookAfterCollected() {
    if (!collected.isEmpty()) {
      collected.forEach(Runnable::run);
    }
  }

  /** {@return the highest value that {@link #reservedBytes()} has had, in bytes} */
  public long peakReservedBytes() {
    return peak;
  }

  /**
   * {@return the bytes that are kept free for arenas which hold less than their floors, or were
   * refused as many a moment ago} They are not among {@link #reservedBytes()}.
   */
  public synchronized long promisedBytes() {
    endOldWishes();
    return allotted - held;
  }

  /**
   * {@return how many requests for chunks this budget refused} A request that is refused is made
   * again for a smaller chunk, if one would do, and counts again then.
   */
  public long refusals() {
    return refusals;
  }

  /**
   * {@return how many requests for chunks the budget would have allowed, but failed because the
   * system had no memory} For a while after the system was asked in vain it is not asked again
   * ({@link ChunkStoreBuilder#refusalPauseMillis}); the requests of that time are counted, too.
   * They are not among {@link #refusals()}.
   */
  public long systemRefusals() {
    return systemRefusals;
  }

  /**
   * {@return how many requests for chunks the budget would have allowed, but failed because the
   * garbage collector had not taken yet what nobody uses} They are not among {@link #refusals()}.
   */
  public long collectorRefusals() {
    return collectorRefusals;
  }

  /**
   * {@return how near the ceiling is; {@link MemoryPressure#CRITICAL} also while the system has
   * refused memory}
   */
  public MemoryPressure pressure() {
    return pressure.level();
  }

  /** The same without a look whether a refusal by the system is over, which may tell listeners. */
  MemoryPressure pressureAsKnown() {
    return pressure.known();
  }

  /**
   * {@return for how many nanoseconds {@link #pressure()} was at a level}
   *
   * @param level the level
   */
  public long pressureNanos(MemoryPressure level) {
    return pressure.nanosAt(level);
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
  synchronized long allottedBytes() {
    endOldWishes();
    return allotted;
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
      long before = held + floor.keptBytes;
      allotted += held - (before > floor.grantedBytes ? before : floor.grantedBytes);
      floor.keptBytes = 0;
      floor.wishBytes = 0;
      floors -= floor.wantedBytes;
      floor.wantedBytes = 0;
      floor.grantedBytes = 0;
      floor.isWithdrawn = true;
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
    wishes.remove(floor);
    hasWishes = !wishes.isEmpty();
  }

  /**
   * Claims bytes for an arena if it has been promised them, or if nobody has.
   *
   * @param floor the arena's account
   * @param bytes how many, at least 0
   * @return {@code false} if the ceiling forbids it; then nothing has changed
   */
  synchronized boolean tryClaim(Floor floor, long bytes) {
    if (floor.isWithdrawn) {
      return false; // the arena has ended while somebody went to fetch a chunk for it
    }
    if (!hasRoom(floor, bytes) && !(endOldWishes() && hasRoom(floor, bytes))) {
      refusals++;
      return false;
    }
    long before = floor.allottedBytes();
    long kept = Math.max(0, floor.keptBytes - bytes);
    long after = Math.max(floor.heldBytes + bytes + kept, floor.grantedBytes);
    floor.heldBytes += bytes;
    floor.keptBytes = kept;
    held += bytes;
    allotted += after - before;
    if (floor.wishBytes > 0 && bytes >= floor.wishBytes) {
      try {
        endWish(floor);
      } catch (VirtualMachineError e) {
        // It is claimed, and the caller must hear of it. The wish ends with time.
      }
    }
    return true;
  }

  private boolean hasRoom(Floor floor, long bytes) {
    return floor.growthFor(bytes) <= maxBytes - allotted;
  }

  /**
   * Notes that an arena was refused memory: as soon as there is room for as much, it is kept for
   * it, for a moment. Not if the arena has ended meanwhile.
   */
  synchronized void wish(Floor floor, long bytes) {
    endOldWishes();
    if (floor.isWithdrawn) {
      return;
    }
    wishes.add(floor, bytes);
    hasWishes = true;
    keepPromises();
  }

  /** Whether arenas that were refused memory a moment ago wait for some. */
  boolean isWished() {
    return hasWishes && hasYoungWishes();
  }

  private synchronized boolean hasYoungWishes() {
    endOldWishes();
    return hasWishes;
  }

  private boolean endOldWishes() {
    boolean hasEnded = false;
    if (hasWishes) {
      for (Floor old = wishes.anyOld(); old != null; old = wishes.anyOld()) {
        endWish(old);
        hasEnded = true;
      }
    }
    return hasEnded;
  }

  /** Keeps nothing for a wish any more. Under the monitor. */
  private void endWish(Floor floor) {
    long after = Math.max(floor.heldBytes, floor.grantedBytes);
    long before = floor.allottedBytes();
    floor.keptBytes = 0;
    floor.wishBytes = 0;
    allotted += after - before;
    wishes.remove(floor); // one that has no wish is ended as an old one
    hasWishes = !wishes.isEmpty();
    keepPromises();
  }

  /**
   * Takes back a claim whose bytes are idle by now, were given back, or were never reserved. A
   * store does this, and {@link #credit}, by itself where there may be no stack left for a call.
   */
  void unclaim(Floor floor, long bytes) {
    synchronized (this) {
      long before = floor.allottedBytes();
      long after = Math.max(floor.heldBytes - bytes + floor.keptBytes, floor.grantedBytes);
      floor.heldBytes -= bytes;
      held -= bytes;
      allotted += after - before;
      unclaims++;
    }
    unclaimed(floor, bytes);
  }

  /** To be called after bytes were unclaimed: somebody else may get what was promised. */
  synchronized void unclaimed(Floor floor, long bytes) {
    if (floor.wishBytes > 0 && bytes >= floor.wishBytes) {
      endWish(floor); // who lets go of as much does not wait for it
    } else {
      keepPromises();
    }
  }

  /** Keeps promises as far as there is room. */
  synchronized void keepPromises() {
    for (Floor floor = waiting.peek(); floor != null; floor = waiting.peek()) {
      long before = floor.allottedBytes();
      long granted = floor.grantFor(maxBytes - allotted);
      long growth = Math.max(floor.heldBytes + floor.keptBytes, granted) - before;
      floor.grantedBytes = granted;
      allotted += growth;
      if (!floor.isGranted()) {
        return;
      }
      waiting.remove();
    }
    if (!wishes.isEmpty()) { // or each chunk would cost an iterator
      keepRoomForWishes();
    }
  }

  private void keepRoomForWishes() {
    for (Floor floor : wishes) { // room for the whole wish, or none
      long growth = floor.growthFor(floor.wishBytes);
      if (floor.wishBytes > floor.keptBytes && growth <= maxBytes - allotted) {
        floor.keptBytes = floor.wishBytes;
        allotted += growth;
      }
    }
  }

  /**
   * Charges claimed bytes that are about to be taken from the system; idle chunks make room.
   *
   * @return {@code false} if there are idle chunks in the way that the system does not take back
   */
  boolean reserve(long bytes) {
    while (!tryReserve(bytes)) {
      long seen = unclaimsSoFar();
      // What any store keeps for later is worth less than a request that is waiting now.
      if (stores.reclaim(bytes) == 0 && unclaimsSoFar() == seen) {
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

  boolean tryReserve(long bytes) {
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

  /** The system was asked, and has refused. */
  void systemRefused(SystemRefusal refusal) {
    refusal.refused();
    pressure.refused(refusal);
  }

  /** The system was asked, and has given memory. */
  void systemServed(SystemRefusal refusal) {
    refusal.served();
    pressure.ended(refusal);
  }

  /** Counts a request that got no chunk because the collector has to come by first. */
  synchronized void countCollectorRefusal() {
    collectorRefusals++;
  }

  /** Something is charged that only the collector frees: what looks whether it has. */
  void hold(Runnable look) {
    if (!collected.contains(look)) {
      collected.add(look);
    }
  }

  /** Nothing of it is charged any more. */
  void letGo(Runnable look) {
    collected.remove(look);
  }

  /** Counts a request that got no chunk because the system had none. */
  synchronized void countSystemRefusal() {
    systemRefusals++;
  }

  /** {@return the bytes of the empty chunks that the stores of this budget keep} Any thread. */
  public long idleBytes() {
    return stores.idleBytes();
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
