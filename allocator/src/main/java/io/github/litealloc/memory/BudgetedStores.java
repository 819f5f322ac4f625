package io.github.litealloc.memory;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The stores that one budget is charged by, which may outlive them by far. Any thread. */
final class BudgetedStores {

  private final List<WeakReference<BudgetedStore>> stores = new CopyOnWriteArrayList<>();

  /** Notes that a store keeps empty chunks at the budget's expense. */
  void add(BudgetedStore store) {
    stores.removeIf(reference -> reference.get() == null);
    stores.add(new WeakReference<>(store));
  }

  /** A store with that source, if there is one. */
  @Nullable BudgetedStore of(MemorySource source) {
    for (WeakReference<BudgetedStore> reference : stores) {
      BudgetedStore store = reference.get();
      if (store != null && store.source() == source) {
        return store;
      }
    }
    return null;
  }

  /**
   * What is known of a source's refusals: all stores of the budget know it together.
   *
   * @param newRefusal what to start with if no other store has that source
   */
  SystemRefusal refusalOf(MemorySource source, SystemRefusal newRefusal) {
    BudgetedStore store = of(source);
    return store == null ? newRefusal : store.systemRefusal();
  }

  /** The bytes of the empty chunks that they keep. */
  long idleBytes() {
    long idle = 0;
    for (WeakReference<BudgetedStore> reference : stores) {
      BudgetedStore store = reference.get();
      idle += store == null ? 0 : store.idleBytes();
    }
    return idle;
  }

  /**
   * Has them give back idle chunks.
   *
   * @param bytes how much is enough
   * @return the bytes given back
   */
  long reclaim(long bytes) {
    long reclaimed = 0;
    for (WeakReference<BudgetedStore> reference : stores) {
      BudgetedStore store = reference.get();
      if (store != null && reclaimed < bytes) {
        reclaimed += store.giveUp(bytes - reclaimed);
      }
    }
    return reclaimed;
  }

  /** Has all holders of chunks but one told that it wants what they can spare. */
  void askHolders(Object asking) {
    for (WeakReference<BudgetedStore> reference : stores) {
      BudgetedStore store = reference.get();
      if (store != null) {
        store.askHolders(asking);
      }
    }
  }
}
