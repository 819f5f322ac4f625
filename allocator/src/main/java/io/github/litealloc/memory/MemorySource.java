package io.github.litealloc.memory;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where chunks come from: the one place that asks the system for off-heap memory. Implementations
 * must be safe for use by several threads.
 *
 * @since 0.1.0
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
   * {@return whether {@link Memory#release} gives memory back to the system before it returns} If
   * it is only the garbage collector that does, once the buffer is unreachable, a store never calls
   * {@code release}: it keeps what it would give back for reuse, and charges it to its budget until
   * the collector has taken it.
   */
  default boolean freesAtOnce() {
    return true;
  }

  /**
   * {@return whether the memory comes from the C library's heap, by {@code malloc}} Such a heap may
   * keep for itself what is freed, until it is made to let go: see {@link NativeHeap}.
   */
  default boolean usesNativeHeap() {
    return false;
  }

  /**
   * {@return the source that needs nothing but the JDK}
   *
   * <p>From Java 22 on, memory goes back to the system when its chunk is given back. Before that
   * the JDK has no public way to do so: see {@link #freesAtOnce}.
   */
  static MemorySource jdk() {
    return JdkMemorySource.INSTANCE;
  }

  /**
   * Returns the source that gives memory back page by page: a range of addresses that is reserved
   * once and stays reserved, whose pages go back to the kernel when their chunk does. There is one
   * on Linux from Java 22 on, if native access is enabled for this module ({@code
   * --enable-native-access=io.github.litealloc}, or {@code ALL-UNNAMED} on the class path), and if
   * addresses cost nothing: not under a limit of address space, strict overcommit, or locked
   * memory.
   *
   * <p>The JVM's own tools do not see this memory: neither native memory tracking nor {@code
   * MaxDirectMemorySize} counts it. The system property {@code litealloc.range} is {@code on} by
   * default; {@code off} takes chunks from elsewhere, {@code huge-pages} allows transparent huge
   * pages, with which more may be resident than is used.
   *
   * @return the source, always the same; empty where there is none
   * @throws IllegalArgumentException if the property has another value
   */
  static Optional<MemorySource> range() {
    return RangeMemorySource.ofProcess();
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

    /**
     * {@return the bytes of a page if pages can go back while the rest is in use, a power of two;
     * else 0, the default} The memory then begins at a multiple of it.
     */
    default int pageBytes() {
      return 0;
    }

    /**
     * Gives whole pages back to the system, whose contents nobody needs any more. They stay part of
     * the memory; whoever reads or writes them gets new ones. Called only if there are {@linkplain
     * #pageBytes() pages}. If it throws, they have not gone back.
     *
     * @param offset where they begin, a multiple of the page
     * @param bytes a multiple of the page
     */
    default void handBack(int offset, int bytes) {
      throw new UnsupportedOperationException(
          "no pages (expected: pageBytes() of 0 is asked first)");
    }
  }
}
