package io.github.litealloc.netty;

import io.github.litealloc.memory.Subscription;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The names of the allocators of this process, each of them used once: registries of meters
 * silently ignore a second allocator of the same name. A name is free again when its allocator is
 * closed, has no live buffer any more and is held by nobody who shows it, or was dropped and
 * collected. Safe for any thread.
 */
final class AllocatorNames {
  /*
   * What is taken is known twice: by its text, which is what must be unique, and by its number beside
   * the text that was wanted, which finds a free one at once however many there are. (A text of one
   * may be the wanted text of another: "a-2" is the second "a", or the first "a-2".)
   *
   * An allocator that is collected is heard of when the next name is taken: by a phantom reference,
   * and no thread, which would keep a class loader.
   */

  private static final int FIRST = 1;

  // Guarded by the class.
  private static final Map<String, AllocatorName> TAKEN = new HashMap<>();
  private static final Map<String, BitSet> NUMBERS = new HashMap<>();
  private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

  private AllocatorNames() {}

  /** A name that is taken, until it is given back. */
  static final class AllocatorName {
    private final String wanted;
    private final int number;

    @SuppressWarnings("UnusedVariable") // kept, so that the reference is not collected itself
    private @Nullable User user;

    // Guarded by the class of all names.
    private int holders;
    private boolean isGivenBack;

    private AllocatorName(String wanted, int number) {
      this.wanted = wanted;
      this.number = number;
    }

    /** The name itself. */
    String text() {
      return number == FIRST ? wanted : wanted + '-' + number;
    }

    /** Gives the name back at the latest when its user is collected. */
    void usedBy(Object allocator) {
      user = new User(allocator, this);
    }

    /** Frees the name, once, when nobody holds it any more. */
    void giveBack() {
      AllocatorNames.giveBack(this);
    }

    /** Keeps the name from others although its user may give it back. */
    Subscription hold() {
      AllocatorNames.hold(this);
      AtomicBoolean isHeld = new AtomicBoolean(true);
      return () -> {
        if (isHeld.compareAndSet(true, false)) {
          AllocatorNames.letGo(this);
        }
      };
    }
  }

  private static final class User extends PhantomReference<Object> {
    private final AllocatorName name;

    User(Object allocator, AllocatorName name) {
      super(allocator, COLLECTED);
      this.name = name;
    }
  }

  /** Takes a name, or the first of name-2, name-3 and so on that is free. */
  static synchronized AllocatorName take(String wanted) {
    giveBackCollected();
    BitSet numbers = NUMBERS.computeIfAbsent(wanted, ignored -> new BitSet());
    AllocatorName name;
    int number = FIRST;
    do {
      number = numbers.nextClearBit(number);
      name = new AllocatorName(wanted, number++);
    } while (TAKEN.putIfAbsent(name.text(), name) != null);
    numbers.set(name.number);
    return name;
  }

  private static synchronized void hold(AllocatorName name) {
    name.holders++;
  }

  private static synchronized void letGo(AllocatorName name) {
    name.holders--;
    freeIfUnused(name);
  }

  private static synchronized void giveBack(AllocatorName name) {
    name.isGivenBack = true;
    freeIfUnused(name);
  }

  private static void freeIfUnused(AllocatorName name) {
    if (name.isGivenBack && name.holders == 0) {
      free(name);
    }
  }

  private static synchronized void free(AllocatorName name) {
    if (TAKEN.remove(name.text(), name)) {
      BitSet numbers = NUMBERS.getOrDefault(name.wanted, new BitSet());
      numbers.clear(name.number);
      if (numbers.isEmpty()) {
        NUMBERS.remove(name.wanted);
      }
    }
  }

  private static void giveBackCollected() {
    for (Reference<?> user = COLLECTED.poll(); user != null; user = COLLECTED.poll()) {
      free(((User) user).name); // whoever held it is gone too
    }
  }
}
