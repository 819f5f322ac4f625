package io.github.litealloc.netty;

import io.github.litealloc.ArenaStatistics;
import io.github.litealloc.Hardening;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.ReleaseCount;
import io.github.litealloc.netty.internal.Tasks;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which thread has which arena, what holds for all arenas of an allocator (strategy, sampling), and
 * how they are told to trim and to end. Any thread, except where a method says otherwise.
 */
final class ArenaRouter implements ArenaHome<BufferArena> {
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
   * Owners are asked, by a task, if they are known to run what they take (ArenaOwner). Of those that
   * are not, and of those that have ended, whether they told or not, an arena is taken away, its live
   * buffers intact; an owner that lives on gets another one (BufferArena.takeAway). That an owner has
   * ended is looked for when somebody trims or closes, when an arena is made, at the ticks of other
   * loops and, where Netty would not tell, at each release elsewhere. So nothing waits for a task that
   * nobody may run. A change of strategy alone is only told: those who do not hear it see it when
   * they allocate. Trim, retirement and end each go one way: from here to the arena, which answers
   * with nothing but bytes. That an arena is empty at last it tells by ArenaHome.drained.
   *
   * The lock guards writes of strategy, closed and the flag, so that the flag never contradicts them.
   * Nothing foreign is called under it.
   */

  /** How often to try to take an arena away from an owner that lives. */
  private static final int ATTEMPTS = 10;

  private final AllocatorNames.AllocatorName takenName;
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

  private volatile boolean passThrough; // written under the lock, too

  private volatile int sampling;

  /** For threads that get no arena of their own, if they are served. */
  private final @Nullable Stripes stripes;

  private final DaemonClock clock;

