package io.github.litealloc.memory;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do when something was dropped that nobody has closed. Must not refer to it.
 *
 * <p>There is no thread for that: whoever takes a fresh chunk, of any store, is refused one, or
 * ticks, does a little of what the garbage collector has found.
 *
 * @param <T> what is watched
 */
abstract class Dropped<T> extends PhantomReference<T> {
  /*
   * No cleaner of the JDK: it has a thread, which would keep the class loader of an application alive
   * whose static fields know an allocator. From here nothing leads out of our own classes.
   */

  private static final ReferenceQueue<Object> FOUND = new ReferenceQueue<>();
  private static final Set<Dropped<?>> WATCHING = ConcurrentHashMap.newKeySet();
  private static final Queue<Dropped<?>> UNFINISHED = new ConcurrentLinkedQueue<>();

  /** It is done on the threads of others, for whom it must not take long. */
  static final int MOST_AT_ONCE = 16;

  Dropped(T referent) {
    super(referent, FOUND);
  }

  /**
   * Does some of what is left to do. One thread at a time.
   *
   * @return whether that was all
   */
  abstract boolean finish();

  static void watch(Dropped<?> watched) {
    WATCHING.add(watched);
  }

  /** Nothing is left to do. */
  static void forget(Dropped<?> watched) {
    try {
      WATCHING.remove(watched);
    } catch (VirtualMachineError e) {
      // Then when it is found.
    }
  }

  /** Does a little for those that the collector has found. Any thread; lets nothing out. */
  static void doSome() {
    try {
      for (int i = 0; i < MOST_AT_ONCE; i++) {
        Dropped<?> next = next();
        if (next == null) {
          return;
        }
        if (next.finish()) {
          WATCHING.remove(next);
        } else {
          UNFINISHED.add(next);
          return; // it has done its share
        }
      }
    } catch (VirtualMachineError e) {
      // The others when somebody comes next.
    }
  }

  private static @Nullable Dropped<?> next() {
    Dropped<?> unfinished = UNFINISHED.poll();
    return unfinished != null ? unfinished : (Dropped<?>) FOUND.poll();
  }
}
