package io.github.litealloc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The source of chunks for any number of arenas: takes memory from a {@link MemorySource}, charges
 * every byte to a {@link MemoryBudget} first, and keeps a few empty chunks for reuse. Safe for use
 * by several threads.
 */
public final class ChunkStore {

  /** Arenas grow by at least this many bytes, and every chunk's size is a multiple of it. */
  public static final int CHUNK_UNIT_BYTES = 64 * 1024;

  /** Empty chunks that a store keeps by default. */
  static final long DEFAULT_RETAINED_BYTES = 4L * 1024 * 1024;

  private final MemorySource source;
  private final MemoryBudget budget;

  private final Object lock = new Object();
  // Guarded by lock; the most recently returned chunk is last and, being warm, the first to be
  // reused.
  private final List<Chunk> idle = new ArrayList<>();
  private long idleBytes;
  private long maxRetainedBytes;

  private ChunkStore(Builder builder) {
    this.source = builder.source;
    this.budget = builder.budget != null ? builder.budget : MemoryBudget.ofProcess();
    this.maxRetainedBytes = builder.maxRetainedBytes;
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
    List<Chunk> released;
    synchronized (lock) {
      released = new ArrayList<>(idle);
      idle.clear();
      idleBytes = 0;
    }
    long bytes = 0;
    for (Chunk chunk : released) {
      bytes += chunk.bytes();
      release(chunk);
    }
    return bytes;
  }

  /**
   * Gives every empty chunk back to the system, from now on as soon as it is empty. For owners of
   * the store that will need no more chunks.
   */
  public void stopRetaining() {
    synchronized (lock) {
      maxRetainedBytes = 0;
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
      // What this store keeps for later is worth less than a request that is waiting now.
      if (trim() == 0 || !budget.tryCharge(bytes)) {
        return null;
      }
    }
    boolean taken = false;
    try {
      MemorySource.Memory memory = source.allocate(bytes);
      try {
        chunk = new Chunk(memory, bytes);
        taken = true;
        return chunk;
      } finally {
        if (!taken) {
          memory.release();
        }
      }
    } catch (OutOfMemoryError e) {
      return null;
    } finally {
      if (!taken) {
        budget.credit(bytes);
      }
    }
  }

  private @Nullable Chunk takeIdle(int minBytes, int bytes) {
    synchronized (lock) {
      for (int i = idle.size() - 1; i >= 0; i--) {
        Chunk chunk = idle.get(i);
        // Not much larger than what would be taken fresh, or small requests would hold large
        // chunks.
        if (chunk.bytes() >= minBytes && chunk.bytes() <= bytes) {
          idle.remove(i);
          idleBytes -= chunk.bytes();
          return chunk;
        }
      }
      return null;
    }
  }

  /** Takes back an empty chunk; keeps it for reuse or gives it back to the system. */
  void giveBack(Chunk chunk) {
    synchronized (lock) {
      if (idleBytes + chunk.bytes() <= maxRetainedBytes) {
        idle.add(chunk);
        idleBytes += chunk.bytes();
        return;
      }
    }
    release(chunk);
  }

  private void release(Chunk chunk) {
    int bytes = chunk.bytes();
    chunk.release();
    budget.credit(bytes);
  }

  /** Configures a {@link ChunkStore}. */
  public static final class Builder {

    private MemorySource source = MemorySource.jdk();
    private @Nullable MemoryBudget budget;
    private long maxRetainedBytes = DEFAULT_RETAINED_BYTES;

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
     * Sets how many bytes of empty chunks the store may keep for reuse; 4 MiB by default.
     *
     * @param bytes at least 0; 0 gives everything back at once
     * @return this builder
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public Builder maxRetainedBytes(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("maxRetainedBytes: " + bytes + " (expected: >= 0)");
      }
      this.maxRetainedBytes = bytes;
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
