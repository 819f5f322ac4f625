package io.github.litealloc;

import io.github.litealloc.internal.Require;
import io.github.litealloc.memory.ChunkAccount;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.Refusal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory of one thread, handed out in blocks.
 *
 * <p>The thread that builds an arena owns it. Methods are for the owner alone, except where they
 * say <em>any thread</em>. There are no locks and, in the steady state, no garbage.
 *
 * <pre>{@code
 * try (Arena arena = Arena.builder().strategy("hybrid").build()) {
 *   long block = arena.allocate(200);
 *   // NO_BLOCK if exhausted: the budget or the system refused; what is live stays intact
 *   ByteBuffer view = arena.view(block, 200);
 *   view.putLong(0, 42);
 *   block = arena.reallocate(block, 200, 1_000); // views of the old block end here
 *   arena.free(block, 1_000);
 * }
 * }</pre>
 *
 * <p>Frees are <em>sized</em>: the bytes must be those of the request, or of the last reallocation.
 * By default an arena is checked: misuse (wrong thread, double free, foreign or misaligned block,
 * wrong size, use after close) throws and changes nothing. {@link ArenaBuilder#checked
 * checked(false)} leaves that to callers with reference counts of their own; misuse is then
 * undefined, and can hand the same memory out twice, but cannot leave off-heap memory bounds. The
 * contents of a new block are undefined.
 *
 * @since 0.1.0
 */
public final class Arena implements AutoCloseable {
  /*
   * A request takes one of three ways, each with a guard of a comparison or two:
   *
   *   the shortcut      the wilderness is open: the next block is carved from it, the block that was
   *                     carved last is taken back; nobody else is asked
   *   the strategy      closes the wilderness, and finds or lists the block
   *   the careful way   checks, remote frees, huge blocks, exhaustion, a closed arena
   *
   * The field `shortcut` decides between the first and the others, so that the first way looks at
   * nothing else. It is either the strategy's wilderness, or noShortcut, a wilderness that serves
   * nothing and so sends every call the careful way. It is noShortcut while
   *   - every call is checked: for ever;
   *   - the arena is closed: for ever;
   *   - remote frees wait: until the owner drains them. Likewise if other arenas wait for memory,
   *     where the mark that says so is what the push is below.
   *
   * Assumed:
   *   1. The owner alone reads the field on the hot path, plainly.
   *   2. Another thread writes it only to noShortcut, and only after a push that found the inbox
   *      empty; with a volatile store after the push, which is volatile, too.
   *   3. The owner writes the wilderness back before it takes what is in the inbox, both volatile.
   *   4. Closing writes noShortcut and disables the wilderness for ever.
   * Then:
   *   a. No remote free is forgotten. If the owner's store came after the other thread's, so does
   *      its take, which finds the node. Else the other thread's store is the later one, and stays.
   *   b. The owner may take the shortcut some more times before it sees that something waits: those
   *      blocks are live in every figure until they are drained.
   *   c. The shortcut works on the open wilderness of an unchecked, open arena: whoever closes either
   *      is the owner, or acts for one that has ended. ShortcutStress has the interleavings.
   */

  /** What an arena is sure to get by default: its first chunk. */
  public static final long DEFAULT_FLOOR_BYTES = ChunkStore.CHUNK_UNIT_BYTES;

  @SuppressWarnings("UnnecessaryLambda") // one object, to compare with
  private static final Runnable NO_CACHE = () -> {};

  private static final VarHandle SHORTCUT;

