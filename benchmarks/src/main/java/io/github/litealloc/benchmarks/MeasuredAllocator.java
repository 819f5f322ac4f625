package io.github.litealloc.benchmarks;

import io.netty.buffer.ByteBufAllocator;
import java.util.OptionalLong;

/**
 * A fresh allocator together with the figures that it can give about its direct memory. Any thread
 * may read them at any time.
 */
public interface MeasuredAllocator extends AutoCloseable {

  /**
   * Opens a candidate with a ceiling of its own: what the JVM allows of direct memory, which is
   * also the ceiling of the peers.
   *
   * @param candidate what to open
   * @param name of our allocator, as the dashboard shows it; a peer has none
   * @return a new allocator that nothing else uses
   */
  static MeasuredAllocator open(Candidate candidate, String name) {
    return open(candidate, name, DirectMemory.maxBytes());
  }

  /**
   * Opens a candidate.
   *
   * @param candidate what to open
   * @param name of our allocator, as the dashboard shows it; a peer has none
   * @param maxBytes the ceiling of ours; a peer has the one that the JVM gives it
   * @return a new allocator that nothing else uses
   */
  static MeasuredAllocator open(Candidate candidate, String name, long maxBytes) {
    return candidate.kind() == AllocatorKind.LITE
        ? new MeasuredLite(candidate, name, maxBytes)
        : new MeasuredPeer(candidate);
  }

  /**
   * Returns what was opened.
   *
   * @return the candidate
   */
  Candidate candidate();

  /**
   * Returns the allocator.
   *
   * @return always the same one
   */
  ByteBufAllocator allocator();

  /**
   * Returns the direct memory that the allocator holds, in live buffers or for reuse.
   *
   * @return bytes
   */
  long reservedBytes();

  /**
   * Returns the highest {@link #reservedBytes()}. Ours knows it exactly; of a peer it is the
   * highest value that was read, so that it can only look better than it was.
   *
   * @return bytes
   */
  long peakReservedBytes();

  /**
   * Returns the direct memory in live buffers.
   *
   * @return bytes, or empty if the allocator does not tell
   */
  OptionalLong usedBytes();

  /** Refuses new buffers where the allocator can; buffers that are out stay intact. */
  @Override
  void close();
}
