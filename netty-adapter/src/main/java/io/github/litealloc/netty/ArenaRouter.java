package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Hardening;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.netty.internal.Tasks;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which thread has which arena, what holds for all arenas of an allocator (strategy, sampling), and
 * how they are told to trim and to end. Any thread, except where a method says otherwise.
 */
final class ArenaRouter implements ArenaHome {
  /*
   * Each thread's arena is known in three places: the thread knows it
   * (ArenaOfThread), the allocator knows all of them (ArenaRegistry), and it knows itself whether the
   * calling thread may use it (BufferArena.isOwnedByCaller). They differ only while something changes,
   * and in an order that loses nothing: a new arena is known before it serves, and is known until its
   * last buffer is released, long after its thread has forgotten it.
   *
   * A change for all arenas (another strategy, the end) is a volatile field and one flag, "unsettled".
   * Whoever changes something writes the field, then the flag, and then looks through the registry. A
   * thread that makes an arena adds it to the registry, and then looks at the fields again. So one of
   * them sees the other: no arena misses a change. While the flag is up each allocation asks here; it
   * comes down when no open arena is of a former strategy. A closed allocator stays unsettled.
   *
   * Owners are asked, never forced: an event loop by a task, which may come late or, if the loop is
   * ending, not at all, and then the end of the thread does it. A thread without an event loop hears of
   * a change when it allocates. Trim, retirement and end each go one way: from here to the arena, which
   * answers with nothing but bytes. That an arena is empty at last it tells by ArenaHome.drained.
   *
   * The lock guards writes of strategy, closed and the flag, so that the flag never contradicts them.
   * Nothing foreign is called under it.
   */

  private final String name;
  private final ByteBufAllocator allocator;
  private final OffLoopPolicy offLoop;
  private final SharedStore sharedStore;
  private final ChunkStore store;
  private final Hardening hardening;
  private final Fallbacks fallbacks;
  private final ArenaRegistry arenas;
  private final ArenaOfThread arenaOfThread;

  private final Object lifecycleLock = new Object(); // guards writes of the next two
  private volatile StrategyFactory strategy;
  private volatile boolean closed;

  private volatile int sampling;

  /**
   * @param settings of the allocator
   * @param allocator what buffers answer as theirs; not called before it is complete
   * @param fallbacks serve what no arena serves
   * @param arenas will list the arenas
   */
  ArenaRouter(
      AllocatorSettings settings,
      ByteBufAllocator allocator,
      Fallbacks fallbacks,
      ArenaRegistry arenas) {
    this.name = settings.name();
    this.allocator = allocator;
    this.offLoop = settings.offLoop();
    this.sharedStore = settings.sharedStore();
    this.store = sharedStore.store();
    this.hardening = settings.hardening();
    this.fallbacks = fallbacks;
    this.arenas = arenas;
    this.strategy = settings.strategy();
    this.sampling = settings.sampling();
    this.arenaOfThread = new ArenaOfThread(name);
  }

  // ---- thread to arena ----

  /** For the hot path, which looks there first. */
  ArenaOfThread arenaOfThread() {
    return arenaOfThread;
  }

  /**
   * The arena for a thread that has none yet, or perhaps a wrong one; {@code null} if it gets none.
   */
  @Nullable BufferArena arenaForThread() {
    BufferArena existing = arenaOfThread.getIfExists();
    if (closed) {
      if (existing != null) {
        existing.close(); // an adopted thread hears of the allocator's end only here
      }
      return null;
    }
    EventExecutor executor = ThreadExecutorMap.currentExecutor();
    boolean isLoop = executor != null && executor.inEventLoop() && !executor.isShutdown();
    boolean getsArena = isLoop || isAdoptable(Thread.currentThread());
    if (existing != null) {
      if (!existing.isOwnedByCaller()) {
        if (!existing.isRetiringHere() || !getsArena) {
          return null;
        }
        retire(existing); // goes on where it has stopped
        return newArena(isLoop ? executor : null);
      }
      if (!getsArena || existing.isOf(strategy)) {
        return existing; // some other thread's arena is the reason why we are here
      }
      retireIfOutdated(existing);
    }
    return getsArena ? newArena(isLoop ? executor : null) : null;
  }

