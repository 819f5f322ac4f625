package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.BlockCache;
import io.github.litealloc.Blocks;
import io.github.litealloc.StrategyFactory;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of an allocator: its arena, and the buffer objects that it reuses. Owner
 * thread only, except where a method says otherwise.
 */
final class BufferArena {

  private final LiteByteBufAllocator allocator;
  private final Arena arena;
  private final ArenaStatistics statistics;
  private final StrategyFactory strategy;
  private final @Nullable EventExecutor eventLoop;

  /**
   * The owner while it may use the arena directly; nobody from closing on. Written by the owner.
   */
  private @Nullable Thread user;

  private final BlockCache blocks;
  private final BufferPool pool;

  private final Sampler sampler = new Sampler();

  /**
   * The coarse clock's time when a block was last taken. Here, beside what reusing a buffer looks
   * at anyway: reading the clock itself each time cost 1 ns.
   */
  private long stampNanos;

  /** Never counted down to its end while nothing is sampled, and so free of cost. */
  private long allocationsBeforeSample = sampler.countdown();

  /** Whether a recording asks for every buffer. Written by the owner. */
  private boolean watched;

  /** None for a thread without an event loop. */
  private final @Nullable TrimTimer timer;

  /** Whether close is at work, which will look at what is left itself. */
  private boolean closing;

  /** Whether a handler is deciding what an exhausted arena's owner gets. */
  private boolean asking;

  /** Whether the owner goes on with another arena. Written by the owner. */
  private volatile boolean retired;

  /** What was reserved when a closed arena last gave memory back; one thread at a time. */
  private long reservedAtLastGiveBack;

