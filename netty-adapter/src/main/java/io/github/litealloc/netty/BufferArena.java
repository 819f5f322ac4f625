package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaBuilder;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.BlockCache;
import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.netty.internal.Tasks;
import io.github.litealloc.netty.internal.events.BufferFigures;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBufAllocator;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of an allocator: its arena, and the buffer objects that it reuses. Owner
 * thread only, except where a method says otherwise. Or the share of several threads, of which the
 * one that holds its lock stands for the owner ({@link SharedArena}).
 */
final class BufferArena implements TrimTimer.Timed {
  /*
   * Joins three things that know nothing of each other: the arena, which knows blocks; the pool, which knows
   * buffer objects; and the timer, for which the event loop is a clock. Most requests of a loop are served by
   * the pool alone: allocate, BufferPool.takeCached and LiteByteBuf.reuse are all there is then, and release
   * is one comparison and BufferPool.cache. Whatever is added to those is measured. What else must be noticed
   * (sampling, recordings, the time) is noticed only when the pool has nothing; another thread that wants to
   * be noticed has it bypassed. Of its allocator it knows only the home; calls never come back from there.
   *
   *   activeOwner   the arena's owner while open, else null. Other threads compare it to themselves, and need
   *                 not see the latest value. Null for a moment, too, while it is tried to end the arena
   *                 without its owner (takeAway), who then waits where that matters (isCallersOwn).
   *   closed        nobody owns it any more. Its buffers are freed by whoever releases them, one at a time under
   *                 the arena's lock (Arena.remoteFree), and ArenaEnd counts them out.
   *   retired       closed, and the owner has another arena to which growing buffers may move.
   *   watched       while set, no block is kept with its buffer: nobody would be told of it.
   *   asleep        while set, neither: the timer would not come by for it.
   */

  private final ArenaHome<BufferArena> home;
  private final ByteBufAllocator allocator;
  private final Arena arena;
  private final ArenaStatistics statistics;
  private final StrategyFactory strategy;
  private final ArenaOwner owner;

  /** Guards the end of the ownership, which is the owner's or is taken away, but not both. */
  private final Object ownershipLock = new Object();

  private @Nullable Thread activeOwner;
  private volatile boolean ending; // written under the lock, once
  private final BlockCache blocks;
  private final BufferPool pool;
  private final Sampler sampler = new Sampler();
  final LeakPace leakPace;

  /** The coarse clock's time when a block was last taken: reading the clock cost 1 ns. */
  private long stampNanos;

  boolean watched; // whether a recording asks for every buffer; written by the owner

  private final @Nullable SharedArena shared; // none for the arena of one owner
  private final @Nullable TrimTimer timer; // none for a thread without an event loop

  private boolean asleep; // the timer has stopped: the owner's next release frees, and wakes it

  /** What is decided when it is exhausted; by nobody twice at a time, who might ask for ever. */
  final Turn exhaustion;

  /** What others have served its owner so far because it was exhausted, in bytes. Owner only. */
  long servedElsewhereBytes;

  final AtomicReference<@Nullable Drawing> drawing = new AtomicReference<>(); // of its map, if any

  private volatile boolean retired; // written by the owner
  final ArenaEnd end;
  final LiteByteBuf.Unended unended = new LiteByteBuf.Unended();

  /** Makes the arena of the calling thread, or one that nobody owns. */
  BufferArena(ArenaHome<BufferArena> home, StrategyFactory strategy, ArenaOwner owner) {
    this.home = home;
    this.allocator = home.allocator();
    this.strategy = strategy;
    this.owner = owner;
    this.shared = owner.thread() == null ? new SharedArena(this, home) : null;
    this.exhaustion = shared == null ? new Turn() : Turn.ofEachThread();
    ArenaBuilder builder = home.arenaBuilder(owner.name(), strategy);
    if (shared != null) {
      shared.configure(builder);
    }
    this.arena = builder.onGrowth(this::grown).onWanted(this::memoryIsWanted).build();
    try {
      this.blocks = arena.blockCache(this::flushCache);
      this.pool = new BufferPool(this, blocks);
      this.statistics = arena.statistics();
      this.leakPace = new LeakPace(statistics::allocations);
      this.timer = owner.takesTasks() ? new TrimTimer(this, owner, home.store()) : null;
      blocks.expectTicks(timer != null || shared != null);
      this.end =
          new ArenaEnd(
              this::closeArena,
              owner,
              statistics,
              home.store(),
              home::watchEnds,
              () -> home.drained(this),
              shared == null ? null : shared::endComesNearer);
      this.activeOwner = owner.thread();
    } catch (Throwable e) {
      arena.close(); // what could not be made must have no floor
      throw e;
    }
  }

