package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;

/** What a gate knows of the allocator whose channels it stops. */
public interface PressedMemory {

  /** {@return the budget whose pressure shuts the gate} Any thread. */
  MemoryBudget budget();

  /** {@return the bytes in live blocks of the allocator} Any thread. */
  long usedBytes();

  /** {@return the bytes that the allocator has reserved and are in no live block} Any thread. */
  long freeBytes();

  /** {@return the bytes in live blocks of the calling event loop alone} */
  long usedBytesHere();

  /** {@return the bytes that the calling event loop alone has reserved} */
  long reservedBytesHere();

  /**
   * Says how many of those bytes a message takes that was just read.
   *
   * @param message what the transport handed on
   * @return bytes, 0 if it is not the allocator's
   */
  long bytesOf(Object message);

  /**
   * {@return the bytes that others have served the calling event loop so far because the budget had
   * no room}
   */
  long outsideBytesHere();

  /** {@return whose memory it is: the same for all event loops} Any thread. */
  Object owner();

  /** Gives back what the calling event loop can spare. */
  void trim();
}
