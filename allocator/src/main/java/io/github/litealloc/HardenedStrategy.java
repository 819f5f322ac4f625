package io.github.litealloc;

import io.github.litealloc.internal.Failures;
import io.github.litealloc.internal.Queues;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another strategy, with {@link Hardening} around it. Serves huge requests too, which the arena
 * would else serve past every strategy.
 */
final class HardenedStrategy extends Strategy implements ChunkWatcher {
  /*
   * One rule covers poison and guards: every byte of a chunk that is not a requested byte of a live
   * block holds the filler. So a new block needs no guard to be written, only its bytes to be
   * verified; and it does not matter how the strategy splits and merges what is free. Without poison
   * only the guards hold the filler, and are written for each block. Zero on free is the filler 0.
   *
   *   block                          block + bytes              block + size
   *   |  requested bytes, the user's  |  guard: at least guardBytes  |
   *
   * What was forgotten is an exception: its pages may be with the system, and read as zeros. It was
   * verified when it was forgotten.
   *
   * A huge block is an exception: its chunk is not filled when it comes, and not verified when it
   * goes, because between the two there is only the one block.
   *
   * A violation is noted where it is found, in the middle of something, and told where everything
   * is in order: before an operation, or after it where it can be undone or is complete.
   */

  private static final byte POISON = (byte) 0xA5; // as a length or an index negative, and odd

  /** A live block. */
  private record Live(int bytes, Trace allocated) {}

  private final Strategy inner;
  private final int innerMaxBytes;
  private final HugeBlocks huge;
  private final Hardening hardening;
  private final String arena;

  private final boolean hasPoison;
  private final boolean hasGuards;
  private final boolean isTracking;
  private final Filler filler;

  private final Map<Long, Live> live = new HashMap<>(); // empty unless tracking
  private final ReleaseHistory history = new ReleaseHistory();
  private final Quarantine quarantine;
  private final Deque<MemoryViolation> untold = Queues.unforgetting();

  /** The thread whose release the owner is about to carry out; {@code null} for its own. */
  private @Nullable Trace remoteReleaser;

  private boolean isExchangingHuge;
  private boolean isClosed;

  HardenedStrategy(Strategy inner, Chunks chunks, Hardening hardening, String arena) {
    super(chunks);
    this.inner = inner;
    this.innerMaxBytes = Math.min(inner.maxBytes(), Blocks.MAX_STRATEGY_BYTES);
    this.huge = new HugeBlocks(chunks);
    this.hardening = hardening;
    this.arena = arena;
    this.hasPoison = hardening.poison();
    this.hasGuards = hardening.guardBytes() > 0;
    this.isTracking = hardening.isTracking();
    this.filler = new Filler(hardening.isZeroing() ? 0 : POISON);
    this.quarantine = new Quarantine(hardening.quarantineBlocks(), hardening.quarantineBytes());
    if (isTracking) {
      chunks.watch(this);
    }
  }

  @Override
  protected int maxBytes() {
    return Integer.MAX_VALUE;
  }

  /** What a request takes from the strategy behind; at 2 GiB the guard is cut. */
  private int padded(int bytes) {
    if (!hasGuards) {
      return bytes;
    }
    return (int) Math.min(Math.max(bytes, 1) + (long) hardening.guardBytes(), Integer.MAX_VALUE);
  }

  private boolean isHuge(int bytes) {
    return padded(bytes) > innerMaxBytes;
  }

  /** The size of a block, its guard included. */
  private int fullSize(long block, int bytes) {
    return isHuge(bytes) ? huge.sizeOf(block) : inner.sizeOf(block, padded(bytes));
  }

  @Override
  protected int sizeOf(long block, int bytes) {
    return Math.max(bytes, fullSize(block, bytes) - hardening.guardBytes());
  }

  @Override
  protected long allocate(int bytes, int alignment) {
    tell();
    long block = allocateInside(bytes, alignment);
    if (block == Blocks.NO_BLOCK) {
      return Blocks.NO_BLOCK;
    }
    int size = fullSize(block, bytes);
    if (hasPoison && !isHuge(bytes)) {
      verifyFree(block, 0, size);
    } else if (hasGuards) {
      fill(block, bytes, size);
    }
    if (!untold.isEmpty()) {
      tellOrUndo(block, bytes);
    }
    if (isTracking) {
      live.put(block, new Live(bytes, Trace.here(hardening.stackTraces())));
    }
    return block;
  }

  private long allocateInside(int bytes, int alignment) {
    return isHuge(bytes)
        ? allocateHuge(padded(bytes), alignment)
        : inner.allocate(padded(bytes), alignment);
  }

  private long allocateHuge(int bytes, int alignment) {
    isExchangingHuge = true;
    try {
      return huge.allocate(bytes, alignment);
    } finally {
      isExchangingHuge = false;
    }
  }

