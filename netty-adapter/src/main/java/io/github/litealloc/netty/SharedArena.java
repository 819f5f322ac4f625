package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaBuilder;
import io.github.litealloc.Errands;
import io.github.litealloc.Hardening;
import io.github.litealloc.MemoryViolation;
import io.github.litealloc.internal.Failures;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How threads without an arena of their own use one together: each while it has the lock. Any
 * thread.
 */
final class SharedArena {
  /*
   * Under the lock there is nothing but what the arena itself does: a few steps among its own objects.
   * No listener, handler or memory source is called there, no stack is looked at, no contents are copied,
   * nothing is written to a log or told to Flight Recorder, and the system is not asked for memory. What
   * comes up there is noted, and done when the lock is free again: chunks are fetched and given back, and
   * what the arena has to tell is told (Errands); buffers are told of and sampled; violations are told;
   * the clock is started; an arena that has ended is looked after. A strategy of somebody else is the
   * exception, for it is the arena. Who waits for one that does not come back goes elsewhere in the end.
   *
   * A release goes directly to the arena if the lock is free. If not, it is pushed to the inbox, like a
   * release on a thread that does not own an arena. None is stranded there:
   *
   *   releaser   pushes, then tries the lock again, a few times, and drains if it gets it; else it starts
   *              the clock
   *   holder     drains, lets the lock go, then looks into the inbox again, and drains if it gets the lock
   *
   * The holder's store need not be visible before its look, or it would have to wait for it. So the two
   * may miss each other: then the releaser finds the lock free a moment later, or the clock comes by. It is
   * the same with whoever is to end the arena, and does not get the lock; and a holder that throws does not
   * look at all.
   *
   * Whatever is thrown under the lock, it is let go, in the frame that took it and without a call. What
   * comes after it, and is not the caller's business, lets out nothing that the end of the stack or the
   * heap throws: for the caller's operation is done by then.
   */

  /** How long to wait for another thread that fetches a chunk, or gives some back. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How often to try the lock for what was pushed: its holder needs some tens of nanoseconds. */
  private static final int LOOKS = 8;

  private final BufferArena arena;
  private final ArenaHome<BufferArena> home;
  final ArenaLock lock; // let go elsewhere only after a failure
  private final Errands errands = new Errands();
  private final LeftToDo leftToDo;
  private final Queue<MemoryViolation> untold = new ConcurrentLinkedQueue<>();

  /** Whether a recording asks for every buffer: asked before the lock is taken. Guarded by it. */
  private boolean wantsBuffers;

  /**
   * For one in how many buffers the one that is just allocated stands, if it does. Guarded by it.
   */
  private int sampled = Sampler.NONE;

  /** Whether somebody has waited in vain to end the arena: nobody else need do so. */
  private volatile boolean isLeftToHolder;

  SharedArena(BufferArena arena, ArenaHome<BufferArena> home) {
    this.arena = arena;
    this.home = home;
    this.lock = new ArenaLock(home.lockWaits());
    this.leftToDo = new LeftToDo(home::startClock, arena::finish, () -> home.endShared(arena));
  }

  /** Makes an arena that is used like this. */
  void configure(ArenaBuilder builder) {
    Hardening hardening = home.hardening();
    builder.errands(errands);
    if (hardening.isOn()) {
      builder.hardening(hardening.telling(this::tellLater));
    }
  }

  BufferArena arena() {
    return arena;
  }

  boolean isLocked() {
    return lock.holder != ArenaLock.FREE;
  }

  boolean isLockedByCaller() {
    return lock.holder == ArenaLock.caller();
  }

  /**
   * Whether the caller has come here from the middle of an operation, where the arena cannot end:
   * it is ended when that is over.
   */
  boolean isToEndLater() {
    if (!isLockedByCaller()) {
      return false;
    }
    leftToDo.endArena();
    return true;
  }

  /** Has the clock started when the lock is free. Under it. */
  void wantClock() {
    leftToDo.startClock();
  }

  private void tellLater(MemoryViolation violation) {
    untold.add(violation);
    leftToDo.note();
  }

  /** Has the stack of the buffer that is just allocated taken. Under the lock. */
  void sampleLater(int everyN) {
    sampled = everyN;
  }

