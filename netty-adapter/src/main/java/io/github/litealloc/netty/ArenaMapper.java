package io.github.litealloc.netty;

import io.github.litealloc.ArenaSurvey;
import io.github.litealloc.Blocks;
import java.lang.invoke.VarHandle;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Draws the {@link ArenaMap} of one arena in pieces of bounded work, between which the arena may be
 * used. A piece is for the arena's owner, or under the lock of one that threads share, outside of
 * operations. For one map.
 */
final class ArenaMapper implements ArenaSurvey.Visitor {
  /*
   * First what is free, then what is kept, then what is live, each over what was there: so what changes
   * between two pieces is drawn as it is later, and a small buffer is seen. Only the chunks that will be
   * shown have a strip.
   */

  /** How many blocks, chunks or numbers of buffers are looked at in one go. */
  static final int STEPS_OF_PIECE = 2_000;

  /** Kept buffers are in chains, and are looked at in one go, besides: at so many of them. */
  static final int MAX_KEPT = 4_000;

  /**
   * What is left out beyond. Each part has its own limit: those who look for what is live must see
   * it, however much is free.
   */
  record Limits(int freePieces, int kept, int livePieces) {
    static final Limits USUAL = new Limits(1_000, MAX_KEPT, 1_000);
  }

  private static final int MAX_OLDEST = 3;

  /** A live buffer that may be shown; what its stack says is found out at the end. */
  private record Candidate(
      int offset, int capacityBytes, long ageNanos, WeaklyHeldBuffer.@Nullable Sample sample) {

    static final Comparator<Candidate> OLDEST_FIRST =
        Comparator.comparingLong(Candidate::ageNanos).reversed();

    ArenaMap.Straggler straggler() {
      return new ArenaMap.Straggler(
          offset, capacityBytes, ageNanos, sample == null ? List.of() : sample.stack().elements());
    }
  }

  /** A chunk in the making. */
  private static final class Strip {
    final int slot;
    final int bytes;
    final char[] cells = new char[ArenaMap.CELLS];
    final List<Candidate> oldest = new ArrayList<>();
    long liveBytes;
    long keptBytes;
    long freeBytes;
    long handedBackBytes;
    int liveBuffers;

    Strip(int slot, int bytes) {
      this.slot = slot;
      this.bytes = bytes;
      Arrays.fill(cells, ArenaMap.Cell.DEAD.symbol());
    }

    private int cell(long offset, boolean roundsUp) {
      long scaled = offset * ArenaMap.CELLS;
      return (int) ((scaled + (roundsUp ? bytes - 1 : 0)) / bytes);
    }

    /** Paints the cells that are covered: all of them, or also those that are so in part. */
    void paint(int offset, int covered, ArenaMap.Cell what, boolean inPart) {
      int from = cell(offset, !inPart);
      int to = Math.min(ArenaMap.CELLS, cell((long) offset + covered, inPart));
      if (from < to) {
        Arrays.fill(cells, from, to, what.symbol());
      }
    }

    void addLive(int offset, int blockBytes) {
      liveBuffers++;
      liveBytes += blockBytes;
      paint(offset, blockBytes, ArenaMap.Cell.LIVE, true);
    }

    boolean isAmongOldest(long ageNanos) {
      return oldest.size() < MAX_OLDEST || ageNanos > oldest.get(MAX_OLDEST - 1).ageNanos();
    }

    void addOldest(Candidate candidate) {
      oldest.add(candidate);
      oldest.sort(Candidate.OLDEST_FIRST);
      if (oldest.size() > MAX_OLDEST) {
        oldest.remove(MAX_OLDEST);
      }
    }

    /** What was seen, some of it twice perhaps. */
    long seenBytes() {
      return liveBytes + keptBytes + freeBytes;
    }