  private void tellOrUndo(long block, int bytes) {
    boolean isTold = false;
    try {
      tell();
      isTold = true;
    } finally {
      if (!isTold) {
        freeInside(block, bytes);
      }
    }
  }

  private void freeInside(long block, int bytes) {
    if (!isHuge(bytes)) {
      inner.free(block, padded(bytes));
      return;
    }
    isExchangingHuge = true;
    try {
      huge.free(block);
    } finally {
      isExchangingHuge = false;
    }
  }

  @Override
  protected void free(long block, int bytes) {
    freeMoved(block, bytes);
    tell();
  }

  @Override
  void freeMoved(long block, int bytes) {
    int size = fullSize(block, bytes);
    Live freed = isTracking ? live.remove(block) : null;
    Trace allocated = freed == null ? null : freed.allocated();
    verifyGuard(block, bytes, size, allocated);
    if (hasPoison || hardening.isZeroing()) {
      fill(block, 0, size);
    }
    if (!isTracking) {
      freeInside(block, bytes);
      return;
    }
    Release release = new Release(block, bytes, size, allocated, releaser());
    history.add(release);
    if (isClosed || !quarantine.admits(size)) {
      freeInside(block, bytes);
      return;
    }
    quarantine.add(release);
    for (Release next = quarantine.pollExcess(); next != null; next = quarantine.pollExcess()) {
      endQuarantine(next);
    }
  }

  private Trace releaser() {
    Trace remote = remoteReleaser;
    return remote != null ? remote : Trace.here(hardening.stackTraces());
  }

  private void endQuarantine(Release release) {
    verifyQuarantined(release);
    freeInside(release.block(), release.bytes());
  }

  private void emptyQuarantine() {
    for (Release next = quarantine.poll(); next != null; next = quarantine.poll()) {
      endQuarantine(next);
    }
  }

  @Override
  protected long resize(long block, int oldBytes, int newBytes) {
    int oldSize = fullSize(block, oldBytes);
    Live resized = isTracking ? live.get(block) : null;
    verifyGuard(block, oldBytes, oldSize, resized == null ? null : resized.allocated());
    tell();
    long renamed = resizeInside(block, oldBytes, newBytes);
    if (renamed == Blocks.NO_BLOCK) {
      return Blocks.NO_BLOCK;
    }
    int newSize = fullSize(renamed, newBytes);
    if (hasPoison && newSize > oldSize && !isHuge(newBytes)) {
      verifyFree(block, oldSize, newSize);
    } else if (hasGuards && newBytes > oldBytes) {
      fill(block, newBytes, newSize);
    }
    if (newBytes < oldBytes) {
      fill(block, newBytes, oldSize);
    }
    if (resized != null) {
      live.remove(block);
      live.put(renamed, new Live(newBytes, resized.allocated()));
    }
    return renamed;
  }

  private long resizeInside(long block, int oldBytes, int newBytes) {
    if (isHuge(oldBytes) != isHuge(newBytes)) {
      return Blocks.NO_BLOCK;
    }
    if (isHuge(oldBytes)) {
      return padded(newBytes) <= huge.sizeOf(block) ? block : Blocks.NO_BLOCK;
    }
    return inner.resize(block, padded(oldBytes), padded(newBytes));
  }

  @Override
  protected void visitFreeRuns(FreeRunVisitor visitor) {
    inner.visitFreeRuns(visitor);
  }

  @Override
  boolean walkFree(FreeWalk walk, FreeRunVisitor visitor) {
    return inner.walkFree(walk, visitor);
  }

