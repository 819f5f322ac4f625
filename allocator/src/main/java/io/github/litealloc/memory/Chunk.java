package io.github.litealloc.memory;

import io.github.litealloc.internal.Log;
import io.github.litealloc.internal.StackRoom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One contiguous piece of off-heap memory, taken from a {@link ChunkStore}. Immutable but for its
 * place among idle chunks; the memory behind it is valid until the chunk is given back.
 *
 * @since 0.1.0
 */
public final class Chunk {

  private static final System.Logger LOG = System.getLogger(Chunk.class.getName());

  /** Base addresses are known modulo this many bytes, which is therefore the largest alignment. */
  public static final int MAX_ALIGNMENT = 4096;

  /** Every chunk's size is a multiple of it, as {@link ChunkStore#CHUNK_UNIT_BYTES} says. */
  static final int UNIT_BYTES = 64 * 1024;

  private static final int MIN_PAGE_BYTES = 4096;

  private final MemorySource.Memory memory;
  private final ByteBuffer buffer;
  private final long address;
  private final int misalignment;
  private final int pageBytes;

  /** The size in bytes. */
  final int bytes;

  /** How much of it has gone back to the system, page by page; its holder's. */
  int handedBackBytes;

  /** What goes back to the system at once with {@link #release}: all of it, or nothing. */
  final int freedBytes;

  // While the chunk is idle, for IdleChunks: guarded by the lock of the store.
  long idleSinceNanos;
  @Nullable Chunk older;
  @Nullable Chunk younger;
  @Nullable Chunk olderInBin;
  @Nullable Chunk youngerInBin;

  /**
   * Wraps memory that the source has just handed out.
   *
   * @param memory the memory
   * @param bytes the size that was asked for
   * @throws IllegalStateException if the memory is not what was asked for
   */
  Chunk(MemorySource.Memory memory, int bytes) {
    this(memory, bytes, bytes);
  }

  /**
   * Wraps memory.
   *
   * @param freedBytes how much of it goes back to the system when it is released: all, or nothing
   */
  Chunk(MemorySource.Memory memory, int bytes, int freedBytes) {
    ByteBuffer buffer = memory.buffer();
    if (!isUsable(buffer, bytes)) {
      throw new IllegalStateException(
          "memory source returned "
              + buffer
              + " (expected: a direct buffer of "
              + bytes
              + " bytes, writable and big-endian)");
    }
    this.memory = memory;
    this.buffer = buffer;
    this.bytes = bytes;
    this.freedBytes = freedBytes;
    this.address = memory.address(); // once: a source is somebody else's code
    this.misalignment = buffer.alignmentOffset(0, MAX_ALIGNMENT);
    if (misalignment % MemorySource.ALIGNMENT_BYTES != 0) {
      throw new IllegalStateException(
          "memory source returned memory at an address of remainder "
              + misalignment % MemorySource.ALIGNMENT_BYTES
              + " modulo "
              + MemorySource.ALIGNMENT_BYTES
              + " (expected: 0)");
    }
    this.pageBytes = usablePageBytes(memory.pageBytes());
  }

  /** None where they would not be pages, or would not begin where the chunk does, or stay. */
  private int usablePageBytes(int pageBytes) {
    boolean isUsable =
        freedBytes == bytes
            && pageBytes >= MIN_PAGE_BYTES
            && pageBytes <= UNIT_BYTES
            && Integer.bitCount(pageBytes) == 1
            && misalignment == 0
            && address % pageBytes == 0;
    return isUsable ? pageBytes : 0;
  }

  // A source is somebody else's code: what must not be null may be.
  private static boolean isUsable(@Nullable ByteBuffer buffer, int bytes) {
    return buffer != null
        && buffer.isDirect()
        && !buffer.isReadOnly()
        && buffer.capacity() == bytes
        && buffer.order() == ByteOrder.BIG_ENDIAN;
  }

  /**
   * {@return the whole chunk, a big-endian buffer, always the same; only its absolute accessors may
   * be used, since everybody shares its position}
   */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** {@return the native address of the first byte, or 0 if the platform does not tell} */
  public long address() {
    return address;
  }

  /** {@return the size in bytes} */
  public int bytes() {
    return bytes;
  }

  /**
   * {@return the bytes of the pages that can go back to the system while the rest is in use, a
   * power of two; 0 if none can}
   */
  public int pageBytes() {
    return pageBytes;
  }

  /** {@return what is charged for the chunk: its size, less the pages that have gone back} */
  public int committedBytes() {
    return bytes - handedBackBytes;
  }

  /**
   * Returns the first offset, at or after a given one, whose native address is aligned.
   *
   * @param offset bytes from the start of the chunk, at least 0
   * @param alignment a power of two up to {@value #MAX_ALIGNMENT}
   * @return an offset, possibly beyond the end of the chunk
   */
  public long alignedOffset(long offset, int alignment) {
    return ((offset + misalignment + alignment - 1) & -(long) alignment) - misalignment;
  }

  /**
   * Gives pages back to the system that nobody needs any more.
   *
   * @return {@code false} if that failed: then they have not gone
   * @throws VirtualMachineError if there is no stack or heap left; then they may have gone
   */
  boolean handBack(int offset, int bytes) {
    StackRoom.require(); // as in release
    try {
      memory.handBack(offset, bytes);
      return true;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      Log.warn(LOG, "could not give back " + bytes + " bytes of a chunk; kept", e);
      return false;
    }
  }

  /**
   * Gives the memory back to the system.
   *
   * @return {@code false} if that failed: then it is to be kept, for another try later
   * @throws VirtualMachineError if there is no stack or heap left to begin; nothing has changed
   *     then
   */
  boolean release() {
    StackRoom.require(); // or nobody could tell whether it has begun
    try {
      memory.release();
      return true;
    } catch (VirtualMachineError e) {
      return true; // in the middle of it: nobody must use that memory again
    } catch (Throwable e) {
      Log.warn(LOG, "could not give back " + bytes + " bytes; kept", e);
      return false;
    }
  }
}