  // ---- what it is: any thread may ask ----

  @Override
  public Arena arena() {
    return arena;
  }

  /** What its buffers answer as theirs. */
  ByteBufAllocator allocator() {
    return allocator;
  }

  ArenaStatistics statistics() {
    return statistics;
  }

  ArenaMetric metric() {
    return ArenaMetric.of(arena, retired);
  }

  boolean isOf(StrategyFactory wanted) {
    return strategy == wanted;
  }

  @Override
  public boolean isOpen() { // any thread
    return !ending;
  }

  /** What its users share it by, if it has not one owner. */
  @Nullable SharedArena shared() {
    return shared;
  }

  boolean isRetired() {
    return retired;
  }

  boolean isOwnedByCaller() {
    return Thread.currentThread() == activeOwner;
  }

  /** The same; waits if somebody tries to take it away just now. */
  @Override
  public boolean isCallersOwn() {
    Thread caller = Thread.currentThread();
    if (caller != owner.thread()) {
      return false;
    }
    synchronized (ownershipLock) {
      return activeOwner == caller;
    }
  }

  ArenaOwner owner() {
    return owner;
  }

  /** Any thread, for what it offers to any. */
  BufferPool pool() {
    return pool;
  }

  // ---- allocating ----

  /** Returns a buffer, or {@code null} if the arena is exhausted. */
  @Nullable LiteByteBuf allocate(int initialCapacity, int maxCapacity) {
    LiteByteBuf cached = pool.takeCached(initialCapacity);
    if (cached != null) {
      return reuse(cached, initialCapacity, maxCapacity, false);
    }
    cached = pool.takeCachedAndCounted(initialCapacity);
    return cached != null
        ? reuse(cached, initialCapacity, maxCapacity, true)
        : allocateUncached(initialCapacity, maxCapacity);
  }

  private LiteByteBuf reuse(
      LiteByteBuf cached, int initialCapacity, int maxCapacity, boolean isCounted) {
    try {
      cached.reuse(initialCapacity, maxCapacity, stampNanos);
      if (isCounted) {
        sampleIfDue(cached);
      }
      return cached;
    } catch (Throwable e) {
      synchronized (unended) { // no call: there may be no stack for one
        cached.nextUnended = unended.first;
        unended.first = cached;
      }
      throw e;
    }
  }

  private @Nullable LiteByteBuf allocateUncached(int initialCapacity, int maxCapacity) {
    unended.handOver(this);
    if (pool.isBypassed()) {
      refresh();
    }
    stampNanos = CoarseClock.nanos();
    watchIfWanted();
    if (arena.isSuspect()) {
      return null;
    }
    LiteByteBuf buffer = pool.takeIdle(); // first: or a block is lost when the heap is full
    long block = Blocks.NO_BLOCK;
    try {
      block = arena.allocate(initialCapacity);
      if (block == Blocks.NO_BLOCK) {
        pool.putIdle(buffer);
        return null;
      }
      buffer.use(arena, block, initialCapacity, maxCapacity, stampNanos);
      if (watched && shared == null) { // else without the lock
        BufferFlightEvents.allocated(buffer.figures());
      }
      sampleIfDue(buffer);
      return buffer;
    } catch (Throwable e) {
      buffer.block = block;
      buffer.length = initialCapacity;
      buffer.blockBytes = initialCapacity;
      synchronized (unended) { // as above
        buffer.nextUnended = unended.first;
        unended.first = buffer;
      }
      throw e;
    }
  }

  // ---- releasing ----

  /** Keeps a buffer whose last reference was released, with its block, or does not. Any thread. */
  boolean keep(LiteByteBuf buffer) {
    return Thread.currentThread() == activeOwner && pool.cache(buffer);
  }

  /** Takes back a buffer that is not kept. Any thread. */
  void release(LiteByteBuf buffer) {
    if (!isOwnedByCaller()) {
      releaseElsewhere(buffer);
      return;
    }
    if (watched) {
      buffer.tellOfRelease();
    }
    freeUncached(buffer);
  }

  private void releaseElsewhere(LiteByteBuf buffer) {
    if (watched) {
      buffer.tellOfRelease();
    }
    if (shared != null && shared.release(buffer)) {
      return;
    }
    boolean isFirst = arena.remoteFree(buffer);
    try {
      handedOver(isFirst);
      unended.handOver(this);
      if (ending && !end.isFinished()) {
        Tasks.run("finishing the end of an arena", this::finish);
      }
    } catch (VirtualMachineError e) {
      // It is released; the rest is done when somebody comes next.
    }
  }