  /** Has the end looked after. Under the lock, the arena's own after its end. */
  void endComesNearer() {
    leftToDo.lookAfterEnd();
  }

  /** Whether a recording asks for every buffer, as of when the lock was taken. Under it. */
  boolean wantsBuffers() {
    return wantsBuffers;
  }

  // ---- allocating ----

  boolean tryLock(long caller) {
    boolean wants = BufferFlightEvents.wantsBuffers(); // before: it may load classes
    if (!lock.tryLock(caller)) {
      return false;
    }
    wantsBuffers = wants;
    return true;
  }

  private boolean lock(long caller) {
    boolean wants = BufferFlightEvents.wantsBuffers(); // as above
    if (!lock.lock(caller)) {
      return false;
    }
    wantsBuffers = wants;
    return true;
  }

  /**
   * Allocates if there is room, and lets the lock go, which the caller has.
   *
   * @return {@code null} if more must be done: then to be called is {@link #allocateCarefully}
   */
  @Nullable LiteByteBuf allocateAndUnlock(long caller, int initialCapacity, int maxCapacity) {
    LiteByteBuf buffer = null;
    int everyN = Sampler.NONE;
    try {
      if (arena.isOpen()) {
        if (errands.hasRemoteFrees()) {
          arena.arena().drainRemoteFrees();
        }
        buffer = arena.allocate(initialCapacity, maxCapacity);
        everyN = sampled;
        if (everyN != Sampler.NONE) {
          sampled = Sampler.NONE;
        }
      }
      lock.unlock();
    } catch (Throwable e) {
      if (lock.holder == caller) {
        lock.holder = ArenaLock.FREE;
      }
      if (buffer == null) {
        throw e;
      }
    }
    if (everyN != Sampler.NONE || arena.watched || isSomethingLeft()) {
      afterwards(buffer, everyN);
    }
    return buffer;
  }

  /** What is left to do for a buffer, and for others; loses no buffer. */
  private void afterwards(@Nullable LiteByteBuf buffer, int everyN) {
    try {
      if (buffer != null) {
        tellOf(buffer, everyN);
      }
      settleFor(buffer);
    } catch (VirtualMachineError e) {
      // What the caller wanted is done; the rest is when somebody comes next.
    }
  }

  private void tellOf(LiteByteBuf buffer, int everyN) {
    assert !isLockedByCaller() : "an event or a stack under the lock";
    if (everyN != Sampler.NONE) {
      AllocationStack stack = AllocationStack.here();
      whileLocked(
          () -> {
            arena.sample(buffer, everyN, stack);
            return true;
          });
    }
    BufferFlightEvents.moved(arena.figuresIfWatched(buffer));
  }

  /**
   * Allocates, and fetches what that takes.
   *
   * @return {@code null} if the arena is exhausted, suspect, closed, or busy with the caller
   */
  @Nullable LiteByteBuf allocateCarefully(long caller, int initialCapacity, int maxCapacity) {
    boolean hasReclaimed = false;
    long begunNanos = System.nanoTime();
    for (int attempt = 0; ; ) {
      arena.unended.handOver(arena);
      if (!lock(caller)) {
        return null;
      }
      long need = Errands.NO_NEED;
      int everyN = Sampler.NONE;
      LiteByteBuf buffer = null;
      try {
        if (arena.isOpen()) {
          errands.takeNeed(); // of somebody else, who has not come to fetch it yet
          buffer = arena.allocate(initialCapacity, maxCapacity);
          everyN = sampled;
          sampled = Sampler.NONE;
          need = errands.takeNeed();
        } else {
          errands.leaveFetched(); // it was closed while that was fetched
        }
      } finally {
        lock.holder = ArenaLock.FREE;
      }
      if (buffer != null) {
        afterwards(buffer, everyN);
        return buffer;
      }
      settle();
      if (need == Errands.NO_NEED) {
        return null;
      }
      Errands.Fetch fetch = errands.fetch(need);
      if (fetch == Errands.Fetch.DONE) {
        grown();
      } else if (fetch == Errands.Fetch.BY_ANOTHER) {
        if (System.nanoTime() - begunNanos > PATIENCE_NANOS) {
          return null;
        }
        ArenaLock.pause(attempt++);
      } else if (hasReclaimed) {
        return null;
      } else {
        reclaim();
        hasReclaimed = true;
      }
    }
  }

