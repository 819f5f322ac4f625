package io.github.litealloc.netty;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The arenas of all threads that have none of their own: a few, each for one thread at a time. Any
 * thread.
 */
final class Stripes {
  /*
   * A thread's number says which arena it tries first; it is not kept anywhere that a thread has been
   * here. Arenas are made when they are first needed: one, until threads meet there often, then twice as
   * many, up to a few for each processor. No more threads than processors are at work at a time; but
   * where more want to be, some are stopped in the middle of an operation, and nobody else has their
   * arenas until they go on. In the steady state of eight threads on two processors a step took 1,600
   * ns on average with four arenas, and 500 to 700 with eight.
   *
   * A thread that finds the lock of an arena taken goes to the next one, and waits only if all are taken.
   * From then on it tries the next one first (as the JDK's LongAdder does it): two threads that are at
   * work at the same time would else meet for ever. What is kept for that is a table of fixed size,
   * whose entries are those of all threads with the same hash.
   *
   * An arena that has ended, with its strategy or by a failure in the middle of an operation, is taken
   * out, and another one is made in its place.
   */

  private static final int MAX_STRIPES = 64;
  private static final int STRIPES_FOR_EACH_PROCESSOR = 4;

  /** How often threads must meet before there are more arenas. */
  private static final int MEETINGS = 32;

  /** How many changes of strategy a request may meet. */
  private static final int ATTEMPTS = 10;

  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int MIX_SHIFT = 40;

  private static final int MOVES_SHIFT = 56;
  private static final int MOVES = 1 << Long.SIZE - MOVES_SHIFT;

  private final AtomicReferenceArray<@Nullable SharedArena> arenas;
  private final Function<String, SharedArena> maker;
  private final Predicate<BufferArena> isUsable;
  private final Predicate<BufferArena> isCurrent;
  private final Consumer<BufferArena> ender;
  private final LockWaits waits;

  /** How many are in use: a power of two. */
  private volatile int count = 1;

  private int meetings; // racy: about how many

  /** By the hash of a thread: how often it has gone to the next arena. Racy, too. */
  private final byte[] moves = new byte[MOVES];

  /**
   * @param maker makes an arena of that name
   * @param isUsable whether an arena that was made may be used, or something has changed meanwhile;
   *     it is ended then
   * @param isCurrent whether one that is there may still be used; it is ended if not
   * @param ender ends an arena one of whose operations has not ended
   * @param waits counts the meetings
   */
  Stripes(
      Function<String, SharedArena> maker,
      Predicate<BufferArena> isUsable,
      Predicate<BufferArena> isCurrent,
      Consumer<BufferArena> ender,
      LockWaits waits) {
    int processors = Runtime.getRuntime().availableProcessors();
    int most =
        Math.min(
            MAX_STRIPES,
            STRIPES_FOR_EACH_PROCESSOR * Integer.highestOneBit(Math.max(1, processors)));
    this.arenas = new AtomicReferenceArray<>(most);
    this.maker = maker;
    this.isUsable = isUsable;
    this.isCurrent = isCurrent;
    this.ender = ender;
    this.waits = waits;
  }

  /** From the thread's usual arena, if that is free and has room; else {@code null}. */
  @Nullable LiteByteBuf tryAllocate(int initialCapacity, int maxCapacity) {
    long caller = ArenaLock.caller();
    SharedArena usual = arenas.getAcquire(first(caller) & (count - 1));
    if (usual == null || !usual.tryLock(caller)) {
      return null;
    }
    try {
      return usual.allocateAndUnlock(caller, initialCapacity, maxCapacity);
    } catch (Throwable e) {
      if (usual.lock.holder == caller) { // there was no stack even for that call
        usual.lock.holder = ArenaLock.FREE;
      }
      throw e;
    }
  }

  private int first(long caller) {
    long hash = caller * MIX;
    return (int) (hash >>> MIX_SHIFT) + moves[(int) (hash >>> MOVES_SHIFT)];
  }

  /**
   * From whatever arena has room; {@code null} if none has, and then it is counted as a failure.
   */
  @Nullable LiteByteBuf allocate(int initialCapacity, int maxCapacity) {
    long caller = ArenaLock.caller();
    int stripes = count;
    int first = first(caller);
    for (int i = 0; i < stripes; i++) {
      SharedArena arena = existingOrNew((first + i) & (stripes - 1));
      if (arena != null && arena.tryLock(caller)) {
        LiteByteBuf buffer;
        try {
          buffer = arena.allocateAndUnlock(caller, initialCapacity, maxCapacity);
        } catch (Throwable e) {
          if (arena.lock.holder == caller) { // as above
            arena.lock.holder = ArenaLock.FREE;
          }
          throw e;
        }
        if (buffer == null) {
          buffer = arena.allocateCarefully(caller, initialCapacity, maxCapacity);
        }
        if (buffer != null) {
          return buffer;
        }
      } else {
        met(caller);
      }
    }
    return allocateByWaiting(caller, first, initialCapacity, maxCapacity);
  }

