package io.github.litealloc.netty;

import io.github.litealloc.Arena;
import io.github.litealloc.ChunkStore;
import io.github.litealloc.Hardening;
import io.github.litealloc.MemoryBudget;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.internal.ThreadExecutorMap;
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
 * next allocates or, within about a second, by a timer. Heap buffers come from another allocator:
 * arenas are off-heap.
 *
 * <p>One allocator per process is the usual number. It needs no closing; {@link #close()} is for
 * applications that are unloaded.
 */
public final class LiteByteBufAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LiteByteBufAllocator.class.getName());

  private final String name;
  private final StrategyFactory strategy;
  private final ChunkStore store;
  private final OffLoopPolicy offLoop;
  private final ExhaustionPolicy whenExhausted;
  private final Hardening hardening;
  private final ByteBufAllocator fallback;
  private final ByteBufAllocator heapAllocator;
  private final ArenaRegistry arenas = new ArenaRegistry();
  private final FallbackCounters fallbacks = new FallbackCounters();
  private final LiteAllocatorMetric metric;
  private volatile boolean closed;

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
   * (true, false), {@code litealloc.hardening} (off, debug, zero).
   *
   * @throws IllegalArgumentException if a property has a value that is not allowed
   */
  public LiteByteBufAllocator() {
    this(SystemProperties.configure(builder()));
  }

  private LiteByteBufAllocator(Builder builder) {
    super(builder.preferDirect);
    this.name = AllocatorNames.take(builder.name);
    this.strategy = builder.strategy;
    this.offLoop = builder.offLoop;
    this.whenExhausted = builder.whenExhausted;
    this.hardening = builder.hardening;
    this.fallback = builder.fallback;
    this.heapAllocator = builder.heapAllocator;
    MemoryBudget budget = builder.budget(name);
    this.store =
        ChunkStore.builder()
            .source(NettyMemorySource.INSTANCE)
            .budget(budget)
            .decayMillis(builder.decayMillis)
            .build();
    this.metric =
        new LiteAllocatorMetric(
            name, strategy.name(), budget, arenas, fallbacks, this::usedHeapMemory);
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
   * Returns the name of the allocation strategy.
   *
   * @return such as {@code "hybrid"}
   */
  public String strategy() {
    return strategy.name();
  }

  @Override
  public LiteAllocatorMetric metric() {
    return metric;
  }

  @Override
  public boolean isDirectBufferPooled() {
    return true;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether it was wrapped
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    BufferArena arena = arenaOfThread.get();
    if (arena == null || closed || !arena.isUser()) {
      arena = arenaForThread();
      if (arena == null) {
        return offLoopBuffer(initialCapacity, maxCapacity);
      }
    }
    LiteByteBuf buffer = arena.allocate(initialCapacity, maxCapacity);
    if (buffer == null) {
      return fallbackWhenExhausted(initialCapacity, maxCapacity);
    }
    ByteBuf result = toLeakAwareBuffer(buffer);
    if (result != buffer) {
      arena.letLeak(buffer);
    }
    return result;
  }

  /** The calling thread's first request, or one by a thread that gets no arena. */
  private @Nullable BufferArena arenaForThread() {
    BufferArena existing = arenaOfThread.get();
    if (closed || existing != null) {
      if (existing != null) {
        existing.close(); // an adopted thread hears of the allocator's end only here
      }
      return null;
    }
    EventExecutor executor = ThreadExecutorMap.currentExecutor();
    boolean isLoop = executor != null && executor.inEventLoop() && !executor.isShutdown();
    if (!isLoop && offLoop != OffLoopPolicy.ADOPT) {
      return null;
    }
    arenas.closeAbandoned();
    Arena.Builder builder =
        Arena.builder()
            .name(Thread.currentThread().getName())
            .strategy(strategy)
            .store(store)
            .checked(false)
            .hardening(hardening);
    BufferArena arena = new BufferArena(this, builder, isLoop ? executor : null);
    arenaOfThread.set(arena);
    arenas.add(arena);
    if (closed) { // meanwhile, and perhaps without having seen this arena
      arena.close();
      return null;
    }
    return arena;
  }

  private ByteBuf offLoopBuffer(int initialCapacity, int maxCapacity) {
    if (closed || arenaOfThread.get() != null) {
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

  private ByteBuf fallbackWhenExhausted(int initialCapacity, int maxCapacity) {
    if (whenExhausted == ExhaustionPolicy.THROW) {
      fallbacks.countFailure();
      throw new DirectMemoryExhaustedError(
          name,
          strategy.name(),
          initialCapacity,
          metric.usedBytes(),
          store.budget().reservedBytes(),
          store.budget().maxBytes());
    }
    return fallbackBuffer(FallbackReason.EXHAUSTED, initialCapacity, maxCapacity);
  }

  private ByteBuf fallbackBuffer(FallbackReason reason, int initialCapacity, int maxCapacity) {
    fallbacks.count(reason, initialCapacity);
    return fallback.directBuffer(initialCapacity, maxCapacity);
  }

  /**
   * A buffer for a live buffer to move to that its arena cannot grow: because the calling thread
   * does not own the arena, or else because the arena is exhausted.
   */
  ByteBuf substitute(int capacity, int maxCapacity, boolean onOwner) {
    return onOwner
        ? fallbackWhenExhausted(capacity, maxCapacity)
        : fallbackBuffer(FallbackReason.OFF_LOOP, capacity, maxCapacity);
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    fallbacks.count(FallbackReason.HEAP, initialCapacity);
    return heapAllocator.heapBuffer(initialCapacity, maxCapacity);
  }

  private long usedHeapMemory() {
    return heapAllocator instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedHeapMemory()
        : 0;
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

  /** A closed arena has freed its last buffer. Any thread. */
  void drained(BufferArena arena) {
    arenas.remove(arena);
    store.trim(); // the other loops need not be awake to do it in time
  }

  /**
   * Hands out no more arena buffers: from now on the fallback allocator serves every request. Each
   * arena's memory goes back to the system with its last live buffer; live buffers stay valid. Any
   * thread; closing again only looks for threads that have ended since.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      AllocatorNames.giveBack(name);
      store.stopRetaining();
    }
    arenas.all().forEach(BufferArena::requestClose);
  }

  @Override
  public String toString() {
    return "LiteByteBufAllocator(" + name + ", " + strategy.name() + ')';
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
    private Hardening hardening = Hardening.off();
    private ByteBufAllocator fallback = ByteBufAllocator.DEFAULT;
    private ByteBufAllocator heapAllocator = ByteBufAllocator.DEFAULT;
    private boolean preferDirect = true;
    private long decayMillis = ChunkStore.DEFAULT_DECAY_MILLIS;

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
     */
    public LiteByteBufAllocator build() {
      return new LiteByteBufAllocator(this);
    }
  }
}
