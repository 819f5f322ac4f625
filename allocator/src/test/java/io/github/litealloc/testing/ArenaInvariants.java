package io.github.litealloc.testing;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaFigures;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Blocks;
import io.github.litealloc.SizeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What must hold for every arena at every moment, whatever its strategy. */
final class ArenaInvariants {

  private ArenaInvariants() {}

  /** Compares every figure of the arena with the model. Takes constant time, nearly. */
  static void check(Arena arena, ArenaModel model) {
    ArenaStatistics statistics = arena.statistics();
    long reserved = model.reserved();
    same("allocations", statistics.allocations(), model.allocations);
    same("frees", statistics.frees(), model.frees);
    same("remoteFrees", statistics.remoteFrees(), model.remoteFrees);
    same("liveBlocks", statistics.liveBlocks(), model.occupied());
    same("requestedBytes", statistics.requestedBytes(), model.requested);
    same("allocatedBytes", statistics.allocatedBytes(), model.requestedTotal);
    same("usedBytes", statistics.usedBytes(), model.used);
    same("cachedBytes", statistics.cachedBytes(), model.cachedBytes);
    same("reservedBytes", statistics.reservedBytes(), reserved);
    same("freeBytes", statistics.freeBytes(), reserved - model.used);
    checkPinned(statistics.pinnedBytes(), model);
    same("peakUsedBytes", statistics.peakUsedBytes(), model.peakUsed);
    same("peakReservedBytes", statistics.peakReservedBytes(), model.peakReserved);
    same("reallocationsInPlace", statistics.reallocationsInPlace(), model.inPlace);
    same("reallocationsShrunk", statistics.reallocationsShrunk(), model.shrunk);
    same("reallocationsMoved", statistics.reallocationsMoved(), model.moved);
    same("copiedBytes", statistics.copiedBytes(), model.copied);
    same("failures", statistics.failures(), model.failures);
    same("chunkReservations", statistics.chunkReservations(), model.chunksTaken);
    same(
        "chunks", statistics.chunks(), statistics.chunkReservations() - statistics.chunkReleases());
    same("bytes of the source", model.source.bytes(), reserved + model.store.idleBytes());
    if (model.store.idleBytes() == 0) {
      same("pieces of the source", model.source.pieces(), statistics.chunks());
    }
    if (reserved > model.budget.maxBytes()) {
      throw new AssertionError("reserved: " + reserved + " (expected: within the budget)");
    }
  }

  /** What is kept pins nothing, but that is found out only now and then. */
  private static void checkPinned(long pinned, ArenaModel model) {
    if (model.used == 0 || model.cachedBytes == 0) {
      same("pinnedBytes", pinned, model.used == 0 ? 0 : model.pinned());
    } else if (pinned < model.used || pinned > model.pinned()) {
      throw new AssertionError(
          "pinnedBytes: " + pinned + " (expected: " + model.used + " to " + model.pinned() + ')');
    }
  }

  /** Compares everything with the model, the contents of all live blocks included. */
  static void checkAll(Arena arena, ArenaModel model) {
    ArenaFigures figures = arena.statistics().snapshot();
    long bySize = Arrays.stream(SizeRange.values()).mapToLong(figures::allocations).sum();
    same("allocations by size", bySize, arena.statistics().allocations());
    check(arena, model);
    long used = 0;
    long requested = 0;
    for (Map.Entry<Integer, ArenaModel.LiveChunk> chunk : model.chunks.entrySet()) {
      long free = 0;
      for (ArenaModel.Live block : chunk.getValue().blocks.values()) {
        same("chunk of ", block, Blocks.chunk(block.block), chunk.getKey());
        same("sizeOf ", block, arena.sizeOf(block.block, block.bytes), block.size);
        if (block.offset() < free) {
          throw new AssertionError(block + " overlaps the block below");
        }
        free = block.end();
        model.verify(block);
        if (!block.isCached) {
          used += block.size;
          requested += block.bytes;
        }
      }
    }
    same("used", model.used, used);
    same("requested", model.requested, requested);
  }

