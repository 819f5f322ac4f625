package io.github.litealloc.provided;

import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;

/** A strategy as users may write their own: in their own package, with the public API alone. */
public final class OneChunkPerBlock implements StrategyFactory {

  @Override
  public String name() {
    return "one-chunk-per-block";
  }

  @Override
  public Strategy create(Chunks chunks) {
    return new OneChunkStrategy(chunks);
  }

  /** The simplest strategy there can be. */
  public static final class OneChunkStrategy extends Strategy {

    OneChunkStrategy(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      int slot = chunks.take(Math.max(1, bytes) + alignment);
      if (slot == Chunks.NO_CHUNK) {
        return Blocks.NO_BLOCK;
      }
      chunks.blockAllocated(slot, chunks.bytes(slot));
      return Blocks.block(slot, (int) chunks.alignedOffset(slot, 0, alignment));
    }

    @Override
    protected void free(long block, int bytes) {
      int slot = Blocks.chunk(block);
      if (chunks.blockFreed(slot, chunks.bytes(slot))) {
        chunks.giveBack(slot, 0);
      }
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      return newBytes <= sizeOf(block, oldBytes) ? block : Blocks.NO_BLOCK;
    }

    @Override
    protected int sizeOf(long block, int bytes) {
      return chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
    }

    @Override
    protected void trim() {
      // Chunks go back with their block.
    }

    @Override
    protected void reset() {
      // There is nothing to forget.
    }
  }
}