  /** Once more, without hope of a chunk: what fails now is counted, and others are asked. */
  @Nullable LiteByteBuf allocateOrFail(long caller, int initialCapacity, int maxCapacity) {
    if (!lock(caller)) {
      return null;
    }
    int everyN = Sampler.NONE;
    LiteByteBuf buffer = null;
    try {
      if (arena.isOpen()) {
        errands.refusing(true);
        buffer = arena.allocate(initialCapacity, maxCapacity);
        everyN = sampled;
        sampled = Sampler.NONE;
      }
    } finally {
      try {
        errands.refusing(false);
        errands.takeNeed();
      } finally {
        lock.holder = ArenaLock.FREE;
      }
    }
    if (buffer != null) {
      afterwards(buffer, everyN);
    } else {
      settle();
    }
    return buffer;
  }

  private void grown() {
    CoarseClock.step();
    home.startClock();
  }

  private void reclaim() {
    trim();
    long begunNanos = System.nanoTime();
    for (int attempt = 0; errands.areUnderWay(); attempt++) {
      if (System.nanoTime() - begunNanos > PATIENCE_NANOS) {
        return;
      }
      ArenaLock.pause(attempt); // what another thread gives back is of use only when it is back
    }
  }

  // ---- releasing ----

  /**
   * Takes back a buffer if the lock is free.
   *
   * @return {@code false} if not, or if the arena is at its end; then nothing has changed
   */
  boolean release(LiteByteBuf buffer) {
    long caller = ArenaLock.caller();
    if (!lock.tryLock(caller)) {
      return false;
    }
    boolean isOpen = false;
    boolean isDone = false;
    Throwable report = null;
    try {
      isOpen = arena.isOpen();
      if (isOpen) {
        if (errands.hasRemoteFrees()) {
          arena.arena().drainRemoteFrees();
        }
        arena.keepOrFree(buffer); // last: what the stack is too small for is done once more
        isDone = true;
      }
      lock.unlock();
    } catch (Throwable e) {
      if (lock.holder == caller) {
        lock.holder = ArenaLock.FREE;
      }
      if (!isDone) {
        if (e instanceof VirtualMachineError) {
          throw e;
        }
        report = e;
      }
    }
    try {
      if (isSomethingLeft()) {
        settle();
      }
    } catch (VirtualMachineError e) {
      // It is released, and must not be once more; the rest is done when somebody comes next.
    }
    if (report != null) { // else without a call, as the caller would do it once more
      Failures.throwIfAny(report);
    }
    return isOpen;
  }

  // ---- whatever else is done under the lock ----

  /** What is to be done with the arena. */
  interface Step {
    boolean run();
  }

  /**
   * Does something with the arena if it is open; once more with a chunk if it lacks one.
   *
   * @return what the step has answered; {@code false} if the arena is closed, or busy with the
   *     caller
   */
  boolean whileLocked(Step step) {
    long need = Errands.NO_NEED;
    boolean isDone;
    do {
      if (!lock(ArenaLock.caller())) {
        return false;
      }
      boolean isSecond = need != Errands.NO_NEED;
      try {
        errands.takeNeed();
        if (!arena.isOpen()) {
          errands.leaveFetched(); // as above
        }
        isDone = arena.isOpen() && step.run();
        need = isDone || isSecond ? Errands.NO_NEED : errands.takeNeed();
      } finally {
        lock.holder = ArenaLock.FREE;
      }
      settle();
    } while (need != Errands.NO_NEED && hasFetched(need));
    return isDone;
  }

  private boolean hasFetched(long need) {
    if (errands.fetch(need) != Errands.Fetch.DONE) {
      return false;
    }
    grown();
    return true;
  }

  /** As {@link BufferArena#trackForLeaks}. */
  void trackForLeaks(LiteByteBuf buffer) {
    whileLocked(
        () -> {
          arena.trackForLeaks(buffer);
          return true;
        });
  }

