package io.github.litealloc;

import io.github.litealloc.memory.Chunk;
import io.github.litealloc.memory.ChunkAccount;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What an arena that several threads use, one at a time under a lock of theirs, leaves to be done
 * without the lock: it takes and gives back no chunk while it is held, asks nobody for memory,
 * tells nobody of what it does, and does not wait for the system. Its users do these errands when
 * they have let the lock go. {@link ArenaBuilder#errands} gives an arena its own.
 *
 * <pre>{@code
 * lock: block = arena.allocate(bytes); need = errands.takeNeed(); unlock
 * if nothing was had, and there is a need: errands.fetch(need); and once more
 * at the end: errands.run()
 * }</pre>
 *
 * <p>Any thread, except where a method says that it is called under the lock.
 *
 * @since 0.1.0
 */
public final class Errands {
  /*
   * A chunk is at every moment in one place that somebody will look at: with the store, fetched, with the
   * arena, or leaving. So none is lost where the stack or the heap ends: it goes from one place to the
   * next by a plain store, or stays where it was.
   *
   *   fetched   one at a time, put there by the fetcher if there is none, and taken away only under the
   *             lock: by whoever needs one next, or because it is too small, or not needed.
   *   leaving   a stack that is pushed to under the lock, and taken from by whoever runs the errands,
   *             the first first: pages of a chunk must go before the chunk does.
   *   inHand    what was taken from it, until it is given back; the runner's, and the next one's if the
   *             runner's stack has ended.
   *
   * Sources are code of others, and may call back. Then fetcher or runner is the calling thread, and
   * what would take one more chunk is refused, or it could go on for ever.
   */

  /** How a chunk was fetched. */
  public enum Fetch {
    /** It is there, for whoever needs it first. */
    DONE,
    /** The budget or the system has refused it. */
    REFUSED,
    /** Another thread is at it: there will soon be one, or none. */
    BY_ANOTHER
  }

  /** Nothing is needed. */
  public static final long NO_NEED = 0;

  private static final VarHandle LEAVING;
  private static final VarHandle RUNNER;
  private static final VarHandle FETCHER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LEAVING = lookup.findVarHandle(Errands.class, "leaving", Leaving.class);
      RUNNER = lookup.findVarHandle(Errands.class, "runner", Thread.class);
      FETCHER = lookup.findVarHandle(Errands.class, "fetcher", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A chunk that is to be given back, or some of its pages. */
  private static final class Leaving {
    final Chunk chunk;
    final int offset;
    final int pageBytes; // 0 for all of it
    @Nullable Leaving next;

    Leaving(Chunk chunk, int offset, int pageBytes) {
      this.chunk = chunk;
      this.offset = offset;
      this.pageBytes = pageBytes;
    }
  }

  private @Nullable ChunkAccount account;
  private @Nullable RemoteFreeInbox inbox;

  // Guarded by the lock.
  private long need;
  private boolean isRefusing;

  private long fetchNanos; // of what is fetched: written before it and read after it
  private final AtomicLong refusedNanos = new AtomicLong(); // not yet counted
  private volatile @Nullable Chunk fetched; // set by the fetcher, taken under the lock
  private volatile @Nullable Leaving leaving;
  private @Nullable Leaving inHand; // the runner's
  private volatile boolean asks;
  private volatile boolean waits;
  private final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

  @SuppressWarnings("unused") // by FETCHER
  private volatile @Nullable Thread fetcher;

  @SuppressWarnings("unused") // by RUNNER
  private volatile @Nullable Thread runner;

  // The last tick: of the one thread that is the clock, under the lock and after it.
  private boolean ticks;
  private long tickNanos;
  private long silentNanos;
  private boolean hasReason;

  /** Makes the errands of one arena, which {@link ArenaBuilder#errands} is told of. */
  public Errands() {}

  void of(ChunkAccount account) {
    this.account = account;
    account.askQuietly();
  }

  void of(RemoteFreeInbox inbox) {
    this.inbox = inbox;
  }

  private ChunkAccount account() {
    ChunkAccount known = account;
    if (known == null) {
      throw new IllegalStateException("errands of no arena (expected: ArenaBuilder.errands)");
    }
    return known;
  }

  // ---- for the arena, under the lock ----

  /** A chunk that was fetched, or {@code null}; then it is noted that one is needed. */
  @Nullable Chunk take(int minBytes, int bytes) {
    Chunk chunk = fetched;
    if (chunk != null && chunk.bytes() >= minBytes) {
      fetched = null;
      return chunk;
    }
    leaveFetched(); // too small
    need = (long) minBytes << Integer.SIZE | bytes;
    return null;
  }

  /** How long it took to fetch the chunk that is there, or else to be refused what is not. */
  long fetchNanos() {
    return fetched == null ? refusedNanos.getAndSet(0) : fetchNanos;
  }

  /** Whether whoever allocates is to fetch a chunk, and come again. */
  boolean isAwaited() {
    return need != NO_NEED && !isRefusing;
  }

  /** Has a chunk given back later. */
  void leave(Chunk chunk) {
    leave(new Leaving(chunk, 0, 0));
  }

  /** Has pages of a chunk handed back later, but before the chunk. */
  void leavePages(Chunk chunk, int offset, int bytes) {
    leave(new Leaving(chunk, offset, bytes));
  }

  private void leave(Leaving node) {
    Leaving seen;
    do {
      seen = leaving;
      node.next = seen;
    } while (!LEAVING.compareAndSet(this, seen, node));
    waits = true;
  }

  /** Has others asked for memory later. */
  void askOthers() {
    asks = true;
    waits = true;
  }

  /** Has somebody told later. */
  void tell(Runnable event) {
    untold.add(event);
    waits = true;
  }

  /** Has the store looked after later. */
  boolean tick(long nowNanos, long silent, boolean isReason) {
    tickNanos = nowNanos;
    silentNanos = silent;
    hasReason = isReason;
    ticks = true;
    return true;
  }

  // ---- for its users ----

  /**
   * Says what the arena lacks, and forgets it. Under the lock.
   *
   * @return what to {@link #fetch} before the last request is made again; {@link #NO_NEED} if a
   *     chunk would be of no use
   */
  public long takeNeed() {
    long now = need;
    need = NO_NEED;
    return now;
  }

  /**
   * Says whether chunks can be had at all. Under the lock.
   *
   * @param isRefusing {@code true} for a request that is made once more although no chunk could be
   *     fetched: it is counted as a failure if the arena has no room for it
   */
  public void refusing(boolean isRefusing) {
    this.isRefusing = isRefusing;
  }

  /**
   * Fetches a chunk. Without the lock.
   *
   * @param need what {@link #takeNeed} has said
   * @return how it went
   * @throws IllegalStateException if a memory source calls this in the middle of these errands
   */
  public Fetch fetch(long need) {
    requireNotInside();
    if (!FETCHER.compareAndSet(this, null, Thread.currentThread())) {
      return Fetch.BY_ANOTHER;
    }
    try {
      if (fetched != null) {
        return Fetch.DONE; // by another thread; if it is too small, whoever needs it will see
      }
      account().forgetRefusal();
      long begunNanos = System.nanoTime();
      Chunk chunk = ChunkSupply.take(account(), (int) (need >>> Integer.SIZE), (int) need);
      long tookNanos = System.nanoTime() - begunNanos;
      if (chunk == null) {
        refusedNanos.addAndGet(tookNanos);
        return Fetch.REFUSED;
      }
      fetchNanos = tookNanos;
      fetched = chunk;
      return Fetch.DONE;
    } finally {
      fetcher = null;
    }
  }

  private void requireNotInside() {
    Thread caller = Thread.currentThread();
    if (fetcher == caller || runner == caller) {
      throw new IllegalStateException(
          "a chunk is needed in the middle of taking or giving back another one, by what that has"
              + " called (expected: memory sources that do not allocate here)");
    }
  }

  /** Has a chunk that was fetched and is not needed given back. Under the lock. */
  public void leaveFetched() {
    Chunk left = fetched;
    if (left != null) {
      leave(left);
      fetched = null;
    }
  }

  /** {@return whether a chunk is there that was fetched, and that nobody has needed yet} */
  public boolean hasFetched() {
    return fetched != null;
  }

  /** {@return whether {@link #run} has something to do} */
  public boolean areWaiting() {
    return waits;
  }

  /**
   * {@return whether another thread is giving chunks back, or taking one, so that it is worth
   * waiting}
   */
  public boolean areUnderWay() {
    Thread caller = Thread.currentThread();
    Thread running = runner;
    Thread fetching = fetcher;
    return (running != null && running != caller) || (fetching != null && fetching != caller);
  }

  /** {@return whether other threads have handed over something that is not freed yet} */
  public boolean hasRemoteFrees() {
    RemoteFreeInbox known = inbox;
    return known != null && known.isWaiting();
  }

  /**
   * Gives back what is to be given back, tells who is to be told, and asks whom is to be asked;
   * does nothing if another thread is at it, who then does it. Without the lock.
   */
  public void run() {
    while (waits && RUNNER.compareAndSet(this, null, Thread.currentThread())) {
      try {
        waits = false; // first: what comes from now on is seen by the next round
        giveBack();
        for (Runnable event = untold.poll(); event != null; event = untold.poll()) {
          event.run();
        }
        if (asks) {
          asks = false;
          account().askOthers();
        }
      } catch (Throwable e) {
        waits = true; // whoever comes next goes on
        throw e;
      } finally {
        runner = null;
      }
    }
  }

  private void giveBack() {
    Leaving first = inHand;
    if (first == null) {
      first = takeInOrder();
    } else {
      waits = true; // for those behind it
    }
    for (Leaving node = first; node != null; node = inHand) {
      if (node.pageBytes == 0) {
        account().giveBack(node.chunk);
      } else {
        account().handBack(node.chunk, node.offset, node.pageBytes);
      }
      inHand = node.next;
    }
  }

  /** Without a call once they are taken. */
  private @Nullable Leaving takeInOrder() {
    Leaving first = null; // and typed, as in RemoteFreeInbox.takeAll
    Leaving last = (Leaving) LEAVING.getAndSet(this, first);
    while (last != null) {
      Leaving before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    inHand = first;
    return first;
  }

  /**
   * Does what {@link Arena#tick} has left. Without the lock, by whoever has called that under it.
   *
   * @return whether to call it again
   */
  public boolean finishTick() {
    run();
    if (!ticks) {
      return false;
    }
    ticks = false;
    return account().tick(tickNanos, silentNanos, hasReason);
  }
}
