package io.github.litealloc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The source of chunks for any number of arenas: takes memory from a {@link MemorySource}, charges
 * every byte to a {@link MemoryBudget} first, and keeps empty chunks for reuse. Safe for use by
 * several threads.
 *
 * <p>What is kept decays with time: half of what nobody needed goes back to the system after a
 * tenth of the decay time, and every chunk that was idle for the whole of it. A store has no thread
 * of its own: whoever uses it calls {@link #decay} now and then.
 */
public final class ChunkStore {

  /** Arenas grow by at least this many bytes, and every chunk's size is a multiple of it. */
  public static final int CHUNK_UNIT_BYTES = 64 * 1024;

  /** How long an empty chunk is kept by default. */
  public static final long DEFAULT_DECAY_MILLIS = 10_000;

  private static final System.Logger LOG = System.getLogger(ChunkStore.class.getName());

  private static final long NEVER = -1;
  private static final int HALF_LIVES_PER_DECAY = 10;

  /** An empty chunk, and since when. */
  private record IdleChunk(Chunk chunk, long sinceNanos) {}

  private final MemorySource source;
  private final MemoryBudget budget;

  private final Object lock = new Object();
  // Guarded by lock; the most recently returned chunk is last and, being warm, the first to be
  // reused.
  private final List<IdleChunk> idle = new ArrayList<>();
  private long idleBytes;
  private long unneededBytes; // the least that idleBytes has been since the last halving
  private long halvedNanos = System.nanoTime();
  private long decayMillis;

  private ChunkStore(Builder builder) {
    this.source = builder.source;
    this.budget = builder.budget != null ? builder.budget : MemoryBudget.ofProcess();
    this.decayMillis = builder.decayMillis;
    budget.register(this);
  }

  /**
   * Starts a store's configuration.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the budget that the store charges.
   *
   * @return the budget
   */
  public MemoryBudget budget() {
    return budget;
  }

  /**
   * Returns the source that the store takes memory from.
   *
   * @return the memory source
   */
  public MemorySource source() {
    return source;
  }

  /**
   * Returns how long empty chunks are kept for reuse.
   *
   * @return milliseconds; 0 keeps nothing, as after {@link #stopRetaining}, −1 keeps everything
   */
  public long decayMillis() {
    synchronized (lock) {
      return decayMillis;
    }
  }

  /**
   * Returns the bytes of the empty chunks that the store keeps.
   *
   * @return bytes
   */
  public long idleBytes() {
    synchronized (lock) {
      return idleBytes;
    }
  }

  /**
   * Gives every empty chunk back to the system.
   *
   * @return the bytes given back
   */
  public long trim() {
    return trim(0);
  }

  /**
   * Gives empty chunks back to the system, those first that have been idle longest, until at most a
   * given amount is left.
   *
   * @param targetBytes how many bytes of empty chunks may stay, at least 0
   * @return the bytes given back
   * @throws IllegalArgumentException if {@code targetBytes} is negative
   */
  public long trim(long targetBytes) {
    if (targetBytes < 0) {
      throw new IllegalArgumentException("targetBytes: " + targetBytes + " (expected: >= 0)");
    }
    List<IdleChunk> released;
    synchronized (lock) {
      int count = 0;
      for (long left = idleBytes; left > targetBytes; count++) {
        left -= idle.get(count).chunk().bytes();
      }
      released = removeOldest(count);
    }
    return release(released);
  }

  /**
   * Gives back what has been kept for long enough. Cheap when there is nothing to do; to be called
   * every second or so, by any thread.
   *
   * @param nowNanos the present {@link System#nanoTime()}
   * @return the bytes given back
   */
  public long decay(long nowNanos) {
    List<IdleChunk> released;
    synchronized (lock) {
      if (idle.isEmpty() || decayMillis == NEVER) {
        return 0;
      }
      released = removeOldest(Math.max(countExpired(nowNanos), countToHalve(nowNanos)));
    }
    return release(released);
  }

  /**
   * Tells whether {@link #decay} will have something to do as time passes.
   *
   * @return {@code true} if empty chunks are kept, but not for ever
   */
  public boolean hasDecayingChunks() {
    synchronized (lock) {
      return !idle.isEmpty() && decayMillis != NEVER;
    }
  }

  private int countExpired(long nowNanos) {
    long decayNanos = TimeUnit.MILLISECONDS.toNanos(decayMillis);
    int count = 0;
    while (count < idle.size() && nowNanos - idle.get(count).sinceNanos() >= decayNanos) {
      count++;
    }
    return count;
  }

  /**
   * How many of the oldest chunks make up half of what nobody needed, if a half-life has passed.
   */
  private int countToHalve(long nowNanos) {
    long halfLifeNanos = TimeUnit.MILLISECONDS.toNanos(decayMillis) / HALF_LIVES_PER_DECAY;
    if (nowNanos - halvedNanos < halfLifeNanos) {
      return 0;
    }
    int count = 0;
    for (long half = unneededBytes / 2; half > 0; count++) {
      half -= idle.get(count).chunk().bytes();
    }
    halvedNanos = nowNanos;
    unneededBytes = idleBytes;
    return count;
  }

  private List<IdleChunk> removeOldest(int count) {
    List<IdleChunk> oldest = idle.subList(0, count);
    List<IdleChunk> removed = List.copyOf(oldest);
    oldest.clear();
    for (IdleChunk idleChunk : removed) {
      idleBytes -= idleChunk.chunk().bytes();
    }
    unneededBytes = Math.min(unneededBytes, idleBytes);
    return removed;
  }

  private long release(List<IdleChunk> released) {
    long bytes = 0;
    for (IdleChunk idleChunk : released) {
      if (release(idleChunk.chunk())) {
        bytes += idleChunk.chunk().bytes();
      }
    }
    return bytes;
  }

  /**
   * Gives every empty chunk back to the system, from now on as soon as it is empty. For owners of
   * the store that will need no more chunks.
   */
  public void stopRetaining() {
    synchronized (lock) {
      decayMillis = 0;
    }
    trim();
  }

  /**
   * Takes a chunk.
   *
   * @param minBytes the least that is of use
   * @param bytes the size to ask the system for, at least {@code minBytes}
   * @return a chunk of at least {@code minBytes}; {@code null} if the budget or the system refused
   */
  @Nullable Chunk take(int minBytes, int bytes) {
    Chunk chunk = takeIdle(minBytes, bytes);
    if (chunk != null) {
      return chunk;
    }
    if (!budget.tryCharge(bytes)) {
      // What any store keeps for later is worth less than a request that is waiting now.
      if (budget.reclaim() == 0 || !budget.tryCharge(bytes)) {
        return null;
      }
    }
    boolean taken = false;
    try {
      chunk = allocate(bytes);
      taken = chunk != null;
      return chunk;
    } finally {
      if (!taken) {
        budget.credit(bytes);
      }
    }
  }

  private @Nullable Chunk allocate(int bytes) {
    MemorySource.Memory memory;
    try {
      memory = source.allocate(bytes);
    } catch (OutOfMemoryError e) {
      if (budget.reclaim() == 0) {
        return null;
      }
      try {
        memory = source.allocate(bytes);
      } catch (OutOfMemoryError again) {
        return null;
      }
    }
    boolean accepted = false;
    try {
      Chunk chunk = new Chunk(memory, bytes);
      accepted = true;
      return chunk;
    } finally {
      if (!accepted) {
        memory.release();
      }
    }
  }

  private @Nullable Chunk takeIdle(int minBytes, int bytes) {
    synchronized (lock) {
      for (int i = idle.size() - 1; i >= 0; i--) {
        Chunk chunk = idle.get(i).chunk();
        // Not much larger than what would be taken fresh, or small requests would hold large
        // chunks.
        if (chunk.bytes() >= minBytes && chunk.bytes() <= bytes) {
          idle.remove(i);
          idleBytes -= chunk.bytes();
          unneededBytes = Math.min(unneededBytes, idleBytes);
          return chunk;
        }
      }
      return null;
    }
  }

  /** Takes back an empty chunk; keeps it for reuse or gives it back to the system. */
  void giveBack(Chunk chunk) {
    synchronized (lock) {
      if (decayMillis != 0) {
        keep(chunk);
        return;
      }
    }
    release(chunk);
  }

  private void keep(Chunk chunk) {
    idle.add(new IdleChunk(chunk, System.nanoTime()));
    idleBytes += chunk.bytes();
  }

  /** Gives a chunk back to the system; keeps it, for another try later, if that fails. */
  private boolean release(Chunk chunk) {
    int bytes = chunk.bytes();
    try {
      chunk.release();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "could not give back " + bytes + " bytes; kept", e);
      synchronized (lock) {
        keep(chunk);
      }
      return false;
    }
    budget.credit(bytes);
    return true;
  }

  /** Configures a {@link ChunkStore}. */
  public static final class Builder {

    private MemorySource source = MemorySource.jdk();
    private @Nullable MemoryBudget budget;
    private long decayMillis = DEFAULT_DECAY_MILLIS;

    private Builder() {}

    /**
     * Sets where memory comes from; {@link MemorySource#jdk()} by default.
     *
     * @param source the source
     * @return this builder
     */
    public Builder source(MemorySource source) {
      this.source = source;
      return this;
    }

    /**
     * Sets the budget that is charged; {@link MemoryBudget#ofProcess()} by default.
     *
     * @param budget a budget, possibly shared with other stores
     * @return this builder
     */
    public Builder budget(MemoryBudget budget) {
      this.budget = budget;
      return this;
    }

    /**
     * Sets how long empty chunks are kept for reuse; {@value ChunkStore#DEFAULT_DECAY_MILLIS} by
     * default.
     *
     * @param millis milliseconds; 0 keeps nothing, −1 keeps everything
     * @return this builder
     * @throws IllegalArgumentException if {@code millis} is less than −1
     */
    public Builder decayMillis(long millis) {
      if (millis < NEVER) {
        throw new IllegalArgumentException(
            "decayMillis: " + millis + " (expected: >= 0, or " + NEVER + " for never)");
      }
      this.decayMillis = millis;
      return this;
    }

    /**
     * Makes the store.
     *
     * @return a new store that holds nothing yet
     */
    public ChunkStore build() {
      return new ChunkStore(this);
    }
  }
}
