package io.github.litealloc;

import io.github.litealloc.internal.Require;
import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * Configures an {@link Arena}.
 *
 * @since 0.1.0
 */
public final class ArenaBuilder {

  static {
    EagerArenaClasses.initialize();
  }

  private static final long UNSET_FLOOR = -1;

  String name = "arena";
  StrategyFactory strategy = Strategies.DEFAULT;
  private @Nullable ChunkStore store;
  boolean checked = true;
  private long floorBytes = UNSET_FLOOR;
  Hardening hardening = Hardening.off();
  Runnable growthListener = () -> {};
  Runnable wantedListener = () -> {};
  @Nullable Errands errands;

  ArenaBuilder() {}

  /**
   * Sets the name that exceptions and dashboards show.
   *
   * @param name any text but an empty one
   * @return this builder
   */
  public ArenaBuilder name(String name) {
    this.name = Require.nonEmpty(name, "name");
    return this;
  }

  /**
   * Sets the strategy by name; {@code "hybrid"} by default.
   *
   * @param name one of the names that {@link Strategies#named} knows
   * @return this builder
   * @throws IllegalArgumentException if there is no strategy of that name
   */
  public ArenaBuilder strategy(String name) {
    return strategy(Strategies.named(name));
  }

  /**
   * Sets the strategy.
   *
   * @param strategy its factory
   * @return this builder
   */
  public ArenaBuilder strategy(StrategyFactory strategy) {
    this.strategy = Require.nonNull(strategy, "strategy", "a StrategyFactory");
    return this;
  }

  /**
   * Sets where chunks come from; by default a store of the arena's own on the process's budget.
   *
   * @param store a store, possibly shared with other arenas
   * @return this builder
   */
  public ArenaBuilder store(ChunkStore store) {
    this.store = Require.nonNull(store, "store", "a ChunkStore");
    return this;
  }

  /**
   * Sets the floor: how many bytes the arena shall be sure to get; {@value
   * Arena#DEFAULT_FLOOR_BYTES} by default. The budget keeps room for them from {@link #build()}, or
   * as soon after as others leave any, to {@link Arena#close()}, but takes no memory. An arena that
   * is dropped without being closed keeps its floor, as it keeps its chunks.
   *
   * @param bytes a multiple of {@value ChunkStore#CHUNK_UNIT_BYTES}; 0 for no floor
   * @return this builder
   * @throws IllegalArgumentException if {@code bytes} is not allowed
   */
  public ArenaBuilder floorBytes(long bytes) {
    this.floorBytes = Require.multipleOf(ChunkStore.CHUNK_UNIT_BYTES, bytes, "floorBytes");
    return this;
  }

  private long floorBytes(MemoryBudget budget) {
    return floorBytes == UNSET_FLOOR
        ? Math.min(Arena.DEFAULT_FLOOR_BYTES, budget.maxBytes())
        : floorBytes;
  }

  /**
   * Sets whether misuse is detected, which costs a map entry per live block; {@code true} by
   * default.
   *
   * @param checked {@code false} only for callers that count references themselves
   * @return this builder
   */
  public ArenaBuilder checked(boolean checked) {
    this.checked = checked;
    return this;
  }

  /**
   * Sets what the arena does to find memory errors and to wipe secrets; {@link Hardening#off()} by
   * default.
   *
   * @param hardening the options, possibly shared with other arenas
   * @return this builder
   */
  public ArenaBuilder hardening(Hardening hardening) {
    this.hardening = Require.nonNull(hardening, "hardening", "such as Hardening.off()");
    return this;
  }

  /**
   * Sets what to run whenever the arena has taken a chunk; nothing by default. A place to schedule
   * {@link Arena#tick}. It runs on the owner in the middle of an allocation and must not use the
   * arena; what it throws goes to the log.
   *
   * @param listener what to run
   * @return this builder
   */
  public ArenaBuilder onGrowth(Runnable listener) {
    this.growthListener = Require.nonNull(listener, "onGrowth", "what to run");
    return this;
  }

  /**
   * Sets what to run when another arena on the budget was refused memory and this one has some to
   * spare; nothing by default. A place to have the owner {@linkplain Arena#trim(long) trim} to its
   * floor soon. It runs on any thread, must not wait, and what it throws goes to the log.
   *
   * @param listener what to run
   * @return this builder
   */
  public ArenaBuilder onWanted(Runnable listener) {
    this.wantedListener = Require.nonNull(listener, "onWanted", "what to run");
    return this;
  }

  /**
   * Makes an arena that no thread owns: any thread may use it while it holds a lock, which is the
   * business of those who share the arena. What must not be done under a lock the arena leaves to
   * be done when it is let go. It tells of its growth nobody but who has fetched the chunk.
   *
   * @param errands of this arena only
   * @return this builder
   */
  public ArenaBuilder errands(Errands errands) {
    this.errands = Require.nonNull(errands, "errands", "what is done without the lock");
    return this;
  }

  /**
   * Makes the arena, owned by the calling thread. Takes no memory yet.
   *
   * @return a new arena
   * @throws IllegalArgumentException if the floor is above the ceiling of the store's budget
   */
  public Arena build() {
    ChunkStore supply = store != null ? store : ChunkStore.builder().build();
    long floor = floorBytes(supply.budget());
    ChunkAccount account = supply.openAccount(name, floor);
    @Nullable Chunks chunks = null;
    try {
      chunks = new Chunks(account, new ArenaStatistics(), growthListener);
      if (errands != null) {
        chunks.supply.defer(errands);
      }
      return new Arena(this, account, floor, chunks);
    } catch (Throwable e) {
      account.close(); // what could not be made must have no floor
      if (chunks != null) {
        chunks.clear(); // a strategy may take some when it is made
        if (errands != null) {
          errands.run();
        }
      }
      throw e;
    }
  }
}