    /** What was seen twice, before and after it had moved, is not more than all. */
    ArenaMap.Chunk finished() {
      long live = Math.min(liveBytes, bytes);
      long kept = Math.min(keptBytes, bytes - live);
      return new ArenaMap.Chunk(
          slot,
          bytes,
          live,
          kept,
          Math.min(freeBytes, bytes - live - kept),
          handedBackBytes,
          new String(cells),
          liveBuffers,
          oldest.stream().map(Candidate::straggler).toList());
    }
  }

  private final BufferArena arena;
  private final ArenaSurvey survey;
  private final Map<Integer, Strip> strips = new HashMap<>();
  private final long nowNanos = CoarseClock.step();
  private long tookNanos;
  private final Limits limits;
  private int freePieces;
  private int livePieces;
  private boolean isFreeOver;
  private int stepsOfPiece;
  private int nextNumber;
  private int tableLength;
  private boolean isOver;
  private boolean isComplete = true;

  ArenaMapper(BufferArena arena) {
    this(arena, Limits.USUAL);
  }

  ArenaMapper(BufferArena arena, Limits limits) {
    this.arena = arena;
    this.limits = limits;
    this.survey = new ArenaSurvey(arena.arena(), ArenaMap.MAX_CHUNKS, this);
  }

  /** Draws the next piece; returns whether there is more. */
  boolean piece() {
    long begunNanos = System.nanoTime();
    int left = STEPS_OF_PIECE;
    stepsOfPiece = 0;
    if (!isFreeOver) {
      left = survey.proceed(STEPS_OF_PIECE);
      boolean isCut = ++freePieces == limits.freePieces() && !survey.isOver();
      isFreeOver = survey.isOver() || isCut;
      isComplete &= !isCut;
      stepsOfPiece = STEPS_OF_PIECE - left + (isFreeOver ? addKept() : 0);
    }
    if (isFreeOver && left > 0) {
      stepsOfPiece += addLive(left);
    }
    if (isOver) {
      leaveOutWhatIsGone();
    }
    tookNanos += System.nanoTime() - begunNanos;
    return !isOver;
  }

  /** How many steps the last piece has taken. */
  int stepsOfPiece() {
    return stepsOfPiece;
  }

  /** By slot, what was seen of each chunk, also where it is more than all. */
  Map<Integer, Long> seenBytes() {
    Map<Integer, Long> seen = new HashMap<>();
    strips.forEach((slot, strip) -> seen.put(slot, strip.seenBytes()));
    return seen;
  }

  /** What was drawn. Any one thread, once there are no more pieces, without a lock. */
  ArenaMap map() {
    assert isOver : "there are more pieces";
    List<ArenaMap.Chunk> chunks = new ArrayList<>();
    strips.values().forEach(strip -> chunks.add(strip.finished()));
    chunks.sort(
        Comparator.comparingLong(ArenaMap.Chunk::wastedBytes)
            .reversed()
            .thenComparingInt(ArenaMap.Chunk::slot));
    return new ArenaMap(
        arena.metric().eventLoop(),
        arena.metric().strategy(),
        Clock.systemUTC().millis(),
        tookNanos,
        chunks,
        survey.chunks() - chunks.size(),
        isComplete);
  }

  // ---- what is free ----

  @Override
  public void chunk(int slot, int bytes) {
    strips.put(slot, new Strip(slot, bytes));
  }

  @Override
  public void free(int slot, int offset, int bytes) {
    Strip strip = strips.get(slot);
    if (strip != null) {
      strip.freeBytes += bytes;
      strip.paint(offset, bytes, ArenaMap.Cell.FREE, false);
    }
  }

  @Override
  public void handedBack(int slot, int offset, int bytes) {
    Strip strip = strips.get(slot);
    if (strip != null) {
      strip.handedBackBytes += bytes;
      strip.paint(offset, bytes, ArenaMap.Cell.HANDED_BACK, false);
    }
  }

  /** A chunk that was given back meanwhile has no place in a map; its slot may be another's. */
  private void leaveOutWhatIsGone() {
    strips.keySet().removeIf(slot -> !survey.isStillHeld(slot));
  }

