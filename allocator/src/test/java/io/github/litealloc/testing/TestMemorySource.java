package io.github.litealloc.testing;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemorySource;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Memory that tests can watch and refuse, and that starts at an address of their choice. What is
 * given back is overwritten at once, so that whoever still uses it is found out, and then reused,
 * so that tests do not depend on the garbage collector. Any thread.
 *
 * @since 0.1.0
 */
public final class TestMemorySource implements MemorySource {

  /** What every byte that was given back is overwritten with. */
  public static final byte POISON = (byte) 0xDD;

  private static final ReleasedMemory RELEASED = new ReleasedMemory();

  /** What a request for memory is answered with. */
  public enum Answer {
    /** Memory. */
    MEMORY,
    /** The error by which a source says that the system has no memory. */
    OUT_OF_MEMORY,
    /** A {@link Broken} exception, as of a source with a fault. */
    BROKEN
  }

  /** What a source with a fault throws. */
  public static final class Broken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Broken(int bytes) {
      super("the test breaks a request for " + bytes + " bytes", null, false, false);
    }
  }

  private final int addressRemainder;
  private int pageBytes;
  private int mistakes;
  private int pieces;
  private long bytes;
  private Answer answer = Answer.MEMORY;
  private long requests;
  private long firstRefused = Long.MAX_VALUE;
  private int refusedCount;

  /** For memory that starts at a page of 4096 bytes. */
  public TestMemorySource() {
    this(0);
  }

  /**
   * For memory that is not aligned to a page.
   *
   * @param addressRemainder what every address leaves when it is divided by 4096; a multiple of 16
   */
  public TestMemorySource(int addressRemainder) {
    this.addressRemainder = addressRemainder;
  }

  /**
   * From now on pieces have pages that can go back one by one. They are overwritten then.
   *
   * @param pageBytes a power of two from 4096 on
   * @return this source
   */
  public synchronized TestMemorySource withPages(int pageBytes) {
    this.pageBytes = pageBytes;
    return this;
  }

  @Override
  public synchronized Memory allocate(int bytes) {
    if (bytes % ChunkStore.CHUNK_UNIT_BYTES != 0) {
      throw new AssertionError(bytes + " bytes are no multiple of the growth unit");
    }
    requests++;
    boolean isChosen = requests >= firstRefused && requests < firstRefused + refusedCount;
    if (answer == Answer.OUT_OF_MEMORY || isChosen) {
      throw new OutOfMemoryError("the test refuses " + bytes + " bytes");
    }
    if (answer == Answer.BROKEN) {
      throw new Broken(bytes);
    }
    ByteBuffer pages = RELEASED.take(bytes);
    pieces++;
    this.bytes += bytes;
    return new Piece(pages, pages.slice(addressRemainder, bytes), pageBytes);
  }

  @Override
  public String name() {
    return "test";
  }

  /**
   * Sets what is answered from now on.
   *
   * @param answer the answer to every request
   */
  public synchronized void answer(Answer answer) {
    this.answer = answer;
  }

  /**
   * From now on there is no memory, or there is again.
   *
   * @param isRefusing whether every request is refused
   */
  public void refuse(boolean isRefusing) {
    answer(isRefusing ? Answer.OUT_OF_MEMORY : Answer.MEMORY);
  }

  /**
   * Refuses some requests, as if there were no memory, and serves those after them.
   *
   * @param first the first to refuse, counted from 1 for the first that this source ever gets
   * @param count how many to refuse
   */
  public synchronized void refuseRequests(long first, int count) {
    this.firstRefused = first;
    this.refusedCount = count;
  }

  /**
   * Returns how many requests there were, refused ones included.
   *
   * @return the number of requests
   */
  public synchronized long requests() {
    return requests;
  }

  /**
   * Returns how many pieces were handed out and not given back.
   *
   * @return the number of pieces
   */
  public synchronized int pieces() {
    return pieces;
  }

  /**
   * Returns how many bytes were handed out and not given back, whole or by pages.
   *
   * @return bytes
   */
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * Returns how often something was given back that was no page, not ours any more, or was given
   * back before. Each time an {@link AssertionError} was thrown, which the caller may have caught.
   *
   * @return the number of mistakes
   */
  public synchronized int mistakes() {
    return mistakes;
  }

  private synchronized AssertionError mistake(String message) {
    mistakes++;
    return new AssertionError(message);
  }

  private synchronized void takeBack(int releasedBytes) {
    pieces--;
    bytes -= releasedBytes;
  }

  private synchronized void takeBackPages(int releasedBytes) {
    if (answer == Answer.BROKEN) {
      throw new Broken(releasedBytes);
    }
    bytes -= releasedBytes;
  }

  private final class Piece implements Memory {
    private final ByteBuffer pages;
    private final ByteBuffer buffer;
    private final int pageBytes;
    private final BitSet goneBack = new BitSet();
    private boolean isReleased;

    Piece(ByteBuffer pages, ByteBuffer buffer, int pageBytes) {
      this.pages = pages;
      this.buffer = buffer;
      this.pageBytes = pageBytes;
    }

    @Override
    public int pageBytes() {
      return pageBytes;
    }

    @Override
    public synchronized void handBack(int offset, int bytes) {
      boolean isWhole = offset % pageBytes == 0 && bytes % pageBytes == 0 && bytes > 0;
      if (isReleased || !isWhole || offset < 0 || offset > buffer.capacity() - bytes) {
        throw mistake("no pages of ours: " + offset + ", " + bytes);
      }
      int first = offset / pageBytes;
      int end = first + bytes / pageBytes;
      if (!goneBack.get(first, end).isEmpty()) {
        throw mistake("pages were given back twice: " + offset + ", " + bytes);
      }
      takeBackPages(bytes);
      goneBack.set(first, end);
      Patterns.fill(buffer.slice(offset, bytes), POISON);
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
        throw mistake("memory was given back twice");
      }
      isReleased = true;
      Patterns.fill(buffer, POISON);
      takeBack(buffer.capacity() - goneBack.cardinality() * pageBytes);
      RELEASED.keep(pages, buffer.capacity());
    }
  }
}
