package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.List;
import java.util.function.LongSupplier;
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
 * event loop come from that loop's arena without locks; {@link OffLoopPolicy} says what other
 * threads get. A buffer may be released on any thread; the arena gets its memory back when its loop
 * next needs some or, within about a second, by a timer. A few of the buffers that a loop has
 * released keep their memory for its next requests, at most 16 KiB and a sixteenth of what the
 * arena holds; they count as free, and pin it until then. Heap buffers come from another allocator:
 * arenas are off-heap.
 *
 * <p>One allocator per process is the usual number. It needs no closing; {@link #close()} is for
 * applications that are unloaded.
 */
public final class LiteByteBufAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LiteByteBufAllocator.class.getName());

  private final String name;
  private final boolean preferDirect;
  private final SharedStore sharedStore;
  private final ChunkStore store;
  private final OffLoopPolicy offLoop;
  private final ExhaustionHandler whenExhausted;
  private final Hardening hardening;
  private final ByteBufAllocator fallback;
  private final ByteBufAllocator heapAllocator;
  private final ArenaRegistry arenas = new ArenaRegistry();
  private final FallbackCounters fallbacks = new FallbackCounters();
  private final LiteAllocatorMetric metric;
  private volatile int sampling;
  private final Object lifecycleLock = new Object(); // guards writes of the next three
  private volatile StrategyFactory strategy;
  private volatile boolean closed;

  /**
   * Whether a thread's arena may be one that it should no longer use: one flag for the hot path to
   * look at, for everything that seldom happens.
   */
  private volatile boolean unsettled;

  /**
   * Asked by {@code getIfExists} only: {@code get} would leave a reference to this allocator with
   * every thread that ever asked, and so keep an unloaded application in memory.
   */
  private final FastThreadLocal<@Nullable BufferArena> arenaOfThread =
      new FastThreadLocal<>() {
        @Override
        protected void onRemoval(@Nullable BufferArena arena) {
          if (arena == null) {
            return;
          }
          try {
            arena.close(); // the thread ends
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "closing " + name + "'s arena failed", e);
          }
        }
      };

  /**
   * Makes an allocator that is configured by system properties, each of them optional: {@code
   * litealloc.strategy}, {@code litealloc.name}, {@code litealloc.maxBytes} (bytes, or with a
   * suffix k, m or g), {@code litealloc.decayMillis}, {@code litealloc.offLoop} (fallback, adopt,
   * reject), {@code litealloc.whenExhausted} (fallback, throw), {@code litealloc.preferDirect}
   * (true, false), {@code litealloc.hardening} (off, debug, zero), {@code litealloc.sampling} (a
   * number).
   *
   * @throws IllegalArgumentException if a property has a value that is not allowed
   */
  public LiteByteBufAllocator() {
    this(SystemProperties.configure(builder()));
  }

  private LiteByteBufAllocator(Builder builder) {
    super(builder.preferDirect);
    this.preferDirect = builder.preferDirect;
    this.name = AllocatorNames.take(builder.name);
    this.strategy = builder.strategy;
    this.offLoop = builder.offLoop;
    this.whenExhausted =
        builder.exhaustionHandler != null
            ? builder.exhaustionHandler
            : handlerOf(builder.whenExhausted);
    this.hardening = builder.hardening;
    this.sampling = builder.sampling;
    this.fallback = builder.fallback;
    this.heapAllocator = builder.heapAllocator;
    this.sharedStore = builder.store(name);
    this.store = sharedStore.store();
    this.metric =
        new LiteAllocatorMetric(
            name, this::strategy, store.budget(), arenas, fallbacks, this::usedHeapMemory);
  }

  private ExhaustionHandler handlerOf(ExhaustionPolicy policy) {
    return switch (policy) {
      case FALLBACK ->
          request ->
              fallbackBuffer(FallbackReason.EXHAUSTED, request.asked(), request.maxCapacity());
      case THROW ->
          request -> {
            throw new DirectMemoryExhaustedError(request);
          };
    };
  }

  /**
   * Starts an allocator's configuration. System properties play no part in it.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the allocator's name.
   *
   * @return the name it was built with, or if another allocator of the process has it, that name
   *     with a number, such as {@code "default-2"}
   */
  public String name() {
    return name;
  }

  /**
   * Returns the name of the allocation strategy. Any thread.
   *
   * @return such as {@code "hybrid"}
   */
  public String strategy() {
    return strategy.name();
  }

  /**
   * Changes the allocation strategy by name. Any thread.
   *
   * @param name as for {@link Builder#strategy(String)}
   * @throws IllegalArgumentException if there is no strategy of that name; the message lists those
   *     there are
   * @throws IllegalStateException if the allocator is closed
   * @see #strategy(StrategyFactory)
   */
  public void strategy(String name) {
    strategy(Strategies.named(name));
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
   * @throws IllegalStateException if the allocator is closed
   */
  public void strategy(StrategyFactory factory) {
    String before;
    synchronized (lifecycleLock) {
      if (closed) {
        throw new IllegalStateException(
            "lite-alloc '" + name + "' is closed (expected: an open allocator)");
      }
      before = strategy.name();
      strategy = factory;
      unsettled = true;
    }
    FlightEvents.strategySwitched(name, before, factory.name());
    arenas.all().forEach(BufferArena::requestRetirement);
    settle();
  }

  /** Takes the hot path again if every thread has followed the last change. */
  private void settle() {
    synchronized (lifecycleLock) {
      unsettled = closed || arenas.hasOpenArenaNotOf(strategy);
    }
  }

  /** Ends an arena of a former strategy. Its owner, outside of an allocation. */
  void retireIfOutdated(BufferArena arena) {
    if (!arena.isUser() || arena.isOf(strategy)) {
      return;
    }
    arena.retire();
    arenaOfThread.remove(); // a thread has one open arena, so this is it
    settle();
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
  @SuppressWarnings("ReferenceEquality") // whether it was wrapped
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    BufferArena arena = arenaOfThread.getIfExists();
    if (arena == null || unsettled || !arena.isUser()) {
      arena = arenaForThread();
      if (arena == null) {
        return offLoopBuffer(initialCapacity, maxCapacity);
      }
    }
    LiteByteBuf buffer = arena.allocate(initialCapacity, maxCapacity);
    if (buffer == null) {
      return bufferWhenExhausted(arena, initialCapacity, maxCapacity);
    }
    ByteBuf result = toLeakAwareBuffer(buffer);
    if (result != buffer) {
      arena.letLeak(buffer);
    }
    return result;
  }

  /**
   * The arena for a thread that has none yet, or perhaps a wrong one; {@code null} if it gets none.
   */
  private @Nullable BufferArena arenaForThread() {
    BufferArena existing = arenaOfThread.getIfExists();
    if (closed) {
      if (existing != null) {
        existing.close(); // an adopted thread hears of the allocator's end only here
      }
      return null;
    }
    EventExecutor executor = ThreadExecutorMap.currentExecutor();
    boolean isLoop = executor != null && executor.inEventLoop() && !executor.isShutdown();
    boolean getsArena = isLoop || isAdoptable(Thread.currentThread());
    if (existing != null) {
      if (!existing.isUser()) {
        return null;
      }
      if (!getsArena || existing.isOf(strategy)) {
        return existing; // some other thread's arena is the reason why we are here
      }
      retireIfOutdated(existing);
    }
    return getsArena ? newArena(isLoop ? executor : null) : null;
  }

  private @Nullable BufferArena newArena(@Nullable EventExecutor eventLoop) {
    arenas.closeAbandoned();
    BufferArena arena = new BufferArena(this, strategy, eventLoop);
    arenaOfThread.set(arena);
    arenas.add(arena);
    if (closed) { // meanwhile, and perhaps without having seen this arena
      arena.close();
      return null;
    }
    if (!arena.isOf(strategy)) { // the same with a change of strategy
      retireIfOutdated(arena);
      return newArena(eventLoop);
    }
    return arena;
  }

  /** A virtual thread lives for one task; a chunk for each would be memory that nobody reuses. */
  private boolean isAdoptable(Thread thread) {
    return offLoop == OffLoopPolicy.ADOPT && !PlatformDependent.isVirtualThread(thread);
  }

  private ByteBuf offLoopBuffer(int initialCapacity, int maxCapacity) {
    if (closed || arenaOfThread.getIfExists() != null) {
      return fallbackBuffer(FallbackReason.CLOSED, initialCapacity, maxCapacity);
    }
    if (offLoop == OffLoopPolicy.REJECT) {
      fallbacks.countFailure();
      throw new IllegalStateException(
          "lite-alloc '"
              + name
              + "': direct buffer of "
              + initialCapacity
              + " bytes requested on thread '"
              + Thread.currentThread().getName()
              + "', which is no event loop (expected: an event loop, or OffLoopPolicy.FALLBACK or"
              + " ADOPT)");
    }
    return fallbackBuffer(FallbackReason.OFF_LOOP, initialCapacity, maxCapacity);
  }

  /** What an exhausted arena's owner gets. */
  private ByteBuf bufferWhenExhausted(BufferArena arena, int initialCapacity, int maxCapacity) {
    Exhaustion request =
        new Exhaustion(
            name,
            arena.arena().strategy(),
            arena.arena().name(),
            initialCapacity,
            maxCapacity,
            metric.usedBytes(),
            store.budget().reservedBytes(),
            store.budget().maxBytes());
    boolean served = false;
    try {
      ByteBuf buffer = arena.exhausted(whenExhausted, request);
      served = true;
      return buffer;
    } finally {
      if (!served) {
        fallbacks.countFailure();
      }
    }
  }

  private ByteBuf fallbackBuffer(FallbackReason reason, int initialCapacity, int maxCapacity) {
    countFallback(reason, initialCapacity);
    return fallback.directBuffer(initialCapacity, maxCapacity);
  }

  /**
   * A buffer for a live buffer to move to that its arena cannot grow: because it is exhausted, or
   * retired, or because the calling thread does not own it.
   */
  ByteBuf substitute(BufferArena home, int capacity, int maxCapacity) {
    if (home.isUser()) {
      return bufferWhenExhausted(home, capacity, maxCapacity);
    }
    BufferArena successor = home.isRetired() ? arenaForThread() : null;
    if (successor == null) {
      return fallbackBuffer(FallbackReason.OFF_LOOP, capacity, maxCapacity);
    }
    LiteByteBuf buffer = successor.allocate(capacity, maxCapacity);
    return buffer != null ? buffer : bufferWhenExhausted(successor, capacity, maxCapacity);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    countFallback(FallbackReason.HEAP, initialCapacity);
    return heapAllocator.heapBuffer(initialCapacity, maxCapacity);
  }

  private void countFallback(FallbackReason reason, int bytes) {
    fallbacks.count(reason, bytes);
    FlightEvents.fellBack(name, reason, bytes, fallbacks);
  }

  private long usedHeapMemory() {
    return heapAllocator instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedHeapMemory()
        : 0;
  }

  /**
   * Returns the buffers that are live: allocated and not yet released to the last reference, on
   * whatever thread. Any thread; stops nobody. Makes an object for each.
   *
   * <p>Listed are the buffers that arenas have handed out. Heap buffers and direct buffers of the
   * {@linkplain Builder#fallback fallback} allocator are not ours and are not listed; {@link
   * LiteAllocatorMetric#fallbacks} tells how many there have been. A buffer that had to move to the
   * fallback's memory to grow is listed as moved, as long as its arena exists.
   *
   * <p>A buffer that is allocated, resized or released at the same time may be listed or not, with
   * its size from before or after. Every other live buffer is listed once.
   *
   * <p>Ages are exact for {@linkplain #sampling(int) sampled} buffers. For others they are upper
   * bounds, by a clock of the process that is stepped when this method is called, when any arena
   * grows, when the leak detector picks a buffer, and about once a second while any event loop
   * holds more than 64 KiB: a buffer looks as old as the last such event before it was allocated.
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
    return BufferWalk.holders(name, sampling, arenas.all());
  }

  /**
   * Returns which share of the buffers is sampled. Any thread.
   *
   * @return 1 in how many, or 0 if none is
   */
  public int sampling() {
    return sampling;
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
    requireSampling(everyN);
    sampling = everyN;
    arenas.all().forEach(BufferArena::haveNoticeTaken);
  }

  private static void requireSampling(int everyN) {
    if (everyN < 0) {
      throw new IllegalArgumentException(
          "sampling: " + everyN + " (expected: 1 in how many buffers, or 0 for none)");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Lets go of a closed arena, so that a thread that lives on does not keep the allocator alive.
   */
  void forgetArenaOfThread() {
    arenaOfThread.remove();
  }

  ChunkStore store() {
    return store;
  }

  Hardening hardening() {
    return hardening;
  }

  /** A closed arena has freed its last buffer. Any thread. */
  void drained(BufferArena arena) {
    arenas.remove(arena);
    store.trim(); // the other loops need not be awake to do it in time
  }

  SharedStore sharedStore() {
    return sharedStore;
  }

  /** How many arenas have a timer now. Any thread. */
  long timers() {
    return arenas.all().stream().filter(BufferArena::hasTimer).count();
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
   * ending. Threads without an event loop do theirs only if they call this method.
   *
   * <p>The future is completed on the last of these threads, so its listeners must be quick; an
   * event loop must not wait for it.
   *
   * @param targetBytes how many bytes, in live buffers or not, may stay reserved; at least 0
   * @return the bytes given back to the system, when every event loop has done its part
   * @throws IllegalArgumentException if {@code targetBytes} is negative
   */
  public Future<Long> trim(long targetBytes) {
    if (targetBytes < 0) {
      throw new IllegalArgumentException("targetBytes: " + targetBytes + " (expected: >= 0)");
    }
    List<BufferArena> present = List.copyOf(arenas.all());
    GiveBack giveBack = new GiveBack(present.size() + 1);
    giveBack.run(() -> trimStore(targetBytes));
    present.forEach(arena -> arena.requestTrim(targetBytes, giveBack));
    return giveBack.future();
  }

  /** An arena's part of it. Its owner only. */
  long trim(BufferArena arena, long targetBytes) {
    if (!arena.isUser() || metric.usedDirectMemory() <= targetBytes) {
      return 0;
    }
    long emptied = arena.trim();
    long fromStore = trimStore(targetBytes);
    return keepsNothing() ? emptied + fromStore : fromStore;
  }

  private long trimStore(long targetBytes) {
    return store.trim(Math.max(0, targetBytes - metric.usedDirectMemory()));
  }

  /** Whether what arenas give back to the store goes on to the system at once. */
  private boolean keepsNothing() {
    return store.decayMillis() == 0;
  }

  /** What goes to the system when some arena gives its memory, of so many bytes, to the store. */
  long countGivenBack(LongSupplier emptying) {
    long emptied = emptying.getAsLong();
    long fromStore = store.trim();
    return keepsNothing() ? emptied + fromStore : fromStore;
  }

  /** Gives back what the calling thread's arena and the store can spare. Any thread. */
  void trimOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    if (arena != null && arena.isUser()) {
      arena.trim();
    }
    store.trim();
  }

  /**
   * Hands out no more arena buffers: from now on the fallback allocator serves every request. Each
   * arena's memory goes back to the system with its last live buffer; live buffers stay valid. Any
   * thread; waits for nobody. {@link #closeAsync()} tells when it is done.
   */
  @Override
  public void close() {
    closeAsync();
  }

  /**
   * {@link #close()} with an answer. Closing again only looks for threads that have ended since.
   *
   * <p>The future is completed on the last event loop that has heard of it, so its listeners must
   * be quick; an event loop must not wait for it. It waits neither for live buffers, whose memory
   * goes back later, nor for threads without an event loop, which hear of it when they allocate.
   *
   * @return the bytes given back to the system, when every event loop has ended its arena
   */
  public Future<Long> closeAsync() {
    boolean closesNow;
    synchronized (lifecycleLock) {
      closesNow = !closed;
      closed = true;
      unsettled = true;
    }
    List<BufferArena> present = List.copyOf(arenas.all());
    GiveBack giveBack = new GiveBack(present.size() + 1);
    giveBack.run(store::trim);
    if (closesNow) {
      AllocatorNames.giveBack(name);
      sharedStore.leave();
    }
    present.forEach(arena -> arena.requestClose(giveBack));
    return giveBack.future();
  }

  @Override
  public String toString() {
    return "LiteByteBufAllocator(" + name + ", " + strategy() + ')';
  }

  /** Configures a {@link LiteByteBufAllocator}. */
  public static final class Builder {

    private String name = "default";
    private StrategyFactory strategy = Strategies.HYBRID;
    private static final long NO_MAX_BYTES = 0;

    private @Nullable MemoryBudget budget;
    private long maxBytes = NO_MAX_BYTES;
    private OffLoopPolicy offLoop = OffLoopPolicy.FALLBACK;
    private ExhaustionPolicy whenExhausted = ExhaustionPolicy.FALLBACK;
    private @Nullable ExhaustionHandler exhaustionHandler;
    private Hardening hardening = Hardening.off();
    private int sampling;
    private ByteBufAllocator fallback = ByteBufAllocator.DEFAULT;
    private ByteBufAllocator heapAllocator = ByteBufAllocator.DEFAULT;
    private boolean preferDirect = true;
    private @Nullable Long decayMillis;
    private @Nullable LiteByteBufAllocator sharing;

    private Builder() {}

    /**
     * Sets the name that logs, errors and dashboards show; {@code "default"} by default.
     *
     * @param name any text
     * @return this builder
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Sets the allocation strategy; {@code "hybrid"} by default.
     *
     * @param name {@code "bump-free-list"}, {@code "segregated-bump"}, {@code "free-list"}, {@code
     *     "hybrid"}, or the name of a provided {@link StrategyFactory}
     * @return this builder
     * @throws IllegalArgumentException if there is no strategy of that name
     */
    public Builder strategy(String name) {
      this.strategy = Strategies.named(name);
      return this;
    }

    /**
     * Gives the allocator a budget of its own.
     *
     * @param bytes the most that its arenas may hold off-heap, at least 65,536: one chunk
     * @return this builder
     * @throws IllegalArgumentException if {@code bytes} is less
     */
    public Builder maxBytes(long bytes) {
      if (bytes < ChunkStore.CHUNK_UNIT_BYTES) {
        throw new IllegalArgumentException(
            "maxBytes: "
                + bytes
                + " (expected: at least "
                + ChunkStore.CHUNK_UNIT_BYTES
                + " bytes, one chunk)");
      }
      this.maxBytes = bytes;
      this.budget = null;
      return this;
    }

    /**
     * Sets the budget; {@link MemoryBudget#ofProcess()} by default.
     *
     * @param budget a budget, possibly shared with other allocators
     * @return this builder
     */
    public Builder budget(MemoryBudget budget) {
      this.budget = budget;
      this.maxBytes = NO_MAX_BYTES;
      return this;
    }

    /**
     * Takes chunks from another allocator's store: both have one budget and one decay time, and
     * what one of them no longer needs the other may use. For channels that need another strategy
     * or policy than the rest, by {@code ChannelOption.ALLOCATOR}. By default every allocator has a
     * store of its own.
     *
     * @param other an open allocator
     * @return this builder
     */
    public Builder sharing(LiteByteBufAllocator other) {
      this.sharing = other;
      return this;
    }

    private void refuseContradictions() {
      if (sharing != null && (maxBytes != NO_MAX_BYTES || budget != null || decayMillis != null)) {
        throw new IllegalArgumentException(
            "sharing: "
                + sharing
                + ", but maxBytes, budget or decayMillis is set too (expected: one or the other;"
                + " the allocator shared with has its own)");
      }
      if (sharing != null && sharing.isClosed()) {
        throw new IllegalArgumentException(
            "sharing: " + sharing + ", which is closed (expected: an open allocator)");
      }
    }

    private SharedStore store(String owner) {
      if (sharing != null && sharing.sharedStore().join()) {
        return sharing.sharedStore();
      }
      ChunkStore.Builder store =
          ChunkStore.builder().source(NettyMemorySource.INSTANCE).budget(budget(owner));
      if (decayMillis != null) {
        store.decayMillis(decayMillis);
      }
      return new SharedStore(store.build());
    }

    private MemoryBudget budget(String owner) {
      if (maxBytes != NO_MAX_BYTES) {
        return MemoryBudget.of(owner, maxBytes);
      }
      return budget != null ? budget : MemoryBudget.ofProcess();
    }

    /**
     * Sets what threads get that are no event loops; {@link OffLoopPolicy#FALLBACK} by default.
     *
     * @param policy the policy
     * @return this builder
     */
    public Builder offLoop(OffLoopPolicy policy) {
      this.offLoop = policy;
      return this;
    }

    /**
     * Sets what happens when an arena is exhausted; {@link ExhaustionPolicy#FALLBACK} by default.
     *
     * @param policy the policy
     * @return this builder
     */
    public Builder whenExhausted(ExhaustionPolicy policy) {
      this.whenExhausted = policy;
      this.exhaustionHandler = null;
      return this;
    }

    /**
     * Sets what decides when an arena is exhausted, in place of an {@link ExhaustionPolicy}.
     *
     * @param handler serves or refuses requests
     * @return this builder
     */
    public Builder whenExhausted(ExhaustionHandler handler) {
      this.exhaustionHandler = handler;
      return this;
    }

    /**
     * Sets what every arena does to find memory errors and to wipe secrets; {@link Hardening#off()}
     * by default. Netty's own bounds checks do not see native code, nor NIO views that are kept
     * after the release. Buffers of the fallback allocator are not hardened, nor are those that
     * have moved there to grow.
     *
     * @param hardening the options
     * @return this builder
     */
    public Builder hardening(Hardening hardening) {
      this.hardening = hardening;
      return this;
    }

    /**
     * Sets which share of the buffers is sampled, so that {@link LiteByteBufAllocator#holders()}
     * and {@link LiteByteBufAllocator#outstanding()} can say where they were allocated; 0 by
     * default. It can be changed {@linkplain LiteByteBufAllocator#sampling(int) later}.
     *
     * @param everyN 1 in how many buffers: 1 for tests, 1,000 is cheap enough for production; 0 for
     *     none
     * @return this builder
     * @throws IllegalArgumentException if {@code everyN} is negative
     */
    public Builder sampling(int everyN) {
      requireSampling(everyN);
      this.sampling = everyN;
      return this;
    }

    /**
     * Sets the allocator of direct buffers that no arena serves; Netty's default by default.
     *
     * @param fallback an allocator for any thread
     * @return this builder
     */
    public Builder fallback(ByteBufAllocator fallback) {
      this.fallback = fallback;
      return this;
    }

    /**
     * Sets the allocator of heap buffers; Netty's default by default.
     *
     * @param heapAllocator an allocator for any thread
     * @return this builder
     */
    public Builder heapAllocator(ByteBufAllocator heapAllocator) {
      this.heapAllocator = heapAllocator;
      return this;
    }

    /**
     * Sets what {@link ByteBufAllocator#buffer()} returns; {@code true} by default.
     *
     * @param preferDirect {@code true} for direct buffers, {@code false} for heap buffers
     * @return this builder
     */
    public Builder preferDirect(boolean preferDirect) {
      this.preferDirect = preferDirect;
      return this;
    }

    /**
     * Sets how long empty chunks are kept for reuse before they go back to the system; 10,000 by
     * default. Half of what nobody needed goes after a tenth of that time.
     *
     * @param millis milliseconds; 0 keeps nothing, −1 keeps everything
     * @return this builder
     * @throws IllegalArgumentException if {@code millis} is less than −1
     */
    public Builder decayMillis(long millis) {
      ChunkStore.builder().decayMillis(millis); // refuses what is not allowed
      this.decayMillis = millis;
      return this;
    }

    /**
     * Makes the allocator. Takes no memory yet.
     *
     * @return a new allocator
     * @throws IllegalArgumentException if settings contradict each other
     */
    public LiteByteBufAllocator build() {
      refuseContradictions();
      return new LiteByteBufAllocator(this);
    }
  }
}
