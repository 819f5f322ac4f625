package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.memory.MemorySource;
import java.nio.ByteBuffer;

/**
 * Cuts chunks from one piece of memory, one after the other. The JDK would link the cleaners of all
 * its direct buffers, so that the books of one arena could not be told from those of another; and
 * clearing fresh memory would take most of the time. Confined to one thread.
 */
final class SharedPiece implements MemorySource {

  private static final int BYTES = 192 << 20;

  private final ByteBuffer piece = ByteBuffer.allocateDirect(BYTES);
  private int next;

  /** Starts over; nothing that was cut may be in use. */
  void rewind() {
    next = 0;
  }

  @Override
  public Memory allocate(int bytes) {
    if (bytes > BYTES - next) {
      throw new OutOfMemoryError("the piece of " + BYTES + " bytes is used up");
    }
    ByteBuffer cut = piece.slice(next, bytes);
    next += bytes;
    return new Cut(cut);
  }

  @Override
  public String name() {
    return "shared piece";
  }

  private record Cut(ByteBuffer buffer) implements Memory {
    @Override
    public long address() {
      return 0;
    }

    @Override
    public void release() {
      // The next rewind takes it back.
    }
  }
}
