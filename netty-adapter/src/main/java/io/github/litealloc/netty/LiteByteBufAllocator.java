package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.internal.Require;
import io.github.litealloc.internal.StackRoom;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ByteBufAllocator} that gives every event loop an off-heap arena of its own.
 *
 * <pre>{@code
 * LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().maxBytes(256 << 20).build();
 * bootstrap.option(ChannelOption.ALLOCATOR, allocator)
 *          .childOption(ChannelOption.ALLOCATOR, allocator);
 * }</pre>
 *
 * <p>Threads: any thread may allocate, use and release buffers. Direct buffers requested on an
 * event loop come from that loop's arena without locks; other threads share a few arenas, each
 * under a lock, unless an {@link OffLoopPolicy} says something else. A buffer may be released on
 * any thread; the arena gets its memory back when its loop next needs some or, within about a
 * second, by a timer. A few of the buffers that a loop has released keep their memory for its next
 * requests, at most 16 KiB plus a sixteenth of what the arena holds plus an eighth of what it holds
 * beyond 1 MiB, up to 1 MiB; with {@code hybrid} and {@code segregated-bump} as much as makes 192
 * KiB with what is live, if that is more; they count as free, and pin it until then. Arenas are
 * off-heap: the arrays of heap buffers come from another allocator, but the buffers are ours, in
 * {@code alloc()} and in the figures.
 *
 * <p>Leaks: Netty's detector sees the buffers, at every level, with its listeners and reports. At
 * its default level, and while neither {@code io.netty.leakDetection.samplingInterval} nor a
 * detector of the application's own is set, an event loop that allocates more than 250,000 direct
 * buffers a second has some 2,000 of them picked each second instead of 1 in 128.
 *
 * <p>One allocator per process is the usual number. It needs no closing; {@link #close()} is for
 * applications that are unloaded.
 *
 * @since 0.1.0
 */
public final class LiteByteBufAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider, AutoCloseable {

  /*
   * A facade: Netty's methods and ours, and nothing that is not said elsewhere in one place. What is
   * behind it, from here down, each knowing only what is below it:
   *
   *   ArenaRouter        which thread has which arena; strategy, sampling, trim, end
   *   Fallbacks          what arenas do not serve: delegates, policies, counters by reason
   *   ArenaRegistry      the arenas that exist, and what those that are gone have counted
   *   BufferArena        one thread's arena, with its pool of buffer objects and its timer
   *   LiteByteBuf        a buffer, and BufferMove when it changes its memory
   *   SharedStore        where the chunks of one or more allocators are from
   *
   * An arena knows its allocator only as an ArenaHome, which the router is.
   *
   * The hot path is newDirectBuffer, and it is flat: the thread's arena (ArenaOfThread, which is a
   * field of our own because each load can be measured, and is asked in three conditions here because a
   * method that answers null took one per cent more), BufferArena.allocate, and within it
   * BufferPool.takeCached. Whatever is rare leaves it through one call.
   *
   * Nothing here is changed after construction; all state is in the router, the registry and the
   * counters. So every method is for any thread.
   */

  static {
    NettyVersion.requireUsable();
    EagerNettyClasses.initialize();
  }

  private final String name;
  private final boolean preferDirect;
  private final SharedStore sharedStore;
  private final ArenaRegistry arenas = new ArenaRegistry();
  private final Fallbacks fallbacks;
  private final ArenaRouter router;
  private final ArenaOfThread arenaOfThread;
  private final @Nullable Stripes stripes;
  private final LiteAllocatorMetric metric;

  /**
   * Makes an allocator that is configured by system properties, each of them optional: {@code
   * litealloc.strategy}, {@code litealloc.name}, {@code litealloc.maxBytes} (bytes, or with a
   * suffix k, m or g), {@code litealloc.decayMillis}, {@code litealloc.offLoop} (striped, fallback,
   * adopt, reject), {@code litealloc.whenExhausted} (fallback, throw), {@code
   * litealloc.preferDirect} (true, false), {@code litealloc.passThrough} (true, false), {@code
   * litealloc.hardening} (off, debug, zero), {@code litealloc.sampling} (a number).
   *
   * @throws IllegalArgumentException if a property has a value that is not allowed
   */
  public LiteByteBufAllocator() {
    this(builderFromSystemProperties().open());
  }

  LiteByteBufAllocator(AllocatorSettings settings) {
    super(settings.preferDirect());
    this.name = settings.name();
    this.preferDirect = settings.preferDirect();
    this.sharedStore = settings.sharedStore();
    this.fallbacks = new Fallbacks(settings, () -> arenas.sum(ArenaStatistics::usedBytes));
    this.router = new ArenaRouter(settings, this, fallbacks, arenas);
    this.arenaOfThread = router.arenaOfThread();
    this.stripes = router.stripes();
    this.metric =
        new LiteAllocatorMetric(
            settings.takenName(),
            this::strategy,
            sharedStore.store(),
            arenas,
            fallbacks,
            router::isPassThrough);
    settings.takenName().usedBy(this);
  }

  /**
   * Starts an allocator's configuration. System properties play no part in it.
   *
   * @return a builder with the defaults
   */
  public static LiteAllocatorBuilder builder() {
    return new LiteAllocatorBuilder();
  }

  /**
   * Starts an allocator's configuration with what the system properties say, as the public
   * constructor does: for what they cannot say.
   *
   * @return a builder with those settings, and defaults for the others
   * @throws IllegalArgumentException if a property has a value that is not allowed, or begins with
   *     {@code litealloc.} and is not known
   */
  public static LiteAllocatorBuilder builderFromSystemProperties() {
    return PropertySettings.ofSystem().configure(builder());
  }

  /**
   * Starts an allocator's configuration with settings that have the names of the system properties
   * (see {@link #LiteByteBufAllocator()}), such as {@code litealloc.maxBytes}: for frameworks that
   * have a configuration of their own. System properties play no part in it.
   *
   * @param settings the settings as text; what does not begin with {@code litealloc.} is ignored
   * @return a builder with those settings, and defaults for the others
   * @throws IllegalArgumentException if a setting has a value that is not allowed, or begins with
   *     {@code litealloc.} and is not known
   */
  public static LiteAllocatorBuilder builderFrom(Map<String, String> settings) {
    return PropertySettings.of(settings).configure(builder());
  }

  /**
   * Like {@link #builderFrom(Map)}, for properties, with their defaults.
   *
   * @param settings the settings as text; what does not begin with {@code litealloc.} is ignored
   * @return a builder with those settings, and defaults for the others
   * @throws IllegalArgumentException if a setting has a value that is not allowed, or begins with
   *     {@code litealloc.} and is not known
   */
  public static LiteAllocatorBuilder builderFrom(Properties settings) {
    return PropertySettings.of(settings).configure(builder());
  }

  /**
   * {@return the name that the allocator was built with or, if another one of the process has it,
   * that name with a number, such as {@code "default-2"}} It is free again when the allocator is
   * closed, the last of its buffers is released, and nobody shows figures under it ({@link
   * LiteAllocatorMetric#keepName}), or when it was dropped and collected.
   */
  public String name() {
    return name;
  }

  /** {@return the name of the allocation strategy, such as {@code "hybrid"}} Any thread. */
  public String strategy() {
    return router.strategy().name();
  }

  /**
   * Changes the allocation strategy by name. Any thread.
   *
   * @param name as for {@link LiteAllocatorBuilder#strategy(String)}
   * @throws IllegalArgumentException if there is no strategy of that name; the message lists those
   *     there are
   * @throws IllegalStateException if the allocator is closed
   * @see #strategy(StrategyFactory)
   */
  public void strategy(String name) {
    strategy(Strategies.named(Require.nonNull(name, "strategy", "the name of a strategy")));
  }

  /**
   * Changes the allocation strategy, at any time and under full load. Any thread; waits for nobody.
   *
   * <p>Each thread moves to a new arena with its next allocation, an idle event loop at once. The
   * former arena is {@linkplain ArenaMetric#retiring() retiring}: its buffers stay valid, may grow
   * and be released on any thread, and its memory goes back with the last of them. A thread without
   * an event loop that never allocates again keeps its arena.
   *
   * @param factory makes the strategy of each new arena
   * @throws NullPointerException if {@code factory} is {@code null}; nothing is changed then
   * @throws IllegalStateException if the allocator is closed
   */
  public void strategy(StrategyFactory factory) {
    router.strategy(Require.nonNull(factory, "strategy", "a factory of strategies"));
  }

  @Override
  public LiteAllocatorMetric metric() {
    return metric;
  }

  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }

  // What Netty's base class decides for itself: it prefers heap buffers, whatever it was told,
  // where
  // direct memory cannot be freed at once, as on Java 17 without Unsafe. Arenas reuse theirs.

  @Override
  public ByteBuf buffer() {
    return preferDirect ? directBuffer() : heapBuffer();
  }

  @Override
  public ByteBuf buffer(int initialCapacity) {
    return preferDirect ? directBuffer(initialCapacity) : heapBuffer(initialCapacity);
  }

  @Override
  public ByteBuf buffer(int initialCapacity, int maxCapacity) {
    return preferDirect
        ? directBuffer(initialCapacity, maxCapacity)
        : heapBuffer(initialCapacity, maxCapacity);
  }

  @Override
  public CompositeByteBuf compositeBuffer() {
    return preferDirect ? compositeDirectBuffer() : compositeHeapBuffer();
  }

  @Override
  public CompositeByteBuf compositeBuffer(int maxNumComponents) {
    return preferDirect
        ? compositeDirectBuffer(maxNumComponents)
        : compositeHeapBuffer(maxNumComponents);
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    BufferArena arena = arenaOfThread.getIfExists();
    if (arena == null || arenaOfThread.isUnsettled() || !arena.isOwnedByCaller()) {
      boolean isSettled = !arenaOfThread.isUnsettled();
      if (arena == null && stripes != null && isSettled && !arenaOfThread.mayBeLoop()) {
        LiteByteBuf buffer = stripes.tryAllocate(initialCapacity, maxCapacity);
        if (buffer != null) {
          return leakAwareShared(buffer);
        }
      }
      arena = router.arenaForThread();
      if (arena == null) {
        return bufferWithoutArena(initialCapacity, maxCapacity);
      }
    }
    LiteByteBuf buffer = arena.allocate(initialCapacity, maxCapacity);
    if (buffer == null && arena.arena().isSuspect()) {
      arena = router.inPlaceOf(arena);
      if (arena == null) {
        return bufferWithoutArena(initialCapacity, maxCapacity);
      }
      buffer = arena.allocate(initialCapacity, maxCapacity);
    }
    return buffer == null
        ? exhausted(arena, initialCapacity, maxCapacity)
        : leakAware(arena, buffer);
  }

  /** By others, but in a buffer of ours. */
  @SuppressWarnings("ReferenceEquality") // whether it is another one
  private ByteBuf exhausted(BufferArena arena, int initialCapacity, int maxCapacity) {
    StackRoom.require(); // what is given must get somewhere
    StartElsewhere elsewhere = new StartElsewhere(fallbacks, this::another); // first: it may fail
    ByteBuf given = fallbacks.exhausted(arena, initialCapacity, maxCapacity);
    ByteBuf started = elsewhere.start(arena, given, initialCapacity, maxCapacity);
    if (!(started instanceof LiteByteBuf buffer) || started == given) {
      return started;
    }
    BufferArena its = buffer.arena();
    return its.shared() == null ? leakAware(its, buffer) : leakAwareShared(buffer);
  }

  /** The calling thread's arena, now that its former one has ended; {@code null} if it has none. */
  private @Nullable BufferArena another(BufferArena ended) {
    if (router.isClosed()) {
      return null;
    }
    return ended.shared() == null || stripes == null ? router.arenaForThread() : stripes.usual();
  }

  @SuppressWarnings("ReferenceEquality") // whether it was wrapped
  private static ByteBuf leakAware(BufferArena arena, LiteByteBuf buffer) {
    try {
      if (arena.leakPace.passesNext()) {
        return buffer;
      }
      ByteBuf result = toLeakAwareBuffer(buffer);
      if (result != buffer) {
        arena.trackForLeaks(buffer);
      }
      return result;
    } catch (Throwable e) {
      synchronized (arena.unended) { // no call: there may be no stack for one
        buffer.nextUnended = arena.unended.first;
        arena.unended.first = buffer;
      }
      throw e;
    }
  }

  private ByteBuf bufferWithoutArena(int initialCapacity, int maxCapacity) {
    if (router.isPassThrough()) {
      return fallbacks.passThrough(initialCapacity, maxCapacity);
    }
    if (router.isClosed() || stripes == null && router.hasEndedForThread()) {
      return fallbacks.closed(initialCapacity, maxCapacity);
    }
    if (stripes == null) {
      return fallbacks.offLoop(initialCapacity, maxCapacity);
    }
    LiteByteBuf buffer = stripes.allocate(initialCapacity, maxCapacity);
    if (buffer != null) {
      return leakAwareShared(buffer);
    }
    BufferArena exhausted = router.isClosed() ? null : stripes.usual();
    return exhausted == null
        ? fallbacks.closed(initialCapacity, maxCapacity)
        : exhausted(exhausted, initialCapacity, maxCapacity);
  }

  @SuppressWarnings("ReferenceEquality") // whether it was wrapped
  private static ByteBuf leakAwareShared(LiteByteBuf buffer) {
    BufferArena arena = buffer.arena();
    try {
      ByteBuf result = toLeakAwareBuffer(buffer);
      SharedArena shared = arena.shared();
      if (result != buffer && shared != null) {
        shared.trackForLeaks(buffer);
      }
      return result;
    } catch (Throwable e) {
      synchronized (arena.unended) { // as above
        buffer.nextUnended = arena.unended.first;
        arena.unended.first = buffer;
      }
      throw e;
    }
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    if (router.isPassThrough()) {
      return fallbacks.passHeapThrough(initialCapacity, maxCapacity);
    }
    BufferArena arena = arenaOfThread.getIfExists();
    HeapBufferPool idle = arena == null ? null : arena.pool().heapBuffers();
    return fallbacks.heapBuffer(this, idle, initialCapacity, maxCapacity);
  }

  /**
   * Returns the buffers that are live: allocated and not yet released to the last reference, on
   * whatever thread. Any thread; stops nobody. Makes an object for each.
   *
   * <p>Listed are the buffers that arenas have handed out, and as moved those that others serve
   * because an arena is exhausted, or had to grow, whatever has ended since. Heap buffers are not
   * listed ({@link LiteAllocatorMetric#heapBuffers} counts them), and neither are direct buffers
   * that the {@linkplain LiteAllocatorBuilder#fallback fallback} allocator serves for another
   * reason: those are its own. {@link LiteAllocatorMetric#fallbacks} tells how many there have
   * been.
   *
   * <p>A buffer that is allocated, resized or released at the same time may be listed or not, with
   * its size from before or after. Every other live buffer is listed once.
   *
   * <p>Ages are exact for {@linkplain #sampling(int) sampled} buffers. For others they are upper
   * bounds, by a clock of the process that is stepped when this method is called, when any arena
   * grows, when the leak detector picks a buffer, and about once a second while any event loop has
   * something to give back: a buffer looks as old as the last such event before it was allocated.
   *
   * @return a snapshot
   */
  public OutstandingBuffers outstanding() {
    return BufferWalk.outstanding(name, arenas.all());
  }

  /**
   * Fails if buffers are {@linkplain #outstanding() outstanding}: for the end of a test. Any
   * thread. A release on its way to its event loop counts as done. Waits for nobody: event loops
   * must have finished what they are at.
   *
   * @throws AssertionError if a buffer is live; the message says which, and if they are {@linkplain
   *     #sampling(int) sampled}, where they were allocated
   */
  public void assertNoneOutstanding() {
    OutstandingBuffers outstanding = outstanding();
    if (!outstanding.isEmpty()) {
      throw new AssertionError(outstanding.toString());
    }
  }

  /**
   * Returns the call sites that hold memory, judging by {@linkplain #sampling(int) sampled} buffers
   * that are live: of those allocated since sampling is on. Any thread; stops nobody.
   *
   * @return a snapshot; without call sites if nothing was sampled
   */
  public Holders holders() {
    return BufferWalk.holders(name, sampling(), arenas.all());
  }

  /** {@return 1 in how many buffers is sampled, or 0 if none is} Any thread. */
  public int sampling() {
    return router.sampling();
  }

  /**
   * Samples some of the buffers that are allocated from now on: notes where and when exactly, which
   * {@link #holders()} and {@link #outstanding()} show. Any thread, any time; waits for nobody.
   * Each arena picks its samples at random, as many as was asked for on the average. A sample is
   * kept until its buffer is released.
   *
   * @param everyN 1 in how many buffers: 1 for tests, 1,000 is cheap enough for production; 0 for
   *     none
   * @throws IllegalArgumentException if {@code everyN} is negative
   */
  public void sampling(int everyN) {
    router.sampling(Checks.requireSampling(everyN));
  }

  /** {@return whether requests are {@linkplain #passThrough(boolean) passed through} now} */
  public boolean isPassThrough() {
    return router.isPassThrough();
  }

  /**
   * Switches the allocator off, or on again, without a restart: while it is off, each new request
   * gets what the {@linkplain LiteAllocatorBuilder#fallback fallback} or the {@linkplain
   * LiteAllocatorBuilder#heapAllocator heap allocator} gives, Netty's own by default, and nothing
   * of ours is around it: {@code alloc()} answers with that allocator. Buffers that are out stay as
   * they are, may grow and be released as before, and their memory goes back with them. Any thread,
   * any time, under full load; waits for nobody. A thread that allocates just now may still get a
   * buffer of before.
   *
   * <p>Such requests are outside of the budget, whatever the {@link ExhaustionPolicy}; {@link
   * FallbackReason#PASS_THROUGH} counts them.
   *
   * @param passThrough {@code true} to switch it off, {@code false} to switch it on
   */
  public void passThrough(boolean passThrough) {
    router.passThrough(passThrough);
  }

  boolean isClosed() {
    return router.isClosed();
  }

  /** Where another allocator's chunks may be from, too. */
  SharedStore sharedStore() {
    return sharedStore;
  }

  /** Who serves what arenas do not. */
  Fallbacks behind() {
    return fallbacks;
  }

  /** How many arenas have a timer now. Any thread. */
  long timers() {
    return arenas.timers();
  }

  /**
   * Gives everything back that is empty; what event loops release later goes back by itself, in
   * time. {@link #trim(long)} with a target of 0.
   *
   * @return the bytes given back to the system, when every event loop has done it
   */
  public Future<Long> trim() {
    return trim(0);
  }

  /**
   * Gives empty memory back to the system, those chunks first that no arena needs, until the
   * allocator holds at most a given amount or nothing is empty any more. Any thread; waits for
   * nobody: each event loop does its part when it gets to it, and one that is ending does it by
   * ending. A thread that is none of Netty's event loops, or runs one itself, cannot be told: its
   * arena is ended from here, and it gets another one when it allocates next. If it is at work on
   * its arena at this moment, it does its part only if it calls this method.
   *
   * <p>The future is completed on the last of these threads, so its listeners must be quick; an
   * event loop must not wait for it. Its answer is what these threads have given back to the system
   * for this call: neither what the store keeps, or what the system did not take, nor what goes by
   * itself meanwhile, as with the end of a loop.
   *
   * @param targetBytes how many bytes, in live buffers or not, may stay reserved; at least 0
   * @return the bytes given back to the system, when every event loop has done its part
   * @throws IllegalArgumentException if {@code targetBytes} is negative
   */
  public Future<Long> trim(long targetBytes) {
    if (targetBytes < 0) {
      throw new IllegalArgumentException("targetBytes: " + targetBytes + " (expected: >= 0)");
    }
    return router.trim(targetBytes);
  }

  /** {@return the bytes in live blocks of the calling thread's arena, 0 if it has none} */
  long usedBytesOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    return arena == null ? 0 : arena.statistics().usedBytes();
  }

  /** {@return the bytes that the calling thread's arena has reserved, 0 if it has none} */
  long reservedBytesOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    return arena == null ? 0 : arena.statistics().reservedBytes();
  }

  /** What others have served the calling thread because its arena was exhausted, in bytes. */
  long servedElsewhereOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    return arena == null ? 0 : arena.servedElsewhereBytes;
  }

  /** For want of memory, gives back what the thread's arena and the store can spare. Any thread. */
  void trimOnThisThread() {
    router.trimOnThisThread();
  }

  /**
   * Hands out no more arena buffers: from now on the fallback allocator serves every request, or
   * with {@link ExhaustionPolicy#THROW} nobody does. Each arena's memory goes back to the system
   * with its last live buffer; live buffers stay valid. Any thread; waits for nobody. {@link
   * #closeAsync()} tells when it is done.
   */
  @Override
  public void close() {
    closeAsync();
  }

  /**
   * {@link #close()} with an answer. Closing again only looks for owners that have ended since.
   *
   * <p>The future is completed on the last event loop that has heard of it, so its listeners must
   * be quick; an event loop must not wait for it. It waits neither for live buffers, whose memory
   * goes back later, nor for threads that are none of Netty's event loops, or run one themselves:
   * their arenas are ended from here, unless they are at work on them, and then when they allocate
   * or end.
   *
   * @return the bytes given back to the system, when every event loop has ended its arena
   */
  public Future<Long> closeAsync() {
    return router.close();
  }

  @Override
  public String toString() {
    return "LiteByteBufAllocator(" + name + ", " + strategy() + ')';
  }
}