  /**
   * What is in quarantine is not free yet, and stays. What is forgotten holds the filler for the
   * last time, and is verified; what that finds is told by the next operation.
   */
  @Override
  protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
    if (!hasPoison) {
      return inner.forgetFree(slots, visitor);
    }
    return inner.forgetFree(
        slots,
        (chunk, offset, bytes) -> {
          verifyFree(Blocks.block(chunk, offset), 0, bytes);
          visitor.freeRun(chunk, offset, bytes);
        });
  }

  @Override
  protected void trim() {
    emptyQuarantine();
    inner.trim();
    tell();
  }

  /** What is in quarantine is not free yet, and stays. */
  @Override
  void trimExpired() {
    inner.trimExpired();
    tell();
  }

  @Override
  void shrink(boolean atOnce) {
    inner.shrink(atOnce);
  }

  /** From now on, what is freed is to go back at once. */
  @Override
  void closed() {
    isClosed = true;
    trim();
  }

  @Override
  protected void reset() {
    verifyAll();
    tell(); // before anything has changed
    if (hardening.isZeroing()) {
      for (int chunk = 0; chunk < chunks.slots(); chunk++) {
        if (chunks.isHeld(chunk)) {
          filler.fill(chunks.buffer(chunk), 0, chunks.bytes(chunk));
        }
      }
    }
    inner.reset();
    live.clear();
    quarantine.clear();
  }

  /** Verifies all that can be verified at any time, and tells. */
  void verify() {
    verifyAll();
    tell();
  }

  private void verifyAll() {
    live.forEach(
        (block, each) -> {
          int size = fullSize(block, each.bytes());
          verifyGuard(block, each.bytes(), size, each.allocated());
        });
    quarantine.waiting().forEach(this::verifyQuarantined);
  }

  /** Notes the release of what another thread has handed over, while the owner carries it out. */
  void releasedRemotely(@Nullable Trace releaser) {
    remoteReleaser = releaser;
  }

  /** Who released a block that is not live, if that is still known. */
  @Nullable Trace releaserOf(long block) {
    Release release = history.of(block);
    return release == null ? null : release.released();
  }

  // Chunks that come and go.

  @Override
  public void taken(int chunk) {
    history.forget(chunk);
    if (hasPoison && !isExchangingHuge) {
      filler.fill(chunks.buffer(chunk), 0, chunks.bytes(chunk));
    }
  }

  @Override
  public void goesBack(int chunk) {
    if (hasPoison && !isExchangingHuge && !chunks.isPartlyForgotten(chunk)) {
      verifyFree(Blocks.block(chunk, 0), 0, chunks.bytes(chunk));
    }
  }

  // Verifying: what is damaged is noted, and repaired.

  private void fill(long block, int from, int to) {
    int start = Blocks.offset(block);
    filler.fill(chunks.buffer(Blocks.chunk(block)), start + from, start + to);
  }

  /** Returns the chunk's offset of the first byte that is not what it should be. */
  private int firstDifference(long block, int from, int to) {
    int start = Blocks.offset(block);
    return filler.firstDifference(chunks.buffer(Blocks.chunk(block)), start + from, start + to);
  }

  private void verifyGuard(long block, int bytes, int size, @Nullable Trace allocated) {
    if (!hasGuards) {
      return;
    }
    int damaged = firstDifference(block, bytes, size);
    if (damaged != Filler.INTACT) {
      note(MemoryViolation.Kind.OVERRUN, block, bytes, damaged, allocated, null);
      fill(block, bytes, size);
    }
  }

  private void verifyQuarantined(Release release) {
    if (!hasPoison) {
      return;
    }
    int damaged = firstDifference(release.block(), 0, release.size());
    if (damaged != Filler.INTACT) {
      noteFreed(release, damaged);
      fill(release.block(), 0, release.size());
    }
  }

  private void verifyFree(long block, int from, int to) {
    int damaged = firstDifference(block, from, to);
    if (damaged == Filler.INTACT) {
      return;
    }
    int chunk = Blocks.chunk(block);
    Release release = history.covering(chunk, damaged);
    if (release != null) {
      noteFreed(release, damaged);
    } else {
      long place = Blocks.block(chunk, damaged);
      note(MemoryViolation.Kind.WRITE_TO_FREE_MEMORY, place, 0, damaged, null, null);
    }
    fill(block, from, to);
  }

  private void noteFreed(Release release, int damaged) {
    note(
        MemoryViolation.Kind.WRITE_AFTER_FREE,
        release.block(),
        release.bytes(),
        damaged,
        release.allocated(),
        release.released());
  }

  private void note(
      MemoryViolation.Kind kind,
      long block,
      int bytes,
      int damaged,
      @Nullable Trace allocated,
      @Nullable Trace released) {
    ByteBuffer buffer = chunks.buffer(Blocks.chunk(block));
    ArenaStatistics statistics = chunks.statistics();
    statistics.overruns += kind == MemoryViolation.Kind.OVERRUN ? 1 : 0;
    statistics.writesAfterFree += kind == MemoryViolation.Kind.WRITE_AFTER_FREE ? 1 : 0;
    statistics.violations++; // last, or a reader might take one of these for one of neither
    untold.add(
        new MemoryViolation(
            kind,
            arena,
            block,
            bytes,
            damaged - Blocks.offset(block),
            buffer.get(damaged),
            filler.value(),
            allocated,
            released));
  }

  /**
   * Tells the listener all that was found. One that throws hears of every violation nevertheless.
   */
  private void tell() {
    if (untold.isEmpty()) {
      return;
    }
    Throwable failure = null;
    boolean wasBusy = chunks.supply.isBusy;
    for (MemoryViolation next = untold.poll(); next != null; next = untold.poll()) {
      try {
        chunks.supply.isBusy = true;
        hardening.listener().accept(next);
      } catch (Throwable e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      } finally {
        chunks.supply.isBusy = wasBusy;
      }
    }
    if (failure != null) {
      chunks.supply.harmless(failure);
      Failures.throwIfAny(failure);
    }
  }
}
