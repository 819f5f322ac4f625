package io.github.litealloc.memory;

import io.github.litealloc.internal.Require;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Configures a {@link ChunkStore}.
 *
 * @since 0.1.0
 */
public final class ChunkStoreBuilder {

  MemorySource source = MemorySource.range().orElseGet(MemorySource::jdk);
  @Nullable MemoryBudget budget;
  long decayMillis = ChunkStore.DEFAULT_DECAY_MILLIS;
  long refusalPauseMillis = ChunkStore.DEFAULT_REFUSAL_PAUSE_MILLIS;
  boolean trimNativeHeap = true;
  private @Nullable NativeHeap nativeHeap;
  CollectorCall collector = CollectorCall.OF_PROCESS;
  LongSupplier nanoTime = System::nanoTime;
  int chunksAtOnce = GiveBackPace.ALL_AT_ONCE;

  ChunkStoreBuilder() {}

  /**
   * Sets where memory comes from; {@link MemorySource#range()} by default, and {@link
   * MemorySource#jdk()} where there is none.
   *
   * @param source the source
   * @return this builder
   */
  public ChunkStoreBuilder source(MemorySource source) {
    this.source = Require.nonNull(source, "source", "such as MemorySource.jdk()");
    return this;
  }

  /**
   * Sets the budget that is charged; {@link MemoryBudget#ofProcess()} by default.
   *
   * @param budget a budget, possibly shared with other stores
   * @return this builder
   */
  public ChunkStoreBuilder budget(MemoryBudget budget) {
    this.budget = Require.nonNull(budget, "budget", "a MemoryBudget");
    return this;
  }

  /**
   * Sets how long empty chunks are kept for reuse, here and in arenas that are in use; {@value
   * ChunkStore#DEFAULT_DECAY_MILLIS} by default.
   *
   * @param millis milliseconds; 0 keeps nothing, −1 keeps everything
   * @return this builder
   * @throws IllegalArgumentException if {@code millis} is less than −1
   */
  public ChunkStoreBuilder decayMillis(long millis) {
    if (millis < ChunkStore.NEVER) {
      throw new IllegalArgumentException(
          "decayMillis: " + millis + " (expected: >= 0, or " + ChunkStore.NEVER + " for never)");
    }
    this.decayMillis = millis;
    return this;
  }

  /**
   * Sets for how long the source is not asked again once it has refused memory; {@value
   * ChunkStore#DEFAULT_REFUSAL_PAUSE_MILLIS} by default. The JVM takes half a second and a full
   * collection to refuse direct memory, for which the asking thread stands still. During the pause
   * requests are served by empty chunks that are kept, larger ones too, and fail without them; the
   * source is asked only if as much as is wanted has gone back to it. The budget's pressure is
   * {@link MemoryPressure#CRITICAL} until the pause is over or the source has given memory again.
   *
   * <p>Of several stores with the same source on one budget the one that was made first decides.
   *
   * @param millis milliseconds; 0 for a source that refuses quickly and may always be asked
   * @return this builder
   * @throws IllegalArgumentException if {@code millis} is negative
   */
  public ChunkStoreBuilder refusalPauseMillis(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException(
          "refusalPauseMillis: " + millis + " (expected: at least 0)");
    }
    this.refusalPauseMillis = millis;
    return this;
  }

  /**
   * Sets whether the C library is made to let go of what the store has given back to it; {@code
   * true} by default. See {@link NativeHeap}.
   *
   * @param trims {@code false} for a process in which nothing but the application may do that
   * @return this builder
   */
  public ChunkStoreBuilder trimNativeHeap(boolean trims) {
    this.trimNativeHeap = trims;
    return this;
  }

  /** Sets the heap to be trimmed, for tests. */
  ChunkStoreBuilder nativeHeap(NativeHeap nativeHeap) {
    this.nativeHeap = nativeHeap;
    return this;
  }

  /** Sets what asks the garbage collector, for tests. */
  ChunkStoreBuilder collector(CollectorCall collector) {
    this.collector = collector;
    return this;
  }

  NativeHeap heap() {
    return nativeHeap != null ? nativeHeap : NativeHeap.ofProcess();
  }

  /**
   * Sets how many empty chunks go back to the system in one go when their time has come; all of
   * them by default. Some sources take 100 us for each, during which the thread does nothing else.
   * Whoever sets this has to call {@link ChunkStore#giveBackRest} again and again, as long as it
   * answers {@code true}, soon after each {@link io.github.litealloc.Arena#tick}. Requests that
   * need the room, and {@link ChunkStore#trim()}, take no notice of it.
   *
   * @param chunks how many, at least 1
   * @return this builder
   * @throws IllegalArgumentException if {@code chunks} is less than 1
   */
  public ChunkStoreBuilder chunksAtOnce(int chunks) {
    if (chunks < 1) {
      throw new IllegalArgumentException("chunksAtOnce: " + chunks + " (expected: at least 1)");
    }
    this.chunksAtOnce = chunks;
    return this;
  }

  /** Sets the clock by which chunks age, for tests. */
  ChunkStoreBuilder nanoTime(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
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