  static {
    try {
      SHORTCUT = MethodHandles.lookup().findVarHandle(Arena.class, "shortcut", Wilderness.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final String strategyName;
  private final ArenaStatistics statistics;
  private final long floorBytes;
  private final ChunkAccount account;
  final Chunks chunks;
  private final Strategy strategy;
  final BlockRouter router;
  private final @Nullable Thread owner; // none of an arena that is used under a lock
  private final @Nullable HardenedStrategy hardened;
  final @Nullable BlockChecks checks;
  private final RemoteFreeInbox inbox;
  private final RemoteFrees remoteFrees;
  private Runnable cacheFlusher = NO_CACHE;

  /** The strategy's, which the arena closes before it asks the strategy anything. */
  private final Wilderness wilderness;

  private final Wilderness noShortcut;

  /** What serves a request that needs nothing else, or {@link #noShortcut}: see above. */
  private Wilderness shortcut;

  private final ArenaClock clock;
  private final GivingWay givingWay;
  private final ArenaEvents events;

  // Guards everything above once the arena is closed, and so has no owner any more.
  private final Object closedLock = new Object();
  private volatile boolean closed;
  private boolean isEnded; // all of close was done

  Arena(ArenaBuilder builder, ChunkAccount account, long floorBytes, Chunks chunks) {
    this.name = builder.name;
    this.floorBytes = floorBytes;
    this.account = account;
    this.chunks = chunks;
    this.statistics = chunks.statistics();
    this.owner = builder.errands == null ? Thread.currentThread() : null;
    this.clock = new ArenaClock(statistics);
    StrategyFactory factory = builder.strategy;
    this.strategyName = factory.name(); // asked for once: it is somebody else's code
    Strategy plain = GuardedStrategy.create(factory, chunks);
    Hardening hardening = builder.hardening;
    this.hardened = hardening.isOn() ? new HardenedStrategy(plain, chunks, hardening, name) : null;
    this.strategy = hardened == null ? plain : hardened; // which serves huge requests itself
    int most = hardened == null ? Blocks.MAX_STRATEGY_BYTES : Integer.MAX_VALUE;
    int maxStrategyBytes = Math.min(strategy.maxBytes(), most);
    boolean isTracking = hardened != null && hardening.isTracking();
    this.checks = builder.checked || isTracking ? new BlockChecks(chunks, hardened) : null;
    this.inbox = TracingInbox.ifTracking(hardened, hardening);
    this.remoteFrees = new RemoteFrees(inbox, statistics, chunks.supply);
    this.router = new BlockRouter(chunks, strategy, maxStrategyBytes);
    this.wilderness = router.wilderness();
    this.noShortcut = Wilderness.none(chunks);
    this.shortcut = checks != null ? noShortcut : wilderness;
    this.givingWay = new GivingWay(statistics, floorBytes, builder.wantedListener);
    account.onWanted(this::memoryIsWanted);
    this.events = new ArenaEvents(name, strategyName, statistics, chunks.supply);
    events.created();
  }

  /** {@return a builder with the defaults} */
  public static ArenaBuilder builder() {
    return new ArenaBuilder();
  }

  /** {@return the name that the arena was built with} */
  public String name() {
    return name;
  }

  /** {@return the name of the strategy, such as {@code "hybrid"}} Any thread. */
  public String strategy() {
    return strategyName;
  }

  /** {@return the thread that built the arena; {@code null} with {@link Errands}} Any thread. */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public @Nullable Thread owner() {
    return owner;
  }

  /** {@return the floor that the arena was built with, in bytes} Any thread. */
  public long floorBytes() {
    return floorBytes;
  }

  /** {@return the arena's figures, always the same object} Any thread. */
  public ArenaStatistics statistics() {
    return statistics;
  }

  /** {@return whether the arena was closed: {@code true} from {@link #close()} on} Any thread. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Hands out a block, aligned to 16 bytes.
   *
   * @param bytes 0 to 2<sup>31</sup> − 1; a zero-byte block, too, has an address of its own
   * @return the block, or {@link Blocks#NO_BLOCK} if the budget or the system refused the memory
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public long allocate(int bytes) {
    Wilderness wild = shortcut;
    int index = Blocks.sizeIndex(bytes);
    int sizeCount = SizeCounts.index(bytes);
    if (wild.canServe(index)) {
      ArenaStatistics account = statistics;
      int size = wild.sizeOf(index);
      account.occupied += size;
      account.shortcutAllocations++;
      account.requestedTotal += bytes;
      account.servedBySize[sizeCount]++;
      return wild.carveOpen(size);
    }
    if (wild.mayStrategyServe(bytes)) {
      long block;
      try {
        wild.close();
        block = strategy.allocate(bytes, Blocks.GRANULE_BYTES);
      } catch (Throwable e) {
        router.suspicion = e;
        shortcut = noShortcut;
        router.judge(e);
        throw e;
      }
      if (block != Blocks.NO_BLOCK) {
        ArenaStatistics account = statistics;
        account.allocations++;
        account.requestedTotal += bytes;
        account.servedBySize[sizeCount]++;
        return block;
      }
    }
    return allocate(bytes, Blocks.GRANULE_BYTES);
  }

  /**
   * Hands out an aligned block.
   *
   * @param bytes 0 to 2<sup>31</sup> − 1
   * @param alignment a power of two, 1 to 4096; anything below 16 counts as 16
   * @return the block, whose native address is a multiple of {@code alignment}, or {@link
   *     Blocks#NO_BLOCK} if the budget or the system refused the memory
   * @throws IllegalArgumentException if {@code bytes} is negative or {@code alignment} is not
   *     allowed
   */
  public long allocate(int bytes, int alignment) {
    requireUsable();
    Blocks.requireAllocatable(bytes, alignment);
    int sizeCount = SizeCounts.index(bytes);
    long block = allocateUncounted(bytes, alignment);
    if (block != Blocks.NO_BLOCK) {
      try {
        if (checks != null) {
          checks.allocated(block, bytes);
        }
      } catch (Throwable e) {
        router.suspicion = e; // it is handed out, and nobody has got it
        throw e;
      }
      statistics.hugeAllocations += bytes > router.maxStrategyBytes ? 1 : 0;
      statistics.allocations++; // last, and without a call: what is counted is handed out
      statistics.requestedTotal += bytes;
      statistics.servedBySize[sizeCount]++;
    }
    return block;
  }

  private long allocateUncounted(int bytes, int alignment) {
    if (!remoteFrees.seemsEmpty() || isShortcutOff()) {
      drainRemoteFrees();
    }
    if (givingWay.isAsked()) {
      trimUnderPressure(floorBytes);
    }
    long block = router.allocate(bytes, alignment);
    return block != Blocks.NO_BLOCK ? block : allocateAfterReclaiming(bytes, alignment);
  }

  private long allocateAfterReclaiming(int bytes, int alignment) {
    if (chunks.supply.isAwaited()) {
      return Blocks.NO_BLOCK; // to be fetched without the lock
    }
    drainRemoteFrees();
    cacheFlusher.run();
    router.trim();
    router.sweepIfDue();
    chunks.supply.forgetRefusal();
    long block = router.allocate(bytes, alignment);
    if (block == Blocks.NO_BLOCK) {
      chunks.supply.askOthers();
      statistics.refused(account.refusedBy());
      events.outOfMemory(bytes);
    }
    return block;
  }

  /**
   * Takes a block back. On a closed arena: any thread.
   *
   * @param block a live block of this arena
   * @param bytes the bytes it was requested with, or last reallocated to
   * @throws IllegalArgumentException if the arena is checked and the block is not live or of
   *     another size
   * @throws NotArenaOwnerException if the arena is checked and the caller does not own it
   */
  public void free(long block, int bytes) {
    // Plain reads: whoever frees on a closed arena closed it, has its lock, or is checked below.
    Wilderness wild = shortcut;
    int index = Blocks.sizeIndex(bytes);
    if (wild.isLast(block, index)) {
      ArenaStatistics account = statistics;
      account.notePeakUsed();
      account.occupied -= wild.sizeOf(index);
      wild.takeBack(block);
      account.shortcutFrees++;
      account.unrequestedTotal += bytes;
    } else if (wild.mayStrategyServe(bytes)) {
      ArenaStatistics account = statistics;
      account.frees++; // first: whatever happens now, the caller has done its part
      account.unrequestedTotal += bytes;
      try {
        wild.close();
        strategy.free(block, bytes);
      } catch (Throwable e) {
        router.suspicion = e;
        shortcut = noShortcut;
        if (!(e instanceof VirtualMachineError)) {
          router.judge(e);
          throw e;
        }
      }
    } else {
      freeCarefully(block, bytes);
    }
  }

  private void freeCarefully(long block, int bytes) {
    if (checks != null) {
      requireOwner();
    }
    if (closed) {
      freeAfterClose(block, bytes);
    } else if (chunks.supply.isBusy) {
      remoteFrees.putOff(new RemoteBlock(this, block, bytes)); // until the operation is over
      shortcut = noShortcut; // so that the owner looks
    } else {
      freeNow(block, bytes);
      if (router.suspicion != null) {
        try {
          giveBackIfUnused();
        } catch (VirtualMachineError e) {
          router.suspicion = e; // the block is free; who looks next gives back what this has not
        }
      }
    }
  }

  private void freeAfterClose(long block, int bytes) {
    synchronized (closedLock) {
      if (chunks.supply.isBusy) { // only now: before the lock it may be another thread that is
        remoteFrees.putOff(new RemoteBlock(this, block, bytes));
        return;
      }
      try {
        freeNow(block, bytes);
      } finally {
        try {
          router.trimAround(Blocks.chunk(block));
          remoteFrees.freeAll(); // what was put off
          giveBackIfUnused();
        } catch (VirtualMachineError e) {
          router.suspicion = e; // as above
        }
      }
    }
  }

  private void freeNow(long block, int bytes) {
    if (checks != null) {
      checks.requireLive(block, bytes);
      checks.freed(block);
    }
    statistics.frees++; // first: a hardened arena reports what it finds by throwing
    statistics.unrequestedTotal += bytes;
    if (router.suspicion != null) { // and no call from here on, for which there may be no stack
      return; // its chunks go back together, with the last of its blocks
    }
    try {
      router.free(block, bytes);
    } catch (Throwable e) {
      router.suspicion = e;
      shortcut = noShortcut;
      if (!(e instanceof VirtualMachineError)) {
        router.judge(e);
        throw e;
      }
    }
  }

  /** Frees a block that is counted as kept. */
  void freeKept(long block, int bytes) {
    if (isSuspect()) {
      return;
    }
    try {
      router.free(block, bytes);
    } catch (Throwable e) {
      router.suspicion = e;
      shortcut = noShortcut;
      if (!(e instanceof VirtualMachineError)) {
        router.judge(e);
        throw e;
      }
    }
  }

  // ---- operations that do not end ----

  /**
   * Tells whether an operation of this arena did not end: the stack or the heap was at its end in
   * the middle of it, or a strategy or a memory source failed where none may. Such an arena hands
   * out nothing more. Its live blocks stay valid and may be freed; its chunks go back with the last
   * of them, after which {@link #reset} makes it as good as new. Owner thread only.
   *
   * @return {@code true} if the arena should be closed, and another one used
   */
  public boolean isSuspect() {
    return router.suspicion != null;
  }

  /** {@return what has stopped the operation that did not end, if one did not} */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public @Nullable Throwable suspicion() {
    return router.suspicion;
  }

  /**
   * {@return whether an operation is under way and has called code of others} If that allocates,
   * resizes, trims, resets or closes here in turn, it gets an {@link IllegalStateException}; its
   * frees are put off. Owner thread only.
   */
  public boolean isBusy() {
    return chunks.supply.isBusy;
  }

  /**
   * Makes the arena suspect, for an owner that cannot say if one of its operations has ended.
   *
   * @param reason what has stopped the operation
   */
  public void suspect(Throwable reason) {
    router.suspicion = Require.nonNull(reason, "reason", "what has stopped an operation");
    shortcut = noShortcut;
  }

  /** Gives back every chunk of an arena that will not use them again, if no block is live. */
  private void giveBackIfUnused() {
    if ((isSuspect() || isEnded) && statistics.liveBlocks() == 0 && chunks.hasAny()) {
      try {
        if (!isEnded) {
          cacheFlusher.run();
        }
        chunks.clear();
      } catch (VirtualMachineError e) {
        router.suspicion = e; // whoever comes next goes on with it: trim, close, or another release
      }
    }
  }

  /**
   * Lets the owner keep blocks that it has released for its next requests. For owners that count
   * references themselves: on a checked or hardened arena nothing may be kept.
   *
   * @param flusher {@linkplain BlockCache#free frees} every kept block, and does nothing else. The
   *     arena runs it when it is trimmed, reset or closed, while {@link #tick} finds it busy, or
   *     when it could not serve a request otherwise: on its owner, or on the thread that closes it
   *     for an owner that has ended
   * @return the account of what is kept
   * @throws IllegalStateException if the arena has one already, or is closed
   */
  public BlockCache blockCache(Runnable flusher) {
    requireOwnerOfOpenArena();
    if (cacheFlusher != NO_CACHE) {
      throw new IllegalStateException(
          "arena '" + name + "' has a block cache already (expected: one for an arena)");
    }
    cacheFlusher = Require.nonNull(flusher, "flusher", "what frees the kept blocks");
    return new BlockCache(this, router, chunks.cacheLimit());
  }

  boolean canCache() {
    return checks == null && hardened == null && !closed;
  }

  /**
   * Changes the size of a block: in place where the strategy can, else by moving it. The first
   * {@code min(oldBytes, newBytes)} bytes of its contents stay.
   *
   * @param block a live block of this arena
   * @param oldBytes the bytes it was requested with, or last reallocated to
   * @param newBytes the bytes it shall have, 0 to 2<sup>31</sup> − 1
   * @return the block to use from now on, perhaps the same; or {@link Blocks#NO_BLOCK} if there is
   *     no memory, and then the old block is live and unchanged
   * @throws IllegalArgumentException as for {@link #free} and {@link #allocate(int)}
   */
  public long reallocate(long block, int oldBytes, int newBytes) {
    return reallocate(block, oldBytes, newBytes, Blocks.GRANULE_BYTES);
  }

  /**
   * {@link #reallocate(long, int, int)} for a block that was allocated with an alignment.
   *
   * @param block a live block of this arena
   * @param oldBytes the bytes it was requested with, or last reallocated to
   * @param newBytes the bytes it shall have, 0 to 2<sup>31</sup> − 1
   * @param alignment the alignment it was allocated with
   * @return the block to use from now on, or {@link Blocks#NO_BLOCK}
   * @throws IllegalArgumentException as for {@link #free} and {@link #allocate(int, int)}
   */
  public long reallocate(long block, int oldBytes, int newBytes, int alignment) {
    requireUsable();
    if (checks != null) {
      checks.requireLive(block, oldBytes);
    }
    Require.notNegative(newBytes, "newBytes");
    Blocks.requireAlignment(alignment);
    if (isSuspect()) {
      return Blocks.NO_BLOCK;
    }
    long result = router.resize(block, oldBytes, newBytes);
    boolean moves = result == Blocks.NO_BLOCK;
    if (moves) {
      result = allocateUncounted(newBytes, alignment);
      if (result == Blocks.NO_BLOCK) {
        return Blocks.NO_BLOCK;
      }
    }
    try {
      if (moves) {
        router.move(block, oldBytes, result, Math.min(oldBytes, newBytes));
      }
      if (checks != null) {
        checks.renamed(block, result, newBytes);
      }
    } catch (Throwable e) {
      // The old block is as it was: a suspect arena uses no memory for a second time.
      router.suspicion = e;
      shortcut = noShortcut;
      throw e;
    }
    statistics.reallocationsMoved += moves ? 1 : 0;
    statistics.reallocationsInPlace += moves || newBytes < oldBytes ? 0 : 1;
    statistics.reallocationsShrunk += moves || newBytes >= oldBytes ? 0 : 1;
    statistics.unrequestedTotal -= newBytes - oldBytes;
    return result;
  }

  /**
   * Returns the size of a live block: the request rounded up as the strategy does it. A
   * reallocation within it stays in place.
   *
   * @param block a live block of this arena
   * @param bytes the bytes it was requested with, or last reallocated to
   * @return bytes, at least {@code bytes}
   */
  public int sizeOf(long block, int bytes) {
    if (checks != null) {
      requireOwner();
      checks.requireLive(block, bytes);
    }
    return router.sizeOf(block, bytes);
  }

  /**
   * Returns a view of a block. It must not be used after the block was freed or reallocated.
   *
   * @param block a live block of this arena
   * @param bytes how many of its bytes to show, from its start; at most what was requested
   * @return a big-endian direct buffer with position 0 and limit {@code bytes}
   * @throws IllegalArgumentException if the arena is checked and the block is not live or smaller
   */
  public ByteBuffer view(long block, int bytes) {
    if (checks != null) {
      requireOwner();
      checks.requireLiveWithAtLeast(block, bytes);
    }
    return buffer(block).slice(Blocks.offset(block), bytes);
  }

  /**
   * Returns the whole chunk that a block lies in, where the block begins at {@link Blocks#offset}.
   * For callers that do their own bounds checks: everybody shares this buffer, so only its absolute
   * accessors may be used, and only within the block.
   *
   * @param block a live block of this arena
   * @return a big-endian direct buffer, the same for all blocks of the chunk
   */
  public ByteBuffer buffer(long block) {
    return chunks.buffer(Blocks.chunk(block));
  }

  /**
   * Returns the native address of a block.
   *
   * @param block a live block of this arena
   * @return the address, or 0 if the platform does not tell
   */
  public long address(long block) {
    long base = chunks.address(Blocks.chunk(block));
    return base == 0 ? 0 : base + Blocks.offset(block);
  }

  /**
   * Hands over a block that was released on a thread other than the owner. Any thread.
   *
   * @param block a live block of this arena, which nobody uses any more
   * @param bytes the bytes it was requested with, or last reallocated to
   * @return as {@link #remoteFree(RemoteFree)}
   */
  public boolean remoteFree(long block, int bytes) {
    return remoteFree(new RemoteBlock(this, block, bytes));
  }

  /**
   * Hands over something that was released on a thread other than the owner, which frees it the
   * next time it allocates, trims or drains. On a closed arena it is freed at once. Any thread;
   * takes no lock and creates no garbage while the arena is open.
   *
   * @param released what to free
   * @return {@code true} if nothing else was waiting: an owner that may stay idle needs a wake-up
   */
  public boolean remoteFree(RemoteFree released) {
    RemoteFreeInbox.Push push = inbox.push(released);
    if (push == RemoteFreeInbox.Push.CLOSED) {
      released.setNextRemoteFree(null); // a push that failed may have set it
      synchronized (closedLock) {
        remoteFrees.free(released);
      }
      return false;
    }
    boolean isFirst = push == RemoteFreeInbox.Push.FIRST;
    if (isFirst) {
      try {
        SHORTCUT.setVolatile(this, noShortcut);
      } catch (VirtualMachineError e) { // it is handed over, and the caller must hear of that
        shortcut = noShortcut; // seen some time; who is careful looks at the inbox anyway
      }
    }
    return isFirst;
  }

  /**
   * {@return how many remote frees wait for the owner, about, up to a limit} Any thread.
   *
   * @param limit the highest answer
   */
  public int waitingRemoteFrees(int limit) {
    return inbox.count(limit);
  }

  /**
   * Frees what other threads have handed over.
   *
   * @return how many remote frees there were
   */
  public int drainRemoteFrees() {
    chunks.supply.requireIdle();
    if (checks != null) {
      requireOwner();
    }
    if (isShortcutOff() && !remoteFrees.isFreeing()) {
      // First, or it undoes what others do who find the inbox empty. All accesses are volatile.
      SHORTCUT.setVolatile(this, wilderness);
    }
    return remoteFrees.freeAll();
  }

  private boolean isShortcutOff() {
    return shortcut == noShortcut && checks == null && !closed && !isSuspect();
  }

  /** {@return the bytes given back} As {@link #trim(long)} with 0. */
  public long trim() {
    return trim(0);
  }

  /**
   * {@return the bytes given back} As {@link #trim(long)}, counted as made for want of memory.
   *
   * @param targetBytes as there
   */
  public long trimUnderPressure(long targetBytes) {
    return trim(targetBytes, TrimTrigger.PRESSURE);
  }

  /**
   * Frees what other threads have handed over and gives empty chunks back to the chunk store, until
   * at most a given amount is reserved or no chunk is empty. If nothing is to stay, free pages of
   * chunks that are at most half used go back to the system, too, where the source has pages.
   *
   * @param targetBytes how many bytes may stay reserved, at least 0
   * @return the bytes given back, also of chunks that were emptied by what was handed over
   * @throws IllegalArgumentException if {@code targetBytes} is negative
   */
  public long trim(long targetBytes) {
    return trim(targetBytes, givingWay.isAsked() ? TrimTrigger.PRESSURE : TrimTrigger.MANUAL);
  }

  private long trim(long targetBytes, TrimTrigger trigger) {
    requireUsable();
    Require.notNegative(targetBytes, "targetBytes");
    long before = statistics.committedBytes();
    givingWay.begin();
    drainRemoteFrees();
    if (targetBytes == 0 || statistics.reserved > targetBytes) {
      chunks.trimTargetBytes = targetBytes;
      try {
        cacheFlusher.run();
        router.trimAll(targetBytes);
        giveBackIfUnused();
      } finally {
        chunks.trimTargetBytes = 0;
      }
    }
    long givenBack = before - statistics.committedBytes();
    statistics.trimmed(trigger, 1, givenBack);
    events.trimmed(givenBack);
    return givenBack;
  }

  /**
   * Lets time pass: the one clock by which memory goes back. It frees what other threads have
   * handed over. If nothing was allocated since the last call, it gives back all that is empty,
   * below its floor too. Else it gives back what has been empty for the decay time (under pressure,
   * or if another arena waits for memory, all that is empty above the floor), and frees what the
   * owner keeps for its next requests. Free pages of chunks that a few blocks pin go in both cases,
   * if the source has pages. The chunk store gives back what was kept for long enough; all of it if
   * nobody has allocated for seven tenths of the decay time, and nobody else looks after it.
   *
   * <p>To be called once a second or so, and only while it answers {@code true}: then there is
   * nothing to do until the arena takes a chunk ({@link ArenaBuilder#onGrowth}), the owner frees
   * blocks, or another thread does ({@link #remoteFree} tells). Without a clock: at any time.
   *
   * @param nowNanos the present {@link System#nanoTime()}
   * @return whether to call again: since the last call something was handed over, or was allocated
   *     and more than the floor is reserved; or it has looked at only a part of what is free; or
   *     nobody else looks after what the store keeps
   */
  public boolean tick(long nowNanos) {
    requireUsable();
    drainRemoteFrees();
    clock.tick(nowNanos);
    TrimTrigger trigger = clock.trigger(givingWay.isAsked() || account.isUnderPressure());
    if (trigger == TrimTrigger.DECAY) {
      cacheFlusher.run();
    } else {
      trim(clock.isSilent() ? 0 : floorBytes, trigger);
    }
    router.tick(nowNanos, account.decayNanos(), account.isUnderPressure(), trigger, checks);
    boolean isInUse = !clock.isSilent() && statistics.reserved > floorBytes;
    boolean goesOn = clock.hadRemoteFrees() || isInUse || router.isLooking();
    return chunks.supply.tick(nowNanos, clock.silentNanos(nowNanos), goesOn);
  }

  /** {@return whether nothing was allocated between the last two calls of {@link #tick}} */
  public boolean isSilent() {
    return clock.isSilent();
  }

  /** Another arena on the budget was refused memory. Any thread. */
  private void memoryIsWanted() {
    if (givingWay.ask()) {
      SHORTCUT.setVolatile(this, noShortcut);
    }
    givingWay.tellOwner();
  }

  /** {@return who refused the last request that failed; {@code null} if the arena itself did} */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public @Nullable Refusal refusedBy() {
    return account.refusedBy();
  }

  /**
   * Shows where the arena's bytes are, chunk by chunk. Takes time in the number of free blocks,
   * about a millisecond for 100,000, and touches none of the memory itself.
   *
   * @return a snapshot
   */
  public FragmentationMap fragmentation() {
    return fragmentation(System.nanoTime());
  }

  FragmentationMap fragmentation(long nowNanos) {
    requireUsable();
    return FragmentationMapper.map(chunks, !isSuspect() ? strategy : null, nowNanos);
  }

  /**
   * Frees every live block at once, remote frees on their way included, and gives all chunks back.
   * Nothing that refers to a block may be used afterwards.
   */
  public void reset() {
    requireUsable();
    cacheFlusher.run();
    router.reset(); // first: a hardened one may refuse
    if (checks != null) {
      checks.clear();
    }
    remoteFrees.forget();
    chunks.clear();
    statistics.unrequestedTotal = statistics.requestedTotal;
    statistics.frees = statistics.allocations() - statistics.shortcutFrees;
  }

  /**
   * Closes the arena: it hands out no more blocks, its floor is promised to it no more, and its
   * chunks go back to the chunk store, each as soon as its last block is freed. Live blocks stay
   * valid; they may now be freed by any thread. The owner must be the caller, or must have ended.
   * Closing twice does nothing.
   *
   * @throws NotArenaOwnerException if another thread owns the arena and is still alive
   */
  @Override
  public void close() {
    // A thread seen to have ended has left everything it wrote visible to whoever saw it.
    if (!closed && owner != null && owner.isAlive()) {
      requireOwner();
    }
    closeForOwner();
  }

  /**
   * Closes the arena in place of an owner that lives. Any thread; it must be sure, unchecked, that
   * the owner is done with the arena, and that it sees all that the owner has done.
   */
  public void closeForOwner() {
    synchronized (closedLock) {
      chunks.supply.requireIdle();
      if (isEnded) {
        remoteFrees.freeAll(); // what could not be freed before
        giveBackIfUnused();
        return;
      }
      closed = true;
      SHORTCUT.setVolatile(this, noShortcut);
      account.close();
      end();
    }
  }

  /** The rest of closing; what the stack or the heap is too small for is done by the next close. */
  private void end() {
    try {
      Steps.runAll(
          () -> chunks.cacheLimit().allow(false),
          cacheFlusher,
          remoteFrees::close,
          router::closed,
          remoteFrees::freeAll, // what was put off
          () -> isEnded = true);
    } finally {
      if (isEnded) {
        giveBackIfUnused();
        events.retired();
      }
    }
  }

  /**
   * Looks for memory violations in all live and all quarantined blocks, if the arena is {@linkplain
   * Hardening hardened}; does nothing else. Takes time in proportion to them.
   *
   * @throws MemoryViolationException if there are any, and the hardening names nobody to tell
   */
  public void verify() {
    requireUsable();
    if (hardened != null && !isSuspect()) {
      hardened.verify();
    }
  }

  /** Whoever calls back in the middle of an operation is refused; others if calls are checked. */
  void requireUsable() {
    chunks.supply.requireIdle();
    if (checks != null) {
      requireOwnerOfOpenArena();
    }
  }

  private void requireOwnerOfOpenArena() {
    if (closed) {
      throw new IllegalStateException(
          "arena '" + name + "' is closed (expected: an open arena; only free is still possible)");
    }
    requireOwner();
  }

  private void requireOwner() {
    if (owner != null && Thread.currentThread() != owner && !closed) {
      throw new NotArenaOwnerException(name, owner, Thread.currentThread());
    }
  }

  @Override
  public String toString() {
    String ownerName = owner == null ? "none" : owner.getName();
    return "Arena(" + name + ", " + strategy() + ", owner: " + ownerName + ')';
  }
}
