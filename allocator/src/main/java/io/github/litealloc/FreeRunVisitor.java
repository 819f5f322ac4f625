package io.github.litealloc;

/**
 * Is told of the free memory in an arena's chunks.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FreeRunVisitor {

  /**
   * Notes a contiguous piece of free memory.
   *
   * @param chunk the slot of its chunk
   * @param offset where it starts, in bytes from the start of the chunk
   * @param bytes its size
   */
  void freeRun(int chunk, int offset, int bytes);
}
