package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.internal.Require;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.ChunkStoreBuilder;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link LiteByteBufAllocator}. Every setting is optional, and is checked when it is
 * made: {@code null} is refused with a {@link NullPointerException}, and what contradicts an
 * earlier setting with an {@link IllegalArgumentException}. The same setting may be made again, and
 * then the last one counts.
 *
 * <p>Made by {@link LiteByteBufAllocator#builder()}, by {@link
 * LiteByteBufAllocator#builderFromSystemProperties()}, or from a framework's own configuration by
 * {@link LiteByteBufAllocator#builderFrom(java.util.Map)}. For one thread.
 *
 * @since 0.1.0
 */
public final class LiteAllocatorBuilder {

  // What is expected where two settings contradict each other.
  private static final String ONE_BUDGET =
      "one or the other; maxBytes makes a budget of the allocator's own";
  private static final String SHARED =
      "one or the other; the allocator shared with has its own budget, decay time and store";
  private static final String ONE_ANSWER = "one or the other; either decides every request";

  private String name = "default";
  private StrategyFactory strategy = Strategies.DEFAULT;
  private @Nullable Long maxBytes;
  private @Nullable MemoryBudget budget;
  private @Nullable Long decayMillis;
  private @Nullable Boolean trimNativeHeap;
  private @Nullable LiteByteBufAllocator sharing;
  private OffLoopPolicy offLoop = OffLoopPolicy.STRIPED;
  private @Nullable ExhaustionPolicy exhaustionPolicy;
  private @Nullable ExhaustionHandler exhaustionHandler;
  private Hardening hardening = Hardening.off();
  private int sampling;
  // Netty's own choice unless set, asked for no earlier than needed: NettysChoice says why.
  private @Nullable ByteBufAllocator fallback;
  private @Nullable ByteBufAllocator heapAllocator;
  private @Nullable ByteBufAllocator nettysDefault;
  private boolean preferDirect = true;
  private boolean passThrough;

  LiteAllocatorBuilder() {}

  /**
   * Sets the name that logs, errors and dashboards show; {@code "default"} by default.
   *
   * @param name any text but white space
   * @return this builder
   * @throws IllegalArgumentException if {@code name} is empty
   */
  public LiteAllocatorBuilder name(String name) {
    this.name = Require.nonEmpty(name, "name");
    return this;
  }

  /**
   * Sets the allocation strategy by its name; {@code "hybrid"} by default.
   *
   * @param name {@code "bump-free-list"}, {@code "segregated-bump"}, {@code "free-list"}, {@code
   *     "hybrid"}, or the name of a provided {@link StrategyFactory}
   * @return this builder
   * @throws IllegalArgumentException if there is no strategy of that name
   */
  public LiteAllocatorBuilder strategy(String name) {
    return strategy(Strategies.named(Require.nonNull(name, "strategy", "the name of a strategy")));
  }

  /**
   * Sets the allocation strategy, one that need not be known by name; {@code "hybrid"} by default.
   *
   * @param factory makes the strategy of each arena
   * @return this builder
   */
  public LiteAllocatorBuilder strategy(StrategyFactory factory) {
    this.strategy = Require.nonNull(factory, "strategy", "a factory of strategies");
    return this;
  }

  /**
   * Gives the allocator a budget of its own.
   *
   * @param bytes the most that its arenas may hold off-heap, at least 65,536: one chunk
   * @return this builder
   * @throws IllegalArgumentException if {@code bytes} is less, or {@link #budget} or {@link
   *     #sharing} is set
   */
  public LiteAllocatorBuilder maxBytes(long bytes) {
    if (bytes < ChunkStore.CHUNK_UNIT_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes: "
              + bytes
              + " (expected: at least "
              + ChunkStore.CHUNK_UNIT_BYTES
              + " bytes, one chunk)");
    }
    refuseBeside("maxBytes", bytes, "budget", budget, ONE_BUDGET);
    refuseBeside("maxBytes", bytes, "sharing", sharing, SHARED);
    this.maxBytes = bytes;
    return this;
  }

  /**
   * Sets the budget; {@link MemoryBudget#ofProcess()} by default.
   *
   * @param budget a budget, possibly shared with other allocators
   * @return this builder
   * @throws IllegalArgumentException if {@link #maxBytes} or {@link #sharing} is set
   */
  public LiteAllocatorBuilder budget(MemoryBudget budget) {
    Require.nonNull(budget, "budget", "a budget, or do without for that of the process");
    refuseBeside("budget", budget.name(), "maxBytes", maxBytes, ONE_BUDGET);
    refuseBeside("budget", budget.name(), "sharing", sharing, SHARED);
    this.budget = budget;
    return this;
  }

  /**
   * Takes chunks from another allocator's store: both have one budget and one decay time, and what
   * one of them no longer needs the other may use. For channels that need another strategy or
   * policy than the rest, by {@code ChannelOption.ALLOCATOR}. By default every allocator has a
   * store of its own.
   *
   * @param other an open allocator
   * @return this builder
   * @throws IllegalArgumentException if {@code other} is closed, or {@link #maxBytes}, {@link
   *     #budget}, {@link #decayMillis} or {@link #trimNativeHeap} is set
   */
  public LiteAllocatorBuilder sharing(LiteByteBufAllocator other) {
    Require.nonNull(other, "sharing", "an open allocator");
    refuseBeside("sharing", other, "maxBytes", maxBytes, SHARED);
    refuseBeside("sharing", other, "budget", budget == null ? null : budget.name(), SHARED);
    refuseBeside("sharing", other, "decayMillis", decayMillis, SHARED);
    refuseBeside("sharing", other, "trimNativeHeap", trimNativeHeap, SHARED);
    if (other.isClosed()) {
      throw sharingClosed(other);
    }
    this.sharing = other;
    return this;
  }

  private static IllegalArgumentException sharingClosed(LiteByteBufAllocator other) {
    return new IllegalArgumentException(
        "sharing: " + other + ", which is closed (expected: an open allocator)");
  }

  /**
   * Sets how long empty chunks are kept for reuse before they go back to the system; 10,000 by
   * default. Half of what nobody needed goes after a tenth of that time.
   *
   * <p>Event loops look ten times in that time what has been empty for so long, but not more often
   * than ten times a second, and at least once; what is empty may stay that much longer.
   *
   * @param millis milliseconds; 0 keeps nothing but the chunk that a loop carves its buffers from,
   *     and that until it looks next; −1 keeps everything
   * @return this builder
   * @throws IllegalArgumentException if {@code millis} is less than −1, or {@link #sharing} is set
   */
  public LiteAllocatorBuilder decayMillis(long millis) {
    ChunkStore.builder().decayMillis(millis); // refuses what is not allowed
    refuseBeside("decayMillis", millis, "sharing", sharing, SHARED);
    this.decayMillis = millis;
    return this;
  }

  /**
   * Sets whether the C library is made to let go of what went back to it, chunks and what others
   * have served instead; {@code true} by default. What it keeps for itself else is memory of the
   * process, for whoever calls {@code malloc} next. See {@link
   * io.github.litealloc.memory.NativeHeap}.
   *
   * @param trims {@code false} to leave the C library alone
   * @return this builder
   * @throws IllegalArgumentException if {@link #sharing} is set
   */
  public LiteAllocatorBuilder trimNativeHeap(boolean trims) {
    refuseBeside("trimNativeHeap", trims, "sharing", sharing, SHARED);
    this.trimNativeHeap = trims;
    return this;
  }

  private static void refuseBeside(
      String name, Object value, String other, @Nullable Object otherValue, String expected) {
    if (otherValue != null) {
      throw new IllegalArgumentException(
          name
              + ": "
              + value
              + ", but "
              + other
              + " is set too, to "
              + otherValue
              + " (expected: "
              + expected
              + ')');
    }
  }

  /**
   * Sets what threads get that are no event loops; {@link OffLoopPolicy#STRIPED} by default.
   *
   * @param policy the policy
   * @return this builder
   */
  public LiteAllocatorBuilder offLoop(OffLoopPolicy policy) {
    this.offLoop = Require.nonNull(policy, "offLoop", "a policy");
    return this;
  }

  /**
   * Sets what happens when an arena is exhausted; {@link ExhaustionPolicy#FALLBACK} by default.
   *
   * @param policy the policy
   * @return this builder
   * @throws IllegalArgumentException if a handler is set
   */
  public LiteAllocatorBuilder whenExhausted(ExhaustionPolicy policy) {
    Require.nonNull(policy, "whenExhausted", "a policy");
    refuseBeside("whenExhausted", policy, "a handler", exhaustionHandler, ONE_ANSWER);
    this.exhaustionPolicy = policy;
    return this;
  }

  /**
   * Sets what decides when an arena is exhausted, in place of an {@link ExhaustionPolicy}.
   *
   * @param handler serves or refuses requests
   * @return this builder
   * @throws IllegalArgumentException if a policy is set
   */
  public LiteAllocatorBuilder whenExhausted(ExhaustionHandler handler) {
    Require.nonNull(handler, "whenExhausted", "a handler");
    refuseBeside("whenExhausted", "a handler", "a policy", exhaustionPolicy, ONE_ANSWER);
    this.exhaustionHandler = handler;
    return this;
  }

  /**
   * Sets what every arena does to find memory errors and to wipe secrets; {@link Hardening#off()}
   * by default. Netty's own bounds checks do not see native code, nor NIO views that are kept after
   * the release. Buffers of the fallback allocator are not hardened, nor are those that have moved
   * there to grow.
   *
   * @param hardening the options
   * @return this builder
   */
  public LiteAllocatorBuilder hardening(Hardening hardening) {
    this.hardening = Require.nonNull(hardening, "hardening", "options, such as Hardening.off()");
    return this;
  }

  /**
   * Sets which share of the buffers is sampled, so that {@link LiteByteBufAllocator#holders()} and
   * {@link LiteByteBufAllocator#outstanding()} can say where they were allocated; 0 by default. It
   * can be changed {@linkplain LiteByteBufAllocator#sampling(int) later}.
   *
   * @param everyN 1 in how many buffers: 1 for tests, 1,000 is cheap enough for production; 0 for
   *     none
   * @return this builder
   * @throws IllegalArgumentException if {@code everyN} is negative
   */
  public LiteAllocatorBuilder sampling(int everyN) {
    this.sampling = Checks.requireSampling(everyN);
    return this;
  }

  /**
   * Sets the allocator of direct buffers that no arena serves; Netty's default by default. For what
   * an exhausted arena cannot serve, the default keeps next to nothing for reuse where Netty can
   * free memory: small buffers share regions of 256 KiB, each of which goes back with its last
   * buffer. Where only the garbage collector can free it, that is Netty's default, too.
   *
   * @param fallback an allocator for any thread
   * @return this builder
   */
  public LiteAllocatorBuilder fallback(ByteBufAllocator fallback) {
    this.fallback = Require.nonNull(fallback, "fallback", "an allocator for any thread");
    return this;
  }

  /**
   * Sets the allocator of heap buffers; Netty's default by default.
   *
   * @param heapAllocator an allocator for any thread
   * @return this builder
   */
  public LiteAllocatorBuilder heapAllocator(ByteBufAllocator heapAllocator) {
    this.heapAllocator =
        Require.nonNull(heapAllocator, "heapAllocator", "an allocator for any thread");
    return this;
  }

  /**
   * Says what Netty's default is, which is else {@link ByteBufAllocator#DEFAULT}: for what makes an
   * allocator while that is being initialised, as the agent does. Unlike {@link #fallback} it
   * chooses nothing: an exhausted arena is still served as {@link #fallback} says.
   *
   * @param nettysDefault the allocator that Netty has chosen
   * @return this builder
   */
  public LiteAllocatorBuilder nettysDefault(ByteBufAllocator nettysDefault) {
    this.nettysDefault =
        Require.nonNull(nettysDefault, "nettysDefault", "an allocator for any thread");
    return this;
  }

  /**
   * Sets what {@link ByteBufAllocator#buffer()} returns; {@code true} by default.
   *
   * @param preferDirect {@code true} for direct buffers, {@code false} for heap buffers
   * @return this builder
   */
  public LiteAllocatorBuilder preferDirect(boolean preferDirect) {
    this.preferDirect = preferDirect;
    return this;
  }

  /**
   * Sets whether the allocator is only a way to the {@linkplain #fallback fallback} and the
   * {@linkplain #heapAllocator heap allocator}, until {@link
   * LiteByteBufAllocator#passThrough(boolean)} says something else; {@code false} by default.
   *
   * @param passThrough {@code true} to have no request served by arenas
   * @return this builder
   */
  public LiteAllocatorBuilder passThrough(boolean passThrough) {
    this.passThrough = passThrough;
    return this;
  }

  /**
   * Makes the allocator. Takes no memory yet.
   *
   * @return a new allocator
   * @throws IllegalArgumentException if the allocator to share with was closed meanwhile
   */
  public LiteByteBufAllocator build() {
    AllocatorSettings settings = open();
    try {
      return new LiteByteBufAllocator(settings);
    } catch (Throwable e) {
      giveUp(settings);
      throw e;
    }
  }

  /** Takes the allocator's name and opens its store; keeps neither if it fails. */
  AllocatorSettings open() {
    AllocatorNames.AllocatorName taken = AllocatorNames.take(name);
    SharedStore store = null;
    try {
      store = store(taken);
      ByteBufAllocator direct =
          fallback != null
              ? fallback
              : nettysDefault != null ? nettysDefault : NettysChoice.fallback();
      return new AllocatorSettings(
          taken,
          store,
          strategy,
          offLoop,
          exhaustionPolicy == null ? ExhaustionPolicy.FALLBACK : exhaustionPolicy,
          exhaustionHandler,
          hardening,
          sampling,
          direct,
          fallback == null ? DefaultMemorySource.exhaustionFallback(direct) : direct,
          heapAllocator != null
              ? heapAllocator
              : nettysDefault != null ? nettysDefault : NettysChoice.heapAllocator(),
          preferDirect,
          passThrough);
    } catch (Throwable e) {
      taken.giveBack();
      if (store != null) {
        store.leave(taken);
      }
      throw e;
    }
  }

  private static void giveUp(AllocatorSettings settings) {
    settings.takenName().giveBack();
    settings.sharedStore().leave(settings.takenName());
  }

  private SharedStore store(AllocatorNames.AllocatorName owner) {
    if (sharing != null) {
      if (sharing.isClosed() || !sharing.sharedStore().join(owner)) {
        throw sharingClosed(sharing);
      }
      return sharing.sharedStore();
    }
    ChunkStoreBuilder store =
        ChunkStore.builder()
            .source(DefaultMemorySource.find())
            .budget(budget(owner.text()))
            .chunksAtOnce(TrimTimer.CHUNKS_AT_ONCE);
    if (decayMillis != null) {
      store.decayMillis(decayMillis);
    }
    if (trimNativeHeap != null) {
      store.trimNativeHeap(trimNativeHeap);
    }
    return new SharedStore(store.build(), trimNativeHeap == null || trimNativeHeap, owner);
  }

  private MemoryBudget budget(String owner) {
    if (maxBytes != null) {
      return MemoryBudget.of(owner, maxBytes);
    }
    return budget != null ? budget : MemoryBudget.ofProcess();
  }
}
