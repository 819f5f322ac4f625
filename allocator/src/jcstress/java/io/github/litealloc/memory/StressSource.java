package io.github.litealloc.memory;

import java.nio.ByteBuffer;

/** Memory that costs nothing to take: always the same, since no test here writes to it. */
public final class StressSource implements MemorySource {

  public static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private static final ByteBuffer ONE = ByteBuffer.allocateDirect(UNIT);
  private static final ByteBuffer TWO = ByteBuffer.allocateDirect(2 * UNIT);

  @Override
  public Memory allocate(int bytes) {
    ByteBuffer buffer = bytes == UNIT ? ONE : TWO;
    return new Memory() {
      @Override
      public ByteBuffer buffer() {
        return buffer;
      }

      @Override
      public long address() {
        return 0;
      }

      @Override
      public void release() {}
    };
  }

  @Override
  public String name() {
    return "stress";
  }
}
