package io.github.litealloc.testing;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Blocks;
import java.nio.ByteBuffer;
import java.util.Map;

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
    check(arena, model);
    long used = 0;
    long requested = 0;
    for (Map.Entry<Integer, ArenaModel.LiveChunk> chunk : model.chunks.entrySet()) {
      long free = 0;
      for (ArenaModel.Live block : chunk.getValue().blocks.values()) {
        same("chunk of " + block, Blocks.chunk(block.block), chunk.getKey());
        same("sizeOf " + block, arena.sizeOf(block.block, block.bytes), block.size);
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
    Map.Entry<Integer, ArenaModel.Live> below = chunk.blocks.floorEntry(offset);
    if (below != null && below.getValue().end() > offset) {
      throw new AssertionError(block + " overlaps " + below.getValue());
    }
    Map.Entry<Integer, ArenaModel.Live> above = chunk.blocks.ceilingEntry(offset);
    if (above != null && above.getKey() < block.end()) {
      throw new AssertionError(block + " overlaps " + above.getValue());
    }
  }

  /**
   * An arena grows only when nothing fits. Exact for a strategy whose free bytes are all the gaps
   * between live blocks.
   */
  static void checkGrowthWasNeeded(ArenaModel model, int bytes, int alignment, int granule) {
    int size = Math.max(granule, (bytes + granule - 1) & -granule);
    int aligned = Math.max(alignment, Blocks.GRANULE_BYTES);
    for (ArenaModel.LiveChunk chunk : model.chunks.values()) {
      int gap = 0;
      for (ArenaModel.Live block : chunk.blocks.values()) {
        requireNoRoom(chunk.buffer, gap, block.offset(), size, aligned);
        gap = (int) block.end();
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

  private static void same(String figure, long actual, long expected) {
    if (actual != expected) {
      throw new AssertionError(figure + ": " + actual + " (expected: " + expected + ')');
    }
  }
}
