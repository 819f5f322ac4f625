package io.github.litealloc;

/** Is told of the free memory in an arena's chunks. */
@FunctionalInterface
public interface FreeRunVisitor {

  /**
   * Notes a contiguous piece of free memory that can serve a request.
   *
   * @param chunk the slot of its chunk
   * @param bytes its size
   */
  void freeRun(int chunk, int bytes);
}