  /** A block that is handed out lies within its chunk, is aligned, and touches no live block. */
  static void checkPlace(ArenaModel.LiveChunk chunk, ByteBuffer buffer, ArenaModel.Live block) {
    int offset = block.offset();
    if (chunk.buffer != buffer) {
      throw new AssertionError(block + " has another buffer than the live blocks of its chunk");
    }
    if (offset < 0 || block.end() > buffer.capacity()) {
      throw new AssertionError(block + " leaves its chunk of " + buffer.capacity() + " bytes");
    }
    if (block.size < Math.max(block.bytes, Blocks.GRANULE_BYTES)) {
      throw new AssertionError(block + " is too small");
    }
    if (block.size % Blocks.GRANULE_BYTES != 0) {
      throw new AssertionError(block + " is no multiple of " + Blocks.GRANULE_BYTES + " bytes");
    }
    int alignment = Math.max(block.alignment, Blocks.GRANULE_BYTES);
    if (buffer.alignmentOffset(offset, alignment) != 0) {
      throw new AssertionError(block + " is not aligned");
    }
    requireApart(chunk, offset, block.end(), block);
  }

  /**
   * What was forgotten lies within its chunk, and is nothing that was in use or forgotten before.
   */
  static void checkForgotten(ArenaModel.LiveChunk chunk, int offset, int bytes) {
    if (offset < 0 || bytes <= 0 || (long) offset + bytes > chunk.buffer.capacity()) {
      throw new AssertionError(bytes + " forgotten bytes at " + offset + " leave their chunk");
    }
    requireApart(chunk, offset, (long) offset + bytes, "what was forgotten");
  }

  private static void requireApart(ArenaModel.LiveChunk chunk, int offset, long end, Object what) {
    Map.Entry<Integer, Integer> gone = chunk.forgotten.lowerEntry((int) end);
    if (gone != null && gone.getValue() > offset) {
      throw new AssertionError(what + " overlaps what was forgotten: " + gone);
    }
    Map.Entry<Integer, ArenaModel.Live> below = chunk.blocks.floorEntry(offset);
    if (below != null && below.getValue().end() > offset) {
      throw new AssertionError(what + " overlaps " + below.getValue());
    }
    Map.Entry<Integer, ArenaModel.Live> above = chunk.blocks.ceilingEntry(offset);
    if (above != null && above.getKey() < end) {
      throw new AssertionError(what + " overlaps " + above.getValue());
    }
  }

  /**
   * An arena grows only when nothing fits. Exact for a strategy whose free bytes are all the gaps
   * between live blocks and what was forgotten.
   */
  static void checkGrowthWasNeeded(ArenaModel model, int bytes, int alignment, int granule) {
    int size = Math.max(granule, (bytes + granule - 1) & -granule);
    int aligned = Math.max(alignment, Blocks.GRANULE_BYTES);
    for (ArenaModel.LiveChunk chunk : model.chunks.values()) {
      TreeMap<Integer, Integer> taken = new TreeMap<>(chunk.forgotten);
      chunk.blocks.values().forEach(block -> taken.put(block.offset(), (int) block.end()));
      int gap = 0;
      for (Map.Entry<Integer, Integer> each : taken.entrySet()) {
        requireNoRoom(chunk.buffer, gap, each.getKey(), size, aligned);
        gap = each.getValue();
      }
      requireNoRoom(chunk.buffer, gap, chunk.buffer.capacity(), size, aligned);
    }
  }

  private static void requireNoRoom(ByteBuffer buffer, int from, int to, int size, int alignment) {
    int misaligned = buffer.alignmentOffset(from, alignment);
    long start = misaligned == 0 ? from : (long) from + alignment - misaligned;
    if (start + size <= to) {
      throw new AssertionError(
          "the arena grew for " + size + " bytes, which fit between " + from + " and " + to);
    }
  }

  /** Names the block only if it has to: most of the time went into names that nobody read. */
  private static void same(String what, ArenaModel.Live block, long actual, long expected) {
    if (actual != expected) {
      same(what + block, actual, expected);
    }
  }

  private static void same(String figure, long actual, long expected) {
    if (actual != expected) {
      throw new AssertionError(figure + ": " + actual + " (expected: " + expected + ')');
    }
  }
}