  private @Nullable BufferArena newArena(@Nullable EventExecutor eventLoop) {
    arenas.closeAbandoned();
    BufferArena arena = new BufferArena(this, strategy, eventLoop);
    try {
      arenas.add(arena);
      arenaOfThread.set(arena);
    } catch (Throwable e) {
      Tasks.run("closing an arena that could not be made", arena::close);
      throw e;
    }
    if (closed) { // meanwhile, and perhaps without having seen this arena
      arena.close();
      return null;
    }
    if (!arena.isOf(strategy)) { // the same with a change of strategy
      retireIfOutdated(arena);
      return newArena(eventLoop);
    }
    return arena;
  }

  /** A virtual thread lives for one task; a chunk for each would be memory that nobody reuses. */
  private boolean isAdoptable(Thread thread) {
    return offLoop == OffLoopPolicy.ADOPT && !PlatformDependent.isVirtualThread(thread);
  }

  /** Whether the calling thread gets no arena because something has ended. */
  boolean hasEndedForThread() {
    return closed || arenaOfThread.getIfExists() != null;
  }

  // ---- strategy ----

  StrategyFactory strategy() {
    return strategy;
  }

  /** See {@link LiteByteBufAllocator#strategy(StrategyFactory)}. */
  void strategy(StrategyFactory factory) {
    String now = factory.name();
    StrategyFactory former;
    synchronized (lifecycleLock) {
      if (closed) {
        throw new IllegalStateException(
            "lite-alloc '" + name + "' is closed (expected: an open allocator)");
      }
      former = strategy;
      strategy = factory;
      arenaOfThread.unsettled(true);
    }
    for (BufferArena arena : arenas.all()) {
      // If not: an adopted thread looks for itself when it allocates, an ending loop closes anyway.
      arena.runOnOwner("retiring an arena", () -> retireIfOutdated(arena));
    }
    settle();
    BufferFlightEvents.strategySwitched(name, former.name(), now);
  }

  /** Takes the hot path again if every thread has followed the last change. */
  private void settle() {
    synchronized (lifecycleLock) {
      arenaOfThread.unsettled(closed || arenas.hasOpenArenaNotOf(strategy));
    }
  }

  /** Ends an arena of a former strategy. Its owner, outside of an allocation. */
  private void retireIfOutdated(BufferArena arena) {
    if (!arena.isOwnedByCaller() || arena.isOf(strategy)) {
      return;
    }
    retire(arena);
    settle();
  }

  /** What the arena reports when it ends must not keep its owner from going on with another one. */
  private void retire(BufferArena arena) {
    Tasks.run("retiring an arena of lite-alloc '" + name + '\'', arena::retire);
    arenaOfThread.remove(); // a thread has one open arena, so this is it
  }

  /**
   * The arena for a thread one of whose operations did not end, in the middle of its arena.
   *
   * @return {@code null} if it gets none
   */
  @Nullable BufferArena inPlaceOf(BufferArena suspect) {
    EventExecutor executor = ThreadExecutorMap.currentExecutor();
    boolean isLoop = executor != null && executor.inEventLoop() && !executor.isShutdown();
    Tasks.warn(
        "an arena of lite-alloc '" + name + "' is replaced: an operation", suspect.suspicion());
    retire(suspect);
    return !closed && (isLoop || isAdoptable(Thread.currentThread()))
        ? newArena(isLoop ? executor : null)
        : null;
  }

  // ---- sampling ----

  @Override
  public int sampling() {
    return sampling;
  }

  void sampling(int everyN) {
    sampling = everyN;
    arenas.all().forEach(BufferArena::requestRefresh);
  }

  // ---- giving back ----

  /** See {@link LiteByteBufAllocator#trim(long)}. */
  Future<Long> trim(long targetBytes) {
    List<BufferArena> present = List.copyOf(arenas.all());
    GiveBack giveBack = new GiveBack(present.size() + 1);
    giveBack.run(() -> trimStore(targetBytes));
    present.forEach(arena -> requestTrim(arena, targetBytes, giveBack));
    return giveBack.future();
  }

