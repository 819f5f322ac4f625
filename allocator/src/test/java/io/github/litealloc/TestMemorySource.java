package io.github.litealloc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory that tests can watch and refuse, and that starts at an address of their choice. What is
 * given back is overwritten at once, so that whoever still uses it is found out, and then reused,
 * so that tests do not depend on the garbage collector.
 */
final class TestMemorySource implements MemorySource {

  static final byte POISON = (byte) 0xDD;

  private static final int PAGE_BYTES = Chunk.MAX_ALIGNMENT;

  private final int addressRemainder;
  private final Map<Integer, Deque<ByteBuffer>> released = new HashMap<>();
  private int pieces;
  private long bytes;
  private boolean isRefusing;

  TestMemorySource() {
    this(0);
  }

  /**
   * For memory that is not aligned to a page.
   *
   * @param addressRemainder what every address leaves when it is divided by 4096
   */
  TestMemorySource(int addressRemainder) {
    this.addressRemainder = addressRemainder;
  }

  @Override
  public synchronized Memory allocate(int bytes) {
    if (bytes % ChunkStore.CHUNK_UNIT_BYTES != 0) {
      throw new AssertionError(bytes + " bytes are no multiple of the growth unit");
    }
    if (isRefusing) {
      throw new OutOfMemoryError("the test refuses " + bytes + " bytes");
    }
    Deque<ByteBuffer> reusable = released.get(bytes);
    ByteBuffer buffer = reusable == null ? null : reusable.poll();
    if (buffer == null) {
      buffer = allocatePlaced(bytes);
    }
    pieces++;
    this.bytes += bytes;
    return new Piece(buffer);
  }

  private ByteBuffer allocatePlaced(int bytes) {
    ByteBuffer all = ByteBuffer.allocateDirect(bytes + 2 * PAGE_BYTES);
    int toPage = (PAGE_BYTES - all.alignmentOffset(0, PAGE_BYTES)) % PAGE_BYTES;
    return all.slice(toPage + addressRemainder, bytes);
  }

  @Override
  public String name() {
    return "test";
  }

  /** From now on there is no memory, or there is again. */
  synchronized void refuse(boolean isRefusing) {
    this.isRefusing = isRefusing;
  }

  /** How many pieces were handed out and not given back. */
  synchronized int pieces() {
    return pieces;
  }

  /** How many bytes were handed out and not given back. */
  synchronized long bytes() {
    return bytes;
  }

  private synchronized void takeBack(ByteBuffer buffer) {
    pieces--;
    bytes -= buffer.capacity();
    released.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).push(buffer);
  }

  private final class Piece implements Memory {
    private final ByteBuffer buffer;
    private boolean isReleased;

    Piece(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public synchronized void release() {
      if (isReleased) {
        throw new AssertionError("memory was given back twice");
      }
      isReleased = true;
      Patterns.fill(buffer, POISON);
      takeBack(buffer);
    }
  }
}
