package io.github.litealloc.netty;

import io.github.litealloc.Blocks;
import io.github.litealloc.FragmentationMap;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws the {@link ArenaMap} of one arena. Its owner only, outside of operations; for one map. */
final class ArenaMapper {

  /** Of an arena with more buffers than that some are left out, so that its loop goes on soon. */
  private static final int MAX_BUFFERS = 50_000;

  private static final int MAX_OLDEST = 3;

  private static final Comparator<ArenaMap.Straggler> OLDEST_FIRST =
      Comparator.comparingLong(ArenaMap.Straggler::ageNanos).reversed();

  /** A chunk in the making. */
  private static final class Strip {
    final FragmentationMap.ChunkUse use;
    final char[] cells = new char[ArenaMap.CELLS];
    final List<ArenaMap.Straggler> oldest = new ArrayList<>();
    long liveBytes;
    long keptBytes;
    long handedBackBytes;
    int liveBuffers;

    Strip(FragmentationMap.ChunkUse use) {
      this.use = use;
      Arrays.fill(cells, ArenaMap.Cell.DEAD.symbol());
    }

    private int cell(long offset, boolean roundsUp) {
      long scaled = offset * ArenaMap.CELLS;
      return (int) ((scaled + (roundsUp ? use.bytes() - 1 : 0)) / use.bytes());
    }

    /** Paints the cells that are covered: all of them, or also those that are so in part. */
    void paint(int offset, int bytes, ArenaMap.Cell what, boolean inPart) {
      int from = cell(offset, !inPart);
      int to = Math.min(ArenaMap.CELLS, cell((long) offset + bytes, inPart));
      if (from < to) {
        Arrays.fill(cells, from, to, what.symbol());
      }
    }

    void addLive(int blockBytes, ArenaMap.Straggler buffer) {
      liveBuffers++;
      liveBytes += blockBytes;
      paint(buffer.offset(), blockBytes, ArenaMap.Cell.LIVE, true);
      if (oldest.size() < MAX_OLDEST
          || OLDEST_FIRST.compare(buffer, oldest.get(oldest.size() - 1)) < 0) {
        oldest.add(buffer);
        oldest.sort(OLDEST_FIRST);
        if (oldest.size() > MAX_OLDEST) {
          oldest.remove(MAX_OLDEST);
        }
      }
    }

    ArenaMap.Chunk finished() {
      return new ArenaMap.Chunk(
          use.chunk(),
          use.bytes(),
          liveBytes,
          keptBytes,
          use.freeRunBytes(),
          handedBackBytes,
          new String(cells),
          liveBuffers,
          List.copyOf(oldest));
    }
  }

  private final BufferArena arena;
  private final Map<Integer, Strip> strips = new HashMap<>();
  private final long nowNanos = CoarseClock.step();
  private boolean isComplete = true;

  private ArenaMapper(BufferArena arena) {
    this.arena = arena;
  }

  static ArenaMap map(BufferArena arena) {
    return new ArenaMapper(arena).map();
  }

  private ArenaMap map() {
    long begunNanos = System.nanoTime();
    FragmentationMap free = arena.arena().fragmentation();
    free.chunks().forEach(use -> strips.put(use.chunk(), new Strip(use)));
    isComplete = free.isComplete();
    for (FragmentationMap.Run run : free.runs()) {
      addFree(run);
    }
    arena.pool().visitCached(this::addKept); // live ones last: a small one must be seen
    addLive();
    List<ArenaMap.Chunk> chunks = new ArrayList<>();
    strips.values().forEach(strip -> chunks.add(strip.finished()));
    chunks.sort(
        Comparator.comparingLong(ArenaMap.Chunk::wastedBytes)
            .reversed()
            .thenComparingInt(ArenaMap.Chunk::slot));
    int shown = Math.min(chunks.size(), ArenaMap.MAX_CHUNKS);
    return new ArenaMap(
        arena.metric().eventLoop(),
        arena.metric().strategy(),
        Clock.systemUTC().millis(),
        System.nanoTime() - begunNanos,
        chunks.subList(0, shown),
        chunks.size() - shown,
        isComplete);
  }

  private void addFree(FragmentationMap.Run run) {
    Strip strip = strips.get(run.chunk());
    if (strip != null) {
      strip.handedBackBytes += run.isHandedBack() ? run.bytes() : 0;
      ArenaMap.Cell what = run.isHandedBack() ? ArenaMap.Cell.HANDED_BACK : ArenaMap.Cell.FREE;
      strip.paint(run.offset(), run.bytes(), what, false);
    }
  }

  private void addKept(LiteByteBuf buffer, int blockBytes) {
    Strip strip = strips.get(Blocks.chunk(buffer.block()));
    if (strip != null) {
      strip.keptBytes += blockBytes;
      strip.paint(Blocks.offset(buffer.block()), blockBytes, ArenaMap.Cell.KEPT, true);
    }
  }

  private void addLive() {
    BufferPool.Listed listed = arena.pool().listed();
    @Nullable LiteByteBuf[] table = listed.buffers();
    int left = MAX_BUFFERS;
    for (int number = 0; number < table.length; number++) {
      LiteByteBuf buffer = table[number];
      WeaklyHeldBuffer outside = buffer == null ? listed.weaklyHeld().out(number) : null;
      if (outside != null && outside.get() instanceof LiteByteBuf held) {
        buffer = held;
      }
      if (buffer == null || buffer.refCnt() == 0 || buffer.isMoved() || !buffer.hasBlock()) {
        continue;
      }
      if (left-- == 0) {
        isComplete = false;
        return;
      }
      addLive(buffer, outside);
    }
  }

  private void addLive(LiteByteBuf buffer, @Nullable WeaklyHeldBuffer outside) {
    long block = buffer.block();
    int blockBytes = buffer.blockBytes();
    // Another thread may make it larger just now, which moves it: then the two do not belong
    // together.
    Strip strip = block < 0 || buffer.isMoved() ? null : strips.get(Blocks.chunk(block));
    if (strip == null) {
      return;
    }
    WeaklyHeldBuffer.Sample sample = outside == null ? null : outside.sample();
    long allocatedNanos = outside == null ? buffer.allocatedNanos() : outside.allocatedNanos();
    strip.addLive(
        arena.arena().sizeOf(block, blockBytes),
        new ArenaMap.Straggler(
            Blocks.offset(block),
            buffer.capacity(),
            Math.max(0, nowNanos - allocatedNanos),
            sample == null ? List.of() : sample.stack().elements()));
  }
}