  private void requestTrim(BufferArena arena, long targetBytes, GiveBack giveBack) {
    boolean isAsked =
        arena.isOpen()
            && arena.runOnOwner(
                "trimming an arena", () -> giveBack.run(() -> trim(arena, targetBytes)));
    if (!isAsked) {
      giveBack.run(() -> 0); // a closed arena has given it back
      Tasks.run("finishing the end of an arena", arena::finish); // unless the stack had ended
    }
  }

  /** An arena's part of it. Its owner only. */
  private long trim(BufferArena arena, long targetBytes) {
    if (!arena.isOwnedByCaller() || arenas.sum(ArenaStatistics::reservedBytes) <= targetBytes) {
      return 0;
    }
    long emptied = arena.trim();
    return toSystem(emptied, trimStore(targetBytes));
  }

  private long trimStore(long targetBytes) {
    return store.trim(Math.max(0, targetBytes - arenas.sum(ArenaStatistics::reservedBytes)));
  }

  /** What has gone to the system when arenas have emptied chunks, and the store was trimmed. */
  private long toSystem(long emptied, long fromStore) {
    // Without a decay time, what is given to the store goes on to the system at once.
    return store.decayMillis() == 0 ? emptied + fromStore : fromStore;
  }

  /** Gives back what the calling thread's arena and the store can spare. */
  void trimOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    if (arena != null && arena.isOwnedByCaller()) {
      arena.trim();
    }
    store.trim();
  }

  // ---- the end ----

  /**
   * See {@link LiteByteBufAllocator#closeAsync()}.
   *
   * @param atFirst runs if the allocator was open until now
   */
  Future<Long> close(Runnable atFirst) {
    boolean closesNow;
    synchronized (lifecycleLock) {
      closesNow = !closed;
      closed = true;
      arenaOfThread.unsettled(true);
    }
    List<BufferArena> present = List.copyOf(arenas.all());
    GiveBack giveBack = new GiveBack(present.size() + 1);
    giveBack.run(store::trim);
    if (closesNow) {
      atFirst.run();
      sharedStore.leave();
    }
    present.forEach(arena -> requestClose(arena, giveBack));
    return giveBack.future();
  }

  /** Has the owner close the arena, or closes it if the owner has ended. */
  private void requestClose(BufferArena arena, GiveBack giveBack) {
    if (!arena.isOpen()) {
      Tasks.run("finishing the end of an arena", arena::finish);
      giveBack.run(() -> 0);
      return;
    }
    boolean isAsked =
        arena.runOnOwner("closing an arena", () -> giveBack.run(() -> closeOnOwner(arena)));
    if (!isAsked) {
      giveBack.run(() -> bytesOfClosing(arena, arena::closeIfAbandoned)); // or it is about to end
    }
  }

  private long closeOnOwner(BufferArena arena) {
    long bytes = bytesOfClosing(arena, arena::close);
    arenaOfThread.remove(); // so that a thread that lives on does not keep the allocator alive
    return bytes;
  }

  private long bytesOfClosing(BufferArena arena, Runnable close) {
    LongSupplier reserved = arena.statistics()::reservedBytes;
    long before = reserved.getAsLong();
    close.run();
    return toSystem(before - reserved.getAsLong(), store.trim());
  }

  // ---- what arenas may ask, and must tell ----

  @Override
  public ByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public ChunkStore store() {
    return store;
  }

  @Override
  public Hardening hardening() {
    return hardening;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public ByteBuf memoryElsewhere(BufferArena arena, int capacity, int maxCapacity) {
    if (arena.isOwnedByCaller()) {
      return fallbacks.exhausted(arena, capacity, maxCapacity);
    }
    BufferArena successor = arena.isRetired() ? arenaForThread() : null;
    if (successor == null) {
      return fallbacks.awayFromArena(capacity, maxCapacity);
    }
    LiteByteBuf buffer = successor.allocate(capacity, maxCapacity);
    return buffer != null ? buffer : fallbacks.exhausted(successor, capacity, maxCapacity);
  }

  @Override
  public void drained(BufferArena arena) {
    arenas.remove(arena);
    store.trim(); // the other loops need not be awake to do it in time
  }
}