  /** Makes the arena of the calling thread. */
  BufferArena(
      LiteByteBufAllocator allocator, StrategyFactory strategy, @Nullable EventExecutor eventLoop) {
    this.allocator = allocator;
    this.strategy = strategy;
    this.eventLoop = eventLoop;
    this.arena =
        Arena.builder()
            .name(Thread.currentThread().getName())
            .strategy(strategy)
            .store(allocator.store())
            .checked(false)
            .hardening(allocator.hardening())
            .onGrowth(this::grown)
            .build();
    this.blocks = arena.blockCache(this::flushCache);
    this.pool = new BufferPool(this, blocks);
    this.statistics = arena.statistics();
    this.timer = eventLoop == null ? null : new TrimTimer(this, eventLoop);
    this.user = arena.owner();
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  /** Any thread. */
  ArenaStatistics statistics() {
    return statistics;
  }

  /** Any thread. */
  ArenaMetric metric() {
    return new ArenaMetric(arena.name(), strategy.name(), stage(), statistics);
  }

  private ArenaMetric.Stage stage() {
    if (retired) {
      return ArenaMetric.Stage.RETIRING;
    }
    return arena.isClosed() ? ArenaMetric.Stage.ORPHANED : ArenaMetric.Stage.OPEN;
  }

  /** Any thread. */
  boolean isOf(StrategyFactory wanted) {
    return strategy == wanted;
  }

  /** Any thread. */
  boolean isOpen() {
    return !arena.isClosed();
  }

  /** Any thread. */
  boolean isRetired() {
    return retired;
  }

  /** Any thread. */
  boolean isUser() {
    return Thread.currentThread() == user;
  }

  /** Returns a buffer, or {@code null} if the arena is exhausted. */
  @Nullable LiteByteBuf allocate(int initialCapacity, int maxCapacity) {
    LiteByteBuf cached = pool.takeCached(initialCapacity);
    if (cached == null) {
      return allocateUncached(initialCapacity, maxCapacity);
    }
    cached.reuse(initialCapacity, maxCapacity, stampNanos);
    if (--allocationsBeforeSample == 0) {
      sample(cached);
    }
    return cached;
  }

  private @Nullable LiteByteBuf allocateUncached(int initialCapacity, int maxCapacity) {
    if (pool.isBypassed()) {
      takeNotice();
    }
    stampNanos = CoarseClock.nanos();
    LiteByteBuf buffer = allocateBlock(initialCapacity, maxCapacity);
    if (buffer != null && --allocationsBeforeSample == 0) {
      sample(buffer);
    }
    return buffer;
  }

  private void sample(LiteByteBuf buffer) {
    UnlistedBuffer.Sample sample =
        new UnlistedBuffer.Sample(AllocationStack.here(), sampler.everyN());
    unlist(buffer, new UnlistedBuffer(buffer, CoarseClock.step(), sample));
    allocationsBeforeSample = sampler.countdown();
  }

  private void takeNotice() {
    int wanted;
    do {
      wanted = allocator.sampling();
      if (wanted != sampler.everyN()) {
        sampler.start(wanted);
        allocationsBeforeSample = sampler.countdown();
      }
      pool.stopBypass();
    } while (allocator.sampling() != wanted); // for its bypass may just have been stopped
  }

  /** Has the next allocation look how many shall be sampled, and at the clock. Any thread. */
  void haveNoticeTaken() {
    pool.bypass();
  }

  private @Nullable LiteByteBuf allocateBlock(int initialCapacity, int maxCapacity) {
    watchIfWanted();
    long block = arena.allocate(initialCapacity);
    if (block == Blocks.NO_BLOCK) {
      return null;
    }
    LiteByteBuf buffer = pool.takeIdle();
    buffer.use(arena, block, initialCapacity, maxCapacity, stampNanos);
    if (watched) {
      FlightEvents.allocated(buffer);
    }
    return buffer;
  }

  /** Has a handler decide; not while it is deciding, or it might ask for ever. */
  ByteBuf exhausted(ExhaustionHandler handler, Exhaustion request) {
    if (asking) {
      throw new DirectMemoryExhaustedError(request);
    }
    asking = true;
    try {
      return requireUsable(handler.exhausted(request), request);
    } finally {
      asking = false;
    }
  }

  private static ByteBuf requireUsable(@Nullable ByteBuf buffer, Exhaustion request) {
    if (buffer != null
        && buffer.isDirect()
        && buffer.capacity() == request.asked()
        && buffer.maxCapacity() >= request.maxCapacity()) {
      return buffer;
    }
    ReferenceCountUtil.safeRelease(buffer);
    throw new IllegalStateException(
        "the exhaustion handler returned "
            + buffer
            + " (expected: a direct buffer of capacity "
            + request.asked()
            + " and maximum capacity "
            + request.maxCapacity()
            + ')');
  }

  /**
   * What {@link #allocateBlock} does each time, for a loop that reuses buffers all the time: such a
   * loop has no other occasion.
   */
  private void lookAround() {
    stampNanos = CoarseClock.step();
    watchIfWanted();
  }

  /** Lets the garbage collector, and so the leak detector, see when a buffer is forgotten. */
  void letLeak(LiteByteBuf buffer) {
    lookAround();
    if (!buffer.isUnlisted()) {
      unlist(buffer, new UnlistedBuffer(buffer, buffer.allocatedNanos(), null));
    }
  }

  private void unlist(LiteByteBuf buffer, UnlistedBuffer how) {
    pool.unlist(buffer, how);
    buffer.updateCacheableGranules();
  }

  /** The buffers by number, without the unlisted ones. Any thread. */
  @Nullable LiteByteBuf[] buffersAcquire() {
    return pool.buffersAcquire();
  }

  /** Any thread. */
  UnlistedBuffers unlisted() {
    return pool.unlisted();
  }

  /** Takes back a buffer whose last reference was released. Any thread. */
  void release(LiteByteBuf buffer) {
    if (Thread.currentThread() != user) {
      releaseElsewhere(buffer);
    } else if (!pool.cache(buffer)) {
      releaseUncached(buffer);
    }
  }

  private void releaseElsewhere(LiteByteBuf buffer) {
    if (watched) {
      FlightEvents.released(buffer);
    }
    handedOver(arena.remoteFree(buffer));
    if (allocator.isClosed()) {
      closeIfAbandoned();
    }
  }

  private void releaseUncached(LiteByteBuf buffer) {
    if (watched) {
      FlightEvents.released(buffer);
    }
    freeUncached(buffer);
  }

  /** Keeps a released buffer with its block, or frees both. On a closed arena: under its lock. */
  void keepOrFree(LiteByteBuf buffer) {
    if (!pool.cache(buffer)) {
      freeUncached(buffer);
    }
  }

  private void freeUncached(LiteByteBuf buffer) {
    if (!pool.isListed(buffer)) {
      pool.list(buffer);
      buffer.updateCacheableGranules();
      if (pool.cache(buffer)) {
        return;
      }
    }
    buffer.free();
  }

  /** Has Flight Recorder told of every buffer, if a recording asks for that. */
  private void watchIfWanted() {
    boolean isWanted = FlightEvents.wantsBuffers();
    if (isWanted != watched) {
      watched = isWanted;
      blocks.allow(!isWanted); // nobody would see a cached buffer
      pool.flush();
    }
  }

  /** A buffer is about to leave its block for another one. Any thread. */
  void moving(LiteByteBuf buffer, int newCapacity) {
    if (watched) {
      FlightEvents.moving(buffer, newCapacity);
    }
  }

  /** A buffer has got another block. */
  void moved(LiteByteBuf buffer) {
    if (watched) {
      FlightEvents.allocated(buffer);
    }
  }

  /** Frees what is kept for further requests. */
  void flushCache() {
    pool.flush();
  }

  int cacheableGranules(LiteByteBuf buffer) {
    return pool.cacheableGranules(buffer);
  }

  private void handedOver(boolean isFirst) {
    if (isFirst && timer != null) {
      timer.remoteFreesWait();
    }
  }

  /** Frees a buffer's block; on a closed arena also on other threads, one at a time. */
  void free(long block, int bytes) {
    arena.free(block, bytes);
  }

  /** Frees a block that a live buffer has moved away from. Any thread. */
  void freeFromAnyThread(long block, int bytes) {
    if (isUser()) {
      arena.free(block, bytes);
    } else {
      handedOver(arena.remoteFree(block, bytes));
      if (!isOpen()) {
        allocator.store().trim();
        removeIfDrained();
      }
    }
  }

  /**
   * Puts a buffer object back for reuse; on a closed arena also on other threads, one at a time.
   */
  void recycle(LiteByteBuf buffer) {
    if (user == null) {
      if (!closing) {
        giveBackWhatIsEmpty();
        removeIfDrained();
      }
      return;
    }
    pool.putIdle(buffer);
  }

  long reallocate(long block, int oldBytes, int newBytes) {
    return arena.reallocate(block, oldBytes, newBytes);
  }

  int sizeOf(long block, int bytes) {
    return arena.sizeOf(block, bytes);
  }

  Arena arena() {
    return arena;
  }

  /** In the middle of an allocation: only what does not touch the arena. */
  private void grown() {
    CoarseClock.step();
    if (timer == null) {
      allocator.store().decay(System.nanoTime());
    } else {
      timer.arenaHasGrown();
    }
  }

  /** Any thread. */
  boolean hasTimer() {
    return timer != null && timer.runs();
  }

  /** Lets time pass; returns whether the timer shall go on. */
  boolean tick() {
    stampNanos = CoarseClock.step();
    boolean goesOn = arena.tick(System.nanoTime());
    if (arena.isSilent()) {
      pool.trim();
    }
    return goesOn;
  }

  /** Gives back what is empty; returns the bytes. */
  long trim() {
    long bytes = arena.trim();
    pool.trim();
    return bytes;
  }

  /** Hands out nothing more; memory goes back with the last buffer. The owner, at its end. */
  void close() {
    if (user == null) {
      return;
    }
    closeArena();
  }

  private void closeArena() {
    closing = true;
    user = null;
    if (timer != null) {
      timer.end();
    }
    try {
      arena.close();
    } finally {
      closing = false;
      giveBackWhatIsEmpty();
      removeIfDrained();
    }
  }

  /** On a closed arena, after it has freed something. */
  private void giveBackWhatIsEmpty() {
    long reserved = statistics.reservedBytes();
    if (reserved != reservedAtLastGiveBack) {
      reservedAtLastGiveBack = reserved;
      allocator.store().trim(); // no loop need be awake to do it in time
    }
  }

  /** Ends the arena, whose owner goes on with another one. Owner only. */
  void retire() {
    retired = true;
    close();
  }

  /** Closes the arena from another thread if its owner has ended. */
  void closeIfAbandoned() {
    if (!arena.owner().isAlive() && !arena.isClosed()) {
      closeArena();
    }
  }

  /** Has the owner close the arena, or closes it if the owner has ended. Any thread. */
  void requestClose(GiveBack giveBack) {
    if (!isOpen()) {
      giveBack.run(() -> 0);
      return;
    }
    boolean requested =
        onOwner(
            () ->
                giveBack.run(
                    () -> {
                      long bytes = countClosing(this::close);
                      allocator.forgetArenaOfThread();
                      return bytes;
                    }));
    if (!requested) {
      giveBack.run(() -> countClosing(this::closeIfAbandoned)); // or a loop is about to end
    }
  }

  private long countClosing(Runnable close) {
    return allocator.countGivenBack(
        () -> {
          long before = statistics.reservedBytes();
          close.run();
          return before - statistics.reservedBytes();
        });
  }

  /** Has the owner give back what is empty while the allocator holds too much. Any thread. */
  void requestTrim(long targetBytes, GiveBack giveBack) {
    if (!isOpen() || !onOwner(() -> giveBack.run(() -> allocator.trim(this, targetBytes)))) {
      giveBack.run(() -> 0); // a closed arena has given it back
    }
  }

  /** Has the owner move on if the allocator's strategy is another one now. Any thread. */
  void requestRetirement() {
    // If not: an adopted thread looks for itself when it allocates, an ending loop closes anyway.
    onOwner(() -> allocator.retireIfOutdated(this));
  }

  /** Runs a task on the owner, now or soon; {@code false} if it cannot be told. Any thread. */
  private boolean onOwner(Runnable task) {
    if (isUser()) {
      task.run();
      return true;
    }
    if (eventLoop == null) {
      return false;
    }
    try {
      eventLoop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void removeIfDrained() {
    if (statistics.liveBlocks() == 0) {
      allocator.drained(this);
    }
  }
}