  private @Nullable Strip stripOf(long block) {
    Strip strip = block < 0 ? null : strips.get(Blocks.chunk(block));
    return strip != null && survey.isStillHeld(strip.slot) ? strip : null;
  }

  // ---- what is kept ----

  private int addKept() {
    int left = arena.pool().visitCached(limits.kept(), this::addKept);
    isComplete &= left >= 0;
    return limits.kept() - Math.max(0, left);
  }

  private void addKept(LiteByteBuf buffer, int blockBytes) {
    Strip strip = stripOf(buffer.block());
    if (strip != null) {
      strip.keptBytes += blockBytes;
      strip.paint(Blocks.offset(buffer.block()), blockBytes, ArenaMap.Cell.KEPT, true);
    }
  }

  // ---- what is live ----

  private int addLive(int steps) {
    BufferPool.Listed listed = arena.pool().listed();
    @Nullable LiteByteBuf[] table = listed.buffers();
    // A shorter one has new numbers, lower ones: what was not yet seen may be where it was looked.
    isComplete = isComplete && table.length >= tableLength;
    tableLength = table.length;
    int end = (int) Math.min(table.length, (long) nextNumber + steps);
    int from = nextNumber;
    for (; nextNumber < end; nextNumber++) {
      LiteByteBuf buffer = table[nextNumber];
      WeaklyHeldBuffer outside = buffer == null ? listed.weaklyHeld().out(nextNumber) : null;
      if (outside != null && outside.get() instanceof LiteByteBuf held) {
        buffer = held;
      }
      if (buffer != null && buffer.refCnt() > 0 && !buffer.isMoved() && buffer.hasBlock()) {
        addLive(buffer, outside);
      }
    }
    boolean isCut = ++livePieces == limits.livePieces() && end < table.length;
    isComplete &= !isCut;
    isOver = isCut || end >= table.length;
    return Math.max(0, end - from);
  }

  private void addLive(LiteByteBuf buffer, @Nullable WeaklyHeldBuffer outside) {
    long block = buffer.block();
    int blockBytes = buffer.blockBytes();
    Strip strip = isSettled(buffer, block, blockBytes) ? stripOf(block) : null;
    if (strip == null) {
      return;
    }
    int size;
    try {
      size = arena.arena().sizeOf(block, blockBytes);
    } catch (RuntimeException e) {
      // Its block is broken: the rest is still worth it.
      isComplete = false;
      return;
    }
    strip.addLive(Blocks.offset(block), size);
    long allocatedNanos = outside == null ? buffer.allocatedNanos() : outside.allocatedNanos();
    long ageNanos = Math.max(0, nowNanos - allocatedNanos);
    if (strip.isAmongOldest(ageNanos)) {
      strip.addOldest(
          new Candidate(
              Blocks.offset(block),
              buffer.capacity(),
              ageNanos,
              outside == null ? null : outside.sample()));
    }
  }

  /**
   * Whether a buffer is live in the block that was read, which has the size that was. Another
   * thread may be moving it, or ending what has moved elsewhere, and needs neither the arena's
   * owner nor its lock for that. So the two are read as what a {@linkplain HoldableByteBuf#hold
   * hold} guards, and once more: without that they might be of before and after the move.
   */
  private boolean isSettled(LiteByteBuf buffer, long block, int blockBytes) {
    // What follows must not be older than the two. Who writes them has held the buffer before, by a
    // full fence, and lets it go, or releases it, after.
    VarHandle.acquireFence();
    boolean isHeld = buffer.hold != HoldableByteBuf.FREE; // first: the rest is as new as this
    isComplete &= !isHeld; // it is live, but nobody can tell where
    return !isHeld
        && buffer.refCnt() > 0
        && !buffer.isMoved()
        && buffer.block() == block
        && buffer.blockBytes() == blockBytes;
  }
}