  private final ArenaMakers makers;

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
    this.takenName = settings.takenName();
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
    this.makers = new ArenaMakers(name);
    this.passThrough = settings.passThrough();
    arenaOfThread.unsettled(passThrough);
    this.stripes =
        offLoop == OffLoopPolicy.STRIPED
            ? new Stripes(
                this::newSharedArena,
                this::isUpToDate,
                this::isCurrent,
                this::endSuspect,
                arenas.lockWaits())
            : null;
    this.clock =
        new DaemonClock(
            "looking after the arenas that threads of lite-alloc '" + name + "' share",
            this::tickStripes,
            TrimTimer.intervalMillis(store.decayMillis()));
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
    if (passThrough) {
      return null; // the arena stays as it is, for the buffers that are out
    }
    if (closed) {
      if (existing != null && !existing.arena().isBusy()) {
        existing.close(); // a thread that could not be told of the allocator's end hears of it here
      }
      return null;
    }
    EventExecutor loop = arenaOfThread.loopOfThread();
    boolean getsArena = loop != null || isAdoptable(Thread.currentThread());
    if (existing != null) {
      if (existing.isCallersOwn()) {
        if (!getsArena || existing.isOf(strategy) || existing.arena().isBusy()) {
          return existing; // some other thread's arena is the reason why we are here, or not now
        }
        retireIfOutdated(existing);
      } else if (getsArena) {
        // It was taken away, or its owner has begun to retire it and did not come to the end.
        Tasks.run("finishing the end of an arena", existing::finish);
        arenaOfThread.remove();
      }
    }
    return getsArena ? newArena(loop) : null;
  }

  private @Nullable BufferArena newArena(@Nullable EventExecutor eventLoop) {
    arenas.endWhereOwnersHave();
    BufferArena arena = makeArena(new ArenaOwner(Thread.currentThread(), eventLoop));
    try {
      arenas.add(arena);
      arenaOfThread.set(arena);
    } catch (Throwable e) {
      Tasks.run("closing an arena that could not be made", arena::close);
      throw e;
    }
    arenas.tellOfChange(); // now: a listener that allocates finds the arena
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

  private BufferArena makeArena(ArenaOwner owner) {
    return makers.make(() -> new BufferArena(this, strategy, owner));
  }

  /** A virtual thread lives for one task; a chunk for each would be memory that nobody reuses. */
  private boolean isAdoptable(Thread thread) {
    return offLoop == OffLoopPolicy.ADOPT && !VirtualThread.is(thread);
  }

  // ---- arenas that threads share ----

  /** For threads that get no arena of their own; {@code null} if others serve those. */
  @Nullable Stripes stripes() {
    return stripes;
  }

  private SharedArena newSharedArena(String ofStripe) {
    BufferArena arena = makeArena(ArenaOwner.none(ofStripe));
    try {
      arenas.add(arena);
      return Objects.requireNonNull(arena.shared());
    } catch (Throwable e) {
      Tasks.run("closing an arena that could not be made", arena::close);
      throw e;
    }
  }

  /** Whether a shared arena may be used, now that others can find it; ends it if not. */
  private boolean isUpToDate(BufferArena arena) {
    arenas.tellOfChange(); // now: a listener that allocates finds the arena
    boolean isUpToDate = !closed && arena.isOf(strategy);
    if (!isUpToDate) {
      endShared(arena);
    }
    return isUpToDate;
  }

  /** Not if a change of the strategy has not come to its end: whoever meets the arena ends it. */
  private boolean isCurrent(BufferArena arena) {
    if (closed || arena.isOf(strategy)) {
      return true;
    }
    endShared(arena);
    settle();
    return false;
  }

  private void endSuspect(BufferArena arena) {
    try {
      Tasks.warn(
          "an arena of lite-alloc '" + name + "' is replaced: an operation",
          arena.arena().suspicion());
    } finally {
      endShared(arena); // nobody else finds it any more
    }
  }

  private boolean tickStripes() {
    arenas.lookAfterOwners();
    boolean endsLater = arenas.finishEnds();
    return stripes != null && stripes.tick() || endsLater;
  }

  @Override
  public void startClock() {
    clock.start();
  }

  @Override
  public void giveWaySoon() {
    if (stripes != null) {
      clock.soon(stripes::giveWay);
    }
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
      if (arena.shared() == null) {
        OwnerTasks.tell(arena, "retiring an arena", () -> retireIfOutdated(arena));
      } else if (arena.isOpen() && !arena.isOf(strategy)) {
        endShared(arena);
      }
    }
    settle();
    BufferFlightEvents.strategySwitched(name, former.name(), now);
  }

  /** Ends a shared arena; whoever needs one next makes it. */
  @Override
  public void endShared(BufferArena arena) {
    SharedArena shared = arena.shared();
    if (shared == null || shared.isToEndLater()) {
      return; // by who has called this in the middle of an operation
    }
    String what = "ending an arena of lite-alloc '" + name + '\'';
    Runnable end = closed ? arena::close : arena::retire; // both first: nobody finds it afterwards
    if (stripes != null) {
      stripes.takeOut(shared);
    }
    Tasks.run(what, end);
  }

  /** Takes the hot path again if every thread has followed the last change. */
  private void settle() {
    synchronized (lifecycleLock) {
      arenaOfThread.unsettled(closed || passThrough || arenas.hasOpenArenaNotOf(strategy));
    }
  }

  /** Ends an arena of a former strategy. Its owner, outside of an allocation. */
  private void retireIfOutdated(BufferArena arena) {
    if (!arena.isCallersOwn() || arena.isOf(strategy) || arena.arena().isBusy()) {
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
    if (suspect.arena().isBusy()) {
      throw new IllegalStateException(
          "lite-alloc '"
              + name
              + "': allocation in the middle of giving back an arena's memory (expected: listeners,"
              + " loggers and memory sources that do not allocate)");
    }
    EventExecutor loop = arenaOfThread.loopOfThread();
    Tasks.warn(
        "an arena of lite-alloc '" + name + "' is replaced: an operation",
        suspect.arena().suspicion());
    retire(suspect);
    return !closed && (loop != null || isAdoptable(Thread.currentThread())) ? newArena(loop) : null;
  }

  // ---- whether arenas serve at all ----

  boolean isPassThrough() {
    return passThrough;
  }

  /** See {@link LiteByteBufAllocator#passThrough(boolean)}. */
  void passThrough(boolean isOn) {
    synchronized (lifecycleLock) {
      passThrough = isOn;
      arenaOfThread.unsettled(true);
    }
    settle();
  }

  // ---- sampling ----

  @Override
  public int sampling() {
    return sampling;
  }

  void sampling(int everyN) {
    sampling = everyN;
    arenas.all().forEach(arena -> arena.pool().bypass());
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
    GiveBack.Part part = giveBack.part();
    SharedArena shared = arena.shared();
    if (!arena.isOpen()) {
      Tasks.run("finishing the end of an arena", arena::finish); // unless the stack had ended
      part.skip(); // it has given it back
    } else if (shared != null) {
      part.run(() -> trimAbove(shared::trim, targetBytes));
    } else if (!OwnerTasks.isPromised(
        arena, part, "trimming an arena", () -> trim(arena, targetBytes))) {
      part.run(() -> trimWithoutOwner(arena, targetBytes));
    }
  }

  /** An arena's part of it. Its owner only. */
  private long trim(BufferArena arena, long targetBytes) {
    if (!arena.isCallersOwn()) {
      return arena.isOpen() ? trimWithoutOwner(arena, targetBytes) : 0;
    }
    return trimAbove(() -> arena.trim(false), targetBytes);
  }

  private long trimAbove(Runnable trim, long targetBytes) {
    return ReleaseCount.during(
        () -> {
          if (isAbove(targetBytes)) {
            trim.run();
            trimStore(targetBytes);
          }
        });
  }

  /** The same by ending the arena, which needs no owner. */
  private long trimWithoutOwner(BufferArena arena, long targetBytes) {
    boolean isOfUse = arena.statistics().reservedBytes() > 0 && isAbove(targetBytes);
    return isOfUse ? bytesOfClosing(() -> takeAway(arena)) : 0;
  }

  private boolean isAbove(long targetBytes) {
    return arenas.sum(ArenaStatistics::reservedBytes) > targetBytes;
  }

  private long trimStore(long targetBytes) {
    return store.trim(Math.max(0, targetBytes - arenas.sum(ArenaStatistics::reservedBytes)));
  }

  /** Gives back what the calling thread's arena and the store can spare, for want of memory. */
  void trimOnThisThread() {
    BufferArena arena = arenaOfThread.getIfExists();
    if (arena != null && arena.isCallersOwn()) {
      arena.trim(true);
    }
    store.trim();
  }

  // ---- the end ----

  /** See {@link LiteByteBufAllocator#closeAsync()}. */
  Future<Long> close() {
    synchronized (lifecycleLock) {
      closed = true;
      arenaOfThread.unsettled(true);
    }
    List<BufferArena> present = List.copyOf(arenas.all());
    GiveBack giveBack = new GiveBack(present.size() + 1);
    giveBack.run(() -> ReleaseCount.during(this::endUseOfStore));
    present.forEach(arena -> requestClose(arena, giveBack));
    return giveBack.future();
  }

  /** Once more with each close: one may have found neither stack nor heap for it. */
  private void endUseOfStore() {
    try {
      store.trim();
    } finally {
      sharedStore.leave(takenName);
      giveBackName();
    }
  }

  /** Has the owner close the arena, or closes it if the owner has ended or might not do it. */
  private void requestClose(BufferArena arena, GiveBack giveBack) {
    GiveBack.Part part = giveBack.part();
    if (!arena.isOpen()) {
      Tasks.run("finishing the end of an arena", arena::finish);
      part.skip();
    } else if (arena.shared() != null) {
      part.run(() -> bytesOfClosing(() -> endShared(arena)));
    } else if (!OwnerTasks.isPromised(arena, part, "closing an arena", () -> closeOnOwner(arena))) {
      part.run(() -> bytesOfClosing(() -> takeAway(arena)));
      OwnerTasks.tell(
          arena, "forgetting an arena", arenaOfThread::remove); // as below, if it hears it
    }
  }

  private long closeOnOwner(BufferArena arena) {
    if (!arena.isCallersOwn()) { // an executor has run this on a thread of its own choice
      return bytesOfClosing(() -> takeAway(arena));
    }
    long bytes = bytesOfClosing(arena::close);
    arenaOfThread.remove(); // so that a thread that lives on does not keep the allocator alive
    return bytes;
  }

  /**
   * An owner that is at work on its arena will soon be elsewhere, or not for long. If it never is
   * when we look, it finds out for itself when it next allocates, or somebody who looks later does.
   */
  @SuppressWarnings("ThreadPriorityCheck") // a courtesy to the owner; nothing relies on it
  private static void takeAway(BufferArena arena) {
    for (int attempt = 1; !arena.takeAway() && attempt < ATTEMPTS; attempt++) {
      Thread.yield();
    }
  }

  /** It is for somebody else if the allocator is closed, and nobody looks for its buffers. */
  private void giveBackName() {
    boolean isNoneLive =
        arenas.sum(ArenaStatistics::liveBlocks) == 0 && fallbacks.liveDirect().buffers() == 0;
    if (closed && isNoneLive) {
      takenName.giveBack();
    }
  }

  private long bytesOfClosing(Runnable close) {
    return ReleaseCount.during(
        () -> {
          close.run();
          store.trim();
        });
  }

  // ---- what arenas may ask, and must tell ----

  @Override
  public ByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public LiveElsewhere liveElsewhere() {
    return fallbacks.liveDirect();
  }

  @Override
  public LockWaits lockWaits() {
    return arenas.lockWaits();
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
      return fallbacks.growingExhausted(arena, capacity, maxCapacity);
    }
    BufferArena successor = arena.isRetired() && arena.shared() == null ? arenaForThread() : null;
    if (successor == null) {
      return memoryOffLoop(capacity, maxCapacity);
    }
    LiteByteBuf buffer = successor.allocate(capacity, maxCapacity);
    return buffer != null ? buffer : fallbacks.growingExhausted(successor, capacity, maxCapacity);
  }

  private ByteBuf memoryOffLoop(int capacity, int maxCapacity) {
    if (closed) {
      return fallbacks.growingClosed(capacity, maxCapacity);
    }
    Stripes shared = stripes;
    LiteByteBuf buffer = shared == null ? null : shared.allocate(capacity, maxCapacity);
    if (buffer != null) {
      return buffer;
    }
    if (shared == null) {
      return fallbacks.awayFromArena(capacity, maxCapacity);
    }
    BufferArena exhausted = closed ? null : shared.usual();
    return exhausted == null
        ? fallbacks.growingClosed(capacity, maxCapacity)
        : fallbacks.growingExhausted(exhausted, capacity, maxCapacity);
  }

  @Override
  public void lookAfterOwners() {
    arenas.lookAfterOwners();
  }

  @Override
  public void watchEnds() {
    arenas.watchEnds();
  }

  @Override
  public void drained(BufferArena arena) {
    if (arena.shared() != null && !arena.shared().hasSettled()) {
      return; // to be told again
    }
    store.trimUnneeded(); // the other loops need not be awake to do it in time
    giveBackName();
    arenas.remove(arena); // last: what the stack is too small for is done once more
  }
}