  /** Keeps a released buffer with its block, or frees both. On a closed arena: under its lock. */
  void keepOrFree(LiteByteBuf buffer) {
    if (!buffer.hasBlock() || !pool.cache(buffer)) {
      freeUncached(buffer);
    }
  }

  private void freeUncached(LiteByteBuf buffer) {
    if (!pool.isListed(buffer) && buffer.hasBlock()) {
      pool.list(buffer);
      buffer.updateShelf();
      if (pool.cache(buffer)) {
        return;
      }
    }
    buffer.free();
  }

  // ---- for buffers that free or change their memory ----

  /** Frees a buffer's block; on a closed arena also on other threads, one at a time. */
  void free(long block, int bytes) {
    if (asleep) {
      wake(); // first: nothing must fail when it is free
    }
    arena.free(block, bytes);
  }

  /** Puts a buffer object back; on a closed arena also on other threads, one at a time. */
  void recycle(LiteByteBuf buffer) {
    if (ending) {
      pool.forget(buffer); // now, and not with the last of them
      end.bufferFreed();
    } else {
      pool.putIdle(buffer);
    }
  }

  /** The owner puts back an object without a block; while asleep it has nothing else to do. */
  void recycledWithoutBlock() {
    if (asleep && isOwnedByCaller()) {
      wake();
    }
  }

  long reallocate(long block, int oldBytes, int newBytes) {
    if (asleep) {
      wake(); // first, as above
    }
    return arena.reallocate(block, oldBytes, newBytes);
  }

  /** Frees a block that a live buffer has moved away from. Any thread. */
  void freeFromAnyThread(long block, int bytes) {
    if (isOwnedByCaller()) {
      arena.free(block, bytes);
      return;
    }
    boolean isFirst = arena.remoteFree(block, bytes);
    try {
      handedOver(isFirst);
      if (arena.isClosed()) {
        end.blockLeft();
      }
    } catch (VirtualMachineError e) {
      // As above.
    }
  }

  /** Something was handed over to the owner. Any thread. */
  void handedOver(boolean isFirst) {
    if (shared != null) {
      shared.lookAgain(); // whoever has the lock may just have let it go
    } else if (isFirst && timer != null) {
      timer.remoteFreesWait();
    }
    if (!owner.isReliable() || home.isClosed()) {
      endIfOwnerHas(); // for it may not have told
    }
  }

  /** What it knows of its allocator. Any thread. */
  ArenaHome<BufferArena> home() {
    return home;
  }

  // ---- sampling, leak detection, recording ----

  private void sampleIfDue(LiteByteBuf buffer) {
    if (sampler.count()) {
      if (shared != null) {
        shared.sampleLater(sampler.everyN());
      } else {
        sample(buffer, sampler.everyN(), AllocationStack.here());
      }
    }
  }

  void sample(LiteByteBuf buffer, int everyN, AllocationStack stack) {
    holdWeakly(buffer, CoarseClock.step(), new WeaklyHeldBuffer.Sample(stack, everyN));
  }

  private void refresh() {
    do {
      sampler.everyN(home.sampling());
      pool.stopBypass(sampler.isOn());
    } while (home.sampling() != sampler.everyN()); // for its bypass may just have been stopped
  }

  /** Lets the garbage collector, and so the leak detector, see when a buffer is forgotten. */
  void trackForLeaks(LiteByteBuf buffer) {
    stampNanos = leakPace.sampled(); // a loop that reuses buffers has no other occasion
    watchIfWanted();
    if (!buffer.isWeaklyHeld()) {
      holdWeakly(buffer, buffer.allocatedNanos(), null);
    }
  }

  private void holdWeakly(
      LiteByteBuf buffer, long allocatedNanos, WeaklyHeldBuffer.@Nullable Sample sample) {
    pool.holdWeakly(buffer, new WeaklyHeldBuffer(buffer, buffer.place(), allocatedNanos, sample));
    buffer.updateShelf();
  }

  /** Has Flight Recorder told of every buffer, if a recording asks for that. */
  private void watchIfWanted() {
    boolean isWanted = shared != null ? shared.wantsBuffers() : BufferFlightEvents.wantsBuffers();
    if (isWanted != watched) {
      watched = isWanted;
      allowCaching(); // nobody would see a cached buffer
      pool.flush();
    }
  }

  /** What Flight Recorder is told of it, or {@code null} if it is not. Any thread. */
  @Nullable BufferFigures figuresIfWatched(LiteByteBuf buffer) {
    return watched ? buffer.figures() : null;
  }

  // ---- giving back ----

