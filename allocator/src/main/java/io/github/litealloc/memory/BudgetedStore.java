package io.github.litealloc.memory;

/** What a budget knows of a store that it is charged by. Any thread. */
interface BudgetedStore {

  MemorySource source();

  /** What is known of the source's refusals. */
  SystemRefusal systemRefusal();

  /** The bytes of the empty chunks that the store keeps. */
  long idleBytes();

  /**
   * Gives empty chunks back to the system for somebody who needs their bytes.
   *
   * @param bytes how much is enough
   * @return the bytes given back
   */
  long giveUp(long bytes);

  /**
   * Has all holders of chunks but one told that memory is wanted.
   *
   * @param asking the account that asks, perhaps another store's
   */
  void askHolders(Object asking);
}
