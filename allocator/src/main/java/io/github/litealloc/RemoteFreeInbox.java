package io.github.litealloc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where other threads leave what they have released: a lock-free stack (Treiber, Systems
 * Programming: Coping with Parallelism, 1986) whose nodes are the released objects themselves. Any
 * thread pushes; one thread at a time takes, always everything.
 */
class RemoteFreeInbox {

  /** How a push ended. */
  enum Push {
    /** The inbox had been empty: nobody has woken the owner yet. */
    FIRST,
    /** Others wait already. */
    FURTHER,
    /** The inbox is closed; the node was not taken. */
    CLOSED
  }

  private static final VarHandle HEAD;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(RemoteFreeInbox.class, "head", RemoteFree.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Stands in for the stack of a closed inbox. */
  private static final RemoteFree CLOSED =
      new RemoteFree() {
        @Override
        public @Nullable RemoteFree nextRemoteFree() {
          return null;
        }

        @Override
        public void setNextRemoteFree(@Nullable RemoteFree next) {
          throw new IllegalStateException("the end of a closed inbox");
        }

        @Override
        public void freeOnOwner() {
          throw new IllegalStateException("the end of a closed inbox");
        }
      };

  @SuppressWarnings("unused") // by HEAD
  private volatile @Nullable RemoteFree head;

  /** Any thread. */
  Push push(RemoteFree node) {
    RemoteFree seen;
    Push answer;
    do {
      seen = (RemoteFree) HEAD.getOpaque(this);
      if (seen == CLOSED) {
        return Push.CLOSED;
      }
      // Before the node is there: what is first used may find the heap full, and who is told
      // nothing pushes it once more.
      answer = seen == null ? Push.FIRST : Push.FURTHER;
      node.setNextRemoteFree(seen);
      // Whoever takes the node sees its link and everything done to its memory before. Volatile,
      // not just release, like the read in takeAll: a pusher goes on to look at whether the owner
      // has a timer that will come by, and the owner's timer says it is over before it takes. In
      // that order for both, or a node could be left to an owner that sleeps.
      // No ABA: a taker takes the whole stack and never looks at a link of what it left behind.
    } while (!HEAD.weakCompareAndSet(this, seen, node));
    return answer;
  }

  /**
   * Whether there is nothing to take, for the owner's hot path. A plain read, which the compiler
   * may move: what it misses now is taken next time, and takeAll itself does not rely on it.
   */
  boolean seemsEmpty() {
    return HEAD.get(this) == null;
  }

  /** Whether there is something to take. Any thread; in one order with all pushes. */
  boolean isWaiting() {
    Object seen = head;
    return seen != null && seen != CLOSED;
  }

  /**
   * Counts what is to be taken, up to a limit. Any thread: where the owner takes it meanwhile, the
   * walk ends early, or goes on among what was pushed anew. Exact while nobody does either.
   */
  int count(int limit) {
    int count = 0;
    for (RemoteFree node = head;
        node != null && node != CLOSED && count < limit;
        node = node.nextRemoteFree()) {
      count++;
    }
    return count;
  }

  /** Takes everything. The owner only; takes nothing from a closed inbox. */
  @Nullable RemoteFree takeAll() {
    RemoteFree seen = (RemoteFree) HEAD.getVolatile(this);
    RemoteFree none = null; // a null without a type costs a call after the exchange, to cast
    return seen == null || seen == CLOSED
        ? null
        : (RemoteFree)
            HEAD.getAndSetAcquire(this, none); // only the owner closes, so still not CLOSED
  }

  /** Takes everything and refuses further nodes. */
  @Nullable RemoteFree close() {
    RemoteFree rest = (RemoteFree) HEAD.getAndSet(this, CLOSED);
    return rest == CLOSED ? null : rest;
  }
}