  /** Frees what is kept for further requests. */
  void flushCache() {
    if (pool == null) { // the arena could not be made
      return;
    }
    pool.flush();
    if (ending) {
      pool.forgetIdle(); // here, where no other thread is at it
    }
  }

  /** In the middle of an allocation: only what does not touch the arena. */
  private void grown() {
    CoarseClock.step();
    if (timer == null) {
      home.store().decay(System.nanoTime());
    } else {
      timer.mayHaveToGiveBack();
    }
  }

  /** Another arena was refused memory, and this one has some that it can spare. Any thread. */
  private void memoryIsWanted() {
    if (shared != null) {
      home.giveWaySoon();
    } else if (timer == null) {
      pool.bypass(); // the owner gives way when it comes to the arena, and so it comes soon
    } else {
      timer.memoryIsWanted();
    }
  }

  /** Gives back, for another arena, what is empty above the floor. */
  @Override
  public void giveWay() {
    if (isCallersOwn()) { // not so if the arena is closed, or an executor runs this elsewhere
      arena.trimUnderPressure(arena.floorBytes());
    }
  }

  boolean hasTimer() { // any thread
    return timer != null && timer.runs();
  }

  @Override
  public boolean hasManyIdle() {
    return pool.hasManyIdle();
  }

  @Override
  public boolean tick() {
    home.lookAfterOwners();
    unended.handOver(this);
    boolean goesOn = tickArena();
    fallAsleep(!goesOn);
    return goesOn;
  }

  boolean tickArena() {
    stampNanos = leakPace.tick();
    asleep = false;
    boolean goesOn = arena.tick(System.nanoTime());
    goesOn |= pool.tick(arena.isSilent());
    return goesOn;
  }

  void fallAsleep(boolean isAsleep) {
    asleep = isAsleep;
    allowCaching();
  }

  /** The owner has freed something while there is no timer that would give it back. */
  private void wake() {
    fallAsleep(false);
    if (timer != null) {
      timer.mayHaveToGiveBack();
    } else if (shared != null) {
      shared.wantClock();
    }
  }

  private void allowCaching() {
    blocks.allow(!watched && !asleep);
  }

  /** Gives back what is empty; returns the bytes. */
  long trim(boolean isUnderPressure) {
    unended.handOver(this);
    long bytes = isUnderPressure ? arena.trimUnderPressure(0) : arena.trim();
    pool.trim();
    return bytes;
  }

  // ---- its end ----

  /**
   * Hands out nothing more; memory goes back with the last buffer. The owner, at its end. Again, if
   * it has thrown because the stack or the heap was too small for it.
   */
  void close() {
    boolean isAtIt = arena.isBusy() && owner.thread() == Thread.currentThread();
    if (isAtIt || (shared != null && shared.isLockedByCaller())) {
      throw new IllegalStateException("in the middle of an operation (expected: close it later)");
    }
    synchronized (ownershipLock) {
      ending = true;
      activeOwner = null;
    }
    finish(); // outside of the lock: it calls what is not ours
  }

  /** Does what is left of an end that has begun, if nobody is at it. Any thread. */
  void finish() {
    if (ending) {
      end.finish();
    }
    unended.handOver(this);
  }

  private boolean closeArena() {
    if (timer != null) {
      timer.end();
    }
    if (shared != null) {
      return shared.close();
    }
    arena.closeForOwner(); // whoever has begun the end has the right to
    return true;
  }

  /** Ends the arena, whose owner goes on with another one. Owner only. */
  void retire() {
    retired = true;
    close();
  }

  /**
   * Ends the arena in place of its owner, who has ended, or lives but cannot be told. An owner that
   * lives finds itself without an arena, and gets another one when it allocates. Any thread.
   *
   * @return {@code false} if the owner is at work on the arena, or may be
   */
  boolean takeAway() {
    synchronized (ownershipLock) {
      Thread living = owner.thread();
      try {
        ending = ending || isLeftByOwner();
      } finally {
        activeOwner = ending ? null : living;
      }
      if (!ending) {
        return false;
      }
    }
    finish();
    return true;
  }

  private boolean isLeftByOwner() {
    Thread living = owner.thread();
    if (living == null || !living.isAlive()) {
      return living != null;
    }
    activeOwner = null;
    VarHandle.fullFence(); // and see OwnerLook for the other thread's
    retired = OwnerLook.isElsewhere(living); // its buffers may grow in the owner's next one
    return retired;
  }

  /** Ends the arena if its owner has ended, whoever was told of it. Any thread. */
  void endIfOwnerHas() {
    if (isOpen() && owner.hasEnded() && owner.mayBeLookedAt()) {
      Tasks.run("closing the arena of an owner that has ended", this::takeAway);
    }
  }
}