  /** Gives back what is empty; returns the bytes. */
  long trim() {
    long[] bytes = {0};
    arena.unended.handOver(arena);
    whileLocked(
        () -> {
          bytes[0] = arena.trim(false);
          errands.leaveFetched();
          return true;
        });
    return bytes[0];
  }

  /** Gives back, for another arena, what is empty above the floor. */
  void giveWay() {
    whileLocked(
        () -> {
          Arena own = arena.arena();
          own.trimUnderPressure(own.floorBytes());
          return true;
        });
  }

  /** Lets time pass; returns whether to call again. */
  boolean tick() {
    arena.unended.handOver(arena);
    whileLocked(
        () -> {
          errands.leaveFetched();
          return arena.tickArena();
        });
    boolean goesOn = errands.finishTick() || mayFallSilent();
    while (home.store().giveBackRest()) {
      Thread.onSpinWait(); // no loop waits for this thread
    }
    whileLocked(
        () -> {
          arena.fallAsleep(!goesOn);
          return true;
        });
    return goesOn;
  }

  /** Down to nothing: no thread is there whose floor it would be. */
  private boolean mayFallSilent() {
    return arena.statistics().reservedBytes() > 0 && !arena.arena().isSilent();
  }

  /**
   * Ends it.
   *
   * @return {@code false} if whoever is at work in it does not come to an end; then that one ends
   *     it, or else the clock
   */
  boolean close() {
    long caller = ArenaLock.caller();
    if (isLeftToHolder ? !lock.tryLock(caller) : !lock(caller)) {
      isLeftToHolder = true;
      endComesNearer();
      Thread.onSpinWait();
      if (!lock.tryLock(caller)) { // else it may have gone without a look
        home.startClock(); // which ends it if the holder goes without a look, or throws
        return false;
      }
    }
    try {
      errands.leaveFetched();
      arena.arena().closeForOwner();
    } finally {
      lock.holder = ArenaLock.FREE;
    }
    settle();
    return true;
  }

  /** Whether nothing of it is on its way back to the store. After its end; without the lock. */
  boolean hasSettled() {
    if (errands.hasFetched()) {
      whileLocked(() -> false); // which leaves it: whoever has fetched it does not come back
    }
    if (errands.areWaiting()) {
      errands.run();
    }
    if (errands.areWaiting() || errands.areUnderWay() || errands.hasFetched()) {
      home.watchEnds();
      endComesNearer(); // for whoever is at it
      return false;
    }
    return true;
  }

  // ---- when the lock is free again ----

  private boolean isSomethingLeft() {
    return errands.hasRemoteFrees() || errands.areWaiting() || leftToDo.isAny;
  }

  /**
   * The rest of what was released meanwhile; or after a push, which may be what is left. Who is
   * called by a strategy of somebody else leaves it to the holder, further up its stack.
   */
  void lookAgain() {
    if (isSomethingLeft() && !isLockedByCaller()) {
      settle();
    }
  }

  /** Does what was left to be done. */
  private void settle() {
    try {
      drainIfFree();
      if (errands.areWaiting()) {
        errands.run();
        if (!arena.isOpen()) {
          home.store().trim(); // no other arena need look after it
        }
      }
      leftToDo.doAll();
    } catch (VirtualMachineError e) {
      // What the caller wanted is done; the rest is when somebody comes next.
      leftToDo.isAny = true; // by a store, not a call
    }
    for (MemoryViolation next = untold.poll(); next != null; next = untold.poll()) {
      home.hardening().tell(next);
    }
  }

  private void drainIfFree() {
    for (int looks = 0; errands.hasRemoteFrees() && arena.isOpen(); ) {
      if (!lock.tryLock(ArenaLock.caller())) {
        if (++looks == LOOKS) {
          wantClock(); // its holder looks again; but it may have done that, and not seen all
          return;
        }
        Thread.onSpinWait();
        continue;
      }
      try {
        if (arena.isOpen()) {
          arena.arena().drainRemoteFrees();
        }
      } finally {
        lock.holder = ArenaLock.FREE;
      }
    }
  }

  /** The same; what is told of others' buffers must not lose this one. */
  private void settleFor(@Nullable LiteByteBuf buffer) {
    try {
      settle();
    } catch (Throwable e) {
      if (buffer != null) {
        buffer.release();
      }
      throw e;
    }
  }
}