  private @Nullable LiteByteBuf allocateByWaiting(
      long caller, int first, int initialCapacity, int maxCapacity) {
    SharedArena tried = null;
    for (int i = 0; i < arenas.length(); i++) {
      SharedArena arena = i == 0 ? existingOrNew(first & (count - 1)) : arenas.get(i);
      tried = i == 0 ? arena : tried;
      if (arena != null) {
        LiteByteBuf buffer = arena.allocateCarefully(caller, initialCapacity, maxCapacity);
        if (buffer != null) {
          return buffer;
        }
      }
    }
    SharedArena usual = existingOrNew(first & (count - 1));
    for (int i = 0; (usual == null || usual != tried) && i < ATTEMPTS; i++) {
      // The strategy has changed meanwhile: what was just made may have no chunk, and is not full.
      LiteByteBuf buffer =
          usual == null ? null : usual.allocateCarefully(caller, initialCapacity, maxCapacity);
      if (buffer != null) {
        return buffer;
      }
      tried = usual;
      usual = existingOrNew(first & (count - 1));
    }
    if (usual != null && usual.isLocked()) {
      return allocateBesides(caller, initialCapacity, maxCapacity);
    }
    return usual == null ? null : usual.allocateOrFail(caller, initialCapacity, maxCapacity);
  }

  /** While somebody does not come to an end who is at work, in a strategy of somebody else. */
  private @Nullable LiteByteBuf allocateBesides(long caller, int initialCapacity, int maxCapacity) {
    meetings = MEETINGS;
    met(caller);
    SharedArena other = existingOrNew(first(caller) & (count - 1));
    return other == null || other.isLocked()
        ? null
        : other.allocateCarefully(caller, initialCapacity, maxCapacity);
  }

  /**
   * The calling thread's arena, which has just failed, or the one that has taken its place; {@code
   * null} if there is none, as the allocator is closed.
   */
  @Nullable BufferArena usual() {
    SharedArena usual = null;
    for (int i = 0; usual == null && i < ATTEMPTS; i++) { // again if the strategy has just changed
      usual = existingOrNew(first(ArenaLock.caller()) & (count - 1));
    }
    return usual == null ? null : usual.arena();
  }

  private void met(long caller) {
    waits.met();
    moves[(int) (caller * MIX >>> MOVES_SHIFT)]++;
    if (++meetings >= MEETINGS && count < arenas.length()) {
      meetings = 0;
      count = Math.min(arenas.length(), 2 * count);
    }
  }

  /** {@code null} if what is made may not be used. */
  private @Nullable SharedArena existingOrNew(int index) {
    SharedArena existing = arenas.get(index);
    if (existing != null) {
      boolean isSuspect = existing.arena().arena().isSuspect();
      if (!isSuspect && existing.arena().isOpen() && isCurrent.test(existing.arena())) {
        return existing;
      }
      if (arenas.compareAndSet(index, existing, null) && isSuspect) {
        ender.accept(existing.arena());
      }
    }
    SharedArena made = maker.apply("striped-" + index);
    if (!arenas.compareAndSet(index, null, made)) {
      made.arena().close();
      return arenas.get(index);
    }
    if (!isUsable.test(made.arena())) {
      arenas.compareAndSet(index, made, null);
      return null;
    }
    return made;
  }

  /** Takes out an arena that must not be used any more. */
  void takeOut(SharedArena arena) {
    for (int i = 0; i < arenas.length(); i++) {
      arenas.compareAndSet(i, arena, null);
    }
  }

  /** Lets time pass; returns whether to call again. */
  boolean tick() {
    boolean goesOn = false;
    for (int i = 0; i < arenas.length(); i++) {
      SharedArena arena = arenas.get(i);
      goesOn |= arena != null && arena.tick();
    }
    return goesOn;
  }

  /** Gives back, for others, what is empty above the floors. */
  void giveWay() {
    for (int i = 0; i < arenas.length(); i++) {
      SharedArena arena = arenas.get(i);
      if (arena != null) {
        arena.giveWay();
      }
    }
  }
}
