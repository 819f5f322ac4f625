package io.github.litealloc.memory;

import java.nio.ByteBuffer;

/**
 * Where chunks come from: the one place that asks the system for off-heap memory. Implementations
 * must be safe for use by several threads.
 */
public interface MemorySource {

  /** Memory begins at a multiple of this many bytes. */
  int ALIGNMENT_BYTES = 16;

  /**
   * Takes memory from the system.
   *
   * @param bytes how much, at least 1
   * @return memory of exactly that size, at an address that is a multiple of {@value
   *     #ALIGNMENT_BYTES}
   * @throws OutOfMemoryError if the system has none; lite-alloc treats it as a refused request, not
   *     as a fault
   */
  Memory allocate(int bytes);

  /** {@return a short name for logs and dashboards, such as {@code "jdk"}} */
  String name();

  /**
   * {@return the source that needs nothing but the JDK}
   *
   * <p>From Java 22 on, memory goes back to the system when its chunk is given back. Before that
   * the JDK has no public way to do so: the memory goes back when the garbage collector finds the
   * chunk unreachable.
   */
  static MemorySource jdk() {
    return JdkMemorySource.INSTANCE;
  }

  /** One piece of off-heap memory. */
  interface Memory {

    /** {@return the memory as one direct, big-endian buffer} Always the same object. */
    ByteBuffer buffer();

    /** {@return the native address of the first byte, or 0 if the platform does not tell} */
    long address();

    /**
     * Gives the memory back to the system. Called until it returns; nothing touches the memory
     * afterwards. If it throws anything but a {@link VirtualMachineError}, the memory must still be
     * usable: it is kept then, and this is called again.
     */
    void release();
  }
}
