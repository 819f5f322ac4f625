package io.github.litealloc.netty;

import io.github.litealloc.BlockCache;
import io.github.litealloc.BlockShelf;
import io.github.litealloc.Blocks;
import io.github.litealloc.internal.Failures;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buffer objects of one arena, for reuse: idle ones, and cached ones, which keep their blocks
 * for the next request of the same size. Most of what an event loop releases it soon asks for
 * again, and then nothing need be found, nor any memory looked at that is not in the processor's
 * cache. Owner thread only, except where a method says otherwise.
 */
final class BufferPool {
  /*
   * Buffers are named by their numbers: the pool is made of ints and a table that changes only when
   * it grows. A stack of references would store an old object into an old array with every release,
   * and each such store is a card mark for the garbage collector. The cached ones are lists, each
   * buffer naming the next: a chain of few loads, which is what reusing one costs.
   *
   * The table must not keep a buffer that the leak detector tracks alive, or its leak would never
   * show. Such a buffer is not listed while it is out, and neither is a sampled one; what stands for
   * it refers to it weakly.
   *
   * Idle buffers are a stack, so those that nobody needs are its lower part, and what was not taken
   * from one tick to the next goes, half of the stack at a time; all of it if nothing was. Then the
   * others get new numbers, or one survivor would keep a table as long as the burst. Numbers are the
   * owner's; other threads walk over tables that belong together (Listed), older ones perhaps.
   */

  private static final VarHandle TAKEABLE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAKEABLE = lookup.findVarHandle(BufferPool.class, "takeable", BlockShelf[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int INITIAL_CAPACITY = 16;

  /** So many idle buffers stay, whoever needs them. */
  private static final int KEPT_IDLE = INITIAL_CAPACITY;

  /** What is dropped together must be one in so many of all, for all of them are looked at. */
  private static final int SHARE_TO_DROP = 4;

  /** In place of the time of its allocation: an idle buffer that nobody has taken since. */
  private static final long UNTOUCHED = Long.MIN_VALUE;

  /** Up to 16 KiB and what surrounds it. Finding a larger block costs little beside using it. */
  private static final int MAX_CACHED_BYTES = 20 * 1024;

  /** How often the cache may be found full before it is emptied for what is released now. */
  private static final int MAX_REFUSALS = 64;

  private static final int GRANULE_SHIFT = Integer.numberOfTrailingZeros(Blocks.GRANULE_BYTES);

  private final BufferArena owner;
  private final BlockCache blocks;

  private @Nullable LiteByteBuf[] buffers = new @Nullable LiteByteBuf[INITIAL_CAPACITY];
  private int[] idle = new int[INITIAL_CAPACITY];
  private int idleCount;
  private int created;

  /** How many numbers nobody has any more, after the end. */
  private int forgotten;

  /** How many of the oldest idle buffers nobody has taken, if the last of them is so marked. */
  private int untouched;

  /** By the granules of a request: where its block is kept, or {@link #nowhere}. */
  private final BlockShelf[] shelfOf;

  /** All of them, the smallest blocks first. */
  private final List<BlockShelf> shelves = new ArrayList<>();

  /** Where nothing is: for requests whose blocks must not be cached. */
  private final BlockShelf nowhere;

  /** Finds nothing cached, because there is something new to know. */
  private static final BlockShelf[] BYPASS = {};

  /** Finds nothing cached, because each allocation is to be counted. */
  private static final BlockShelf[] COUNTED = {};

  /**
   * What {@link #takeCached} looks at: the above; or {@link #BYPASS} until the owner has noticed
   * that there is something new to know, or {@link #COUNTED}, both of which cost nothing while
   * there is no need for them.
   *
   * <p>Written by any thread, and read plainly: between two allocations the owner has counted
   * references atomically, so the compiler cannot hold on to an old value.
   */
  private BlockShelf[] takeable = BYPASS;

  private int refusals;

  private final HeapBufferPool heapBuffers;

  private WeaklyHeldBuffers weaklyHeld = new WeaklyHeldBuffers();

  /** What other threads see. */
  private volatile Listed listed = new Listed(buffers, weaklyHeld);

  /**
   * All buffers that are out, and others, by number.
   *
   * @param buffers those that are not held weakly
   * @param weaklyHeld the others
   */
  record Listed(@Nullable LiteByteBuf[] buffers, WeaklyHeldBuffers weaklyHeld) {}

  BufferPool(BufferArena owner, BlockCache blocks) {
    this.owner = owner;
    this.blocks = blocks;
    this.heapBuffers = new HeapBufferPool(owner.owner().thread());
    this.nowhere = blocks.newShelf(0);
    boolean canCache = blocks.blockBytes(0) != 0;
    this.shelfOf = new BlockShelf[canCache ? granules(MAX_CACHED_BYTES) + 1 : 0];
    putUpShelves();
  }

  private void putUpShelves() {
    @Nullable BlockShelf[] bySize = new @Nullable BlockShelf[granules(MAX_CACHED_BYTES) + 1];
    bySize[0] = nowhere;
    for (int granules = 0; granules < shelfOf.length; granules++) {
      int bytes = blocks.blockBytes(granules << GRANULE_SHIFT);
      int size = bytes <= MAX_CACHED_BYTES ? granules(bytes) : 0;
      BlockShelf shelf = bySize[size];
      if (shelf == null) {
        shelf = blocks.newShelf(size << GRANULE_SHIFT);
        shelves.add(shelf);
        bySize[size] = shelf;
      }
      shelfOf[granules] = shelf;
    }
  }

  private static int granules(int bytes) {
    return (bytes + Blocks.GRANULE_BYTES - 1) >>> GRANULE_SHIFT;
  }

  // ---- cached buffers ----

  /** Takes a buffer whose block fits, or {@code null}. */
  @Nullable LiteByteBuf takeCached(int bytes) {
    return takeCached(bytes, takeable);
  }

  /** The same while each allocation is counted, by whoever counts. */
  @Nullable LiteByteBuf takeCachedAndCounted(int bytes) {
    return takeable == COUNTED ? takeCached(bytes, shelfOf) : null;
  }

  private @Nullable LiteByteBuf takeCached(int bytes, BlockShelf[] table) {
    int requested = granules(bytes);
    if (requested >= table.length) {
      return null;
    }
    BlockShelf shelf = table[requested];
    int number = shelf.last;
    if (number == BlockShelf.NONE) {
      return null;
    }
    LiteByteBuf buffer = buffers[number];
    blocks.reuse(shelf, buffer.nextCached(), bytes); // the last call: what is reused is handed out
    return buffer;
  }

  /** Has {@link #takeCached} find nothing. Any thread. */
  void bypass() {
    TAKEABLE.setVolatile(this, BYPASS);
  }

  /**
   * @param isCounted whether {@link #takeCached} must go on to find nothing, so that whoever counts
   *     the allocations sees all of them
   */
  void stopBypass(boolean isCounted) {
    TAKEABLE.setVolatile(this, isCounted ? COUNTED : shelfOf);
  }

  boolean isBypassed() {
    return takeable == BYPASS;
  }

  /**
   * Caches a released buffer, if it may be.
   *
   * @return {@code false} if its block must be freed
   */
  boolean cache(LiteByteBuf buffer) {
    BlockShelf shelf = buffer.shelf();
    return shelf != null && cache(buffer, shelf);
  }

  private boolean cache(LiteByteBuf buffer, BlockShelf shelf) {
    buffer.nextCached(shelf.last);
    return blocks.keep(shelf, buffer.number(), buffer.blockBytes()) || refused(buffer);
  }

  private boolean refused(LiteByteBuf buffer) {
    if (++refusals >= MAX_REFUSALS && !owner.arena().isBusy()) {
      refusals = 0;
      try {
        flush();
      } catch (VirtualMachineError e) {
        throw e; // it is to be released again
      } catch (Throwable e) {
        buffer.free(); // or the report on others would lose it
        throw e;
      }
    }
    return false;
  }

  /** Frees the blocks of all cached buffers; what one of them reports is thrown at the end. */
  void flush() {
    Throwable report = null;
    for (BlockShelf shelf : shelves) {
      for (int number = shelf.last; number != BlockShelf.NONE; number = shelf.last) {
        LiteByteBuf buffer = buffers[number];
        shelf.last = buffer.nextCached(); // first: what is called may come back here
        try {
          blocks.free(buffer.block(), shelf.blockBytes(), buffer.blockBytes());
        } catch (VirtualMachineError e) {
          buffer.nextCached = shelf.last; // without a call: it is still cached
          shelf.last = number;
          throw e;
        } catch (Throwable e) {
          report = e;
        }
        idle[idleCount++] = number;
      }
    }
    Failures.throwIfAny(report);
  }

  /** Is told of each kept buffer, and of the size of its block. */
  interface CachedVisitor {
    void cached(LiteByteBuf buffer, int blockBytes);
  }

  /**
   * Tells of the buffers that are kept with their blocks.
   *
   * @param most of how many at most
   * @return of how many more it would have told; less than 0 if there are more than that
   */
  int visitCached(int most, CachedVisitor visitor) {
    int left = most;
    for (BlockShelf shelf : shelves) {
      for (int number = shelf.last; number != BlockShelf.NONE; left--) {
        if (left == 0) {
          return -1;
        }
        LiteByteBuf buffer = buffers[number];
        visitor.cached(buffer, shelf.blockBytes());
        number = buffer.nextCached();
      }
    }
    return left;
  }

  /** Where a buffer may be cached with its block, if it may. */
  @Nullable BlockShelf shelfFor(LiteByteBuf buffer) {
    int requested = granules(buffer.blockBytes());
    boolean isUsual = requested < shelfOf.length && Blocks.slackBytes(buffer.block()) == 0;
    BlockShelf shelf = isUsual && isListed(buffer) ? shelfOf[requested] : nowhere;
    return shelf != nowhere ? shelf : null;
  }

  // ---- idle buffers ----

  /** Takes a buffer that has no block. */
  LiteByteBuf takeIdle() {
    LiteByteBuf buffer = idleCount > 0 ? buffers[idle[--idleCount]] : null;
    return buffer != null ? buffer : newBuffer();
  }

  private LiteByteBuf newBuffer() {
    if (created == buffers.length) {
      CoarseClock.step();
      int[] longerIdle = Arrays.copyOf(idle, created * 2);
      @Nullable LiteByteBuf[] longer = Arrays.copyOf(buffers, created * 2);
      Listed longerListed = new Listed(longer, weaklyHeld);
      idle = longerIdle; // without a call, as everywhere where tables change
      buffers = longer;
      listed = longerListed;
    }
    LiteByteBuf buffer =
        owner.home().hardening().isOn()
            ? LiteByteBuf.Hardened.create(owner, created)
            : new LiteByteBuf(owner, created);
    buffers[created++] = buffer;
    return buffer;
  }

  /** Takes back a buffer that has no block. */
  void putIdle(LiteByteBuf buffer) {
    list(buffer);
    int number = buffer.number();
    idle[idleCount++] = number; // without a call: all of it or nothing
  }

  /**
   * Lets time pass: lets go of idle buffers that were not needed since the last time. Outside of
   * operations.
   *
   * @param isSilent whether none was, and the next time may be far
   * @return whether there may be more of them
   */
  boolean tick(boolean isSilent) {
    if (isSilent) {
      trim();
      return false;
    }
    LiteByteBuf last = lastIdleOf(untouched);
    if (last != null && last.allocatedNanos == UNTOUCHED) {
      drop(untouched);
    }
    untouched = (idleCount + 1) / 2;
    last = lastIdleOf(untouched);
    if (last != null) {
      last.allocatedNanos = UNTOUCHED;
    }
    return hasManyIdle();
  }

  /** The youngest of so many of the oldest idle buffers, if there are so many. */
  private @Nullable LiteByteBuf lastIdleOf(int count) {
    return count > 0 && count <= idleCount ? buffers[idle[count - 1]] : null;
  }

  /** Lets go of idle buffers, and the memory that others have been in. Outside of operations. */
  void trim() {
    heapBuffers.trim();
    drop(idleCount);
    for (int i = 0; i < Math.min(idleCount, KEPT_IDLE); i++) {
      LiteByteBuf buffer = buffers[idle[i]];
      if (buffer != null) {
        buffer.memory = LiteByteBuf.NO_MEMORY; // which the collector may be waiting for
        buffer.memoryAddress = 0;
        buffer.view = null;
      }
    }
  }

  /** Forgets the oldest idle buffers, but for some, if they are worth it. */
  private void drop(int unneeded) {
    int dropped = Math.min(unneeded, idleCount - KEPT_IDLE);
    if (dropped <= 0 || dropped < created / SHARE_TO_DROP) {
      return;
    }
    flush(); // so that no list of cached ones names any
    renumberWithout(dropped);
  }

  private void renumberWithout(int dropped) {
    FewerBuffers fewer;
    Listed fewerListed;
    try {
      fewer =
          new FewerBuffers(
              buffers, created, weaklyHeld, idle, idleCount, dropped, INITIAL_CAPACITY);
      fewerListed = new Listed(fewer.buffers, fewer.weaklyHeld);
      fewer.renumber(); // the last call
    } catch (VirtualMachineError e) {
      return; // nothing has changed, and there is a next time
    }
    buffers = fewer.buffers;
    weaklyHeld = fewer.weaklyHeld;
    idle = fewer.idle;
    idleCount -= dropped;
    untouched = 0;
    created = fewer.count;
    forgotten = 0;
    listed = fewerListed;
  }

  /** The owner's idle heap buffers, which are none of the arena's. */
  HeapBufferPool heapBuffers() {
    return heapBuffers;
  }

  // ---- after the end, when no buffer is used again ----

  /** Forgets all idle buffers. Nothing is cached any more. */
  void forgetIdle() {
    forgotten += idleCount;
    while (idleCount > 0) {
      buffers[idle[--idleCount]] = null;
    }
    shrinkAfterEnd();
  }

  /** Forgets a buffer that has no block. One thread at a time. */
  void forget(LiteByteBuf buffer) {
    list(buffer);
    int number = buffer.number();
    buffers[number] = null; // without a call, as above
    forgotten++;
    shrinkAfterEnd();
  }

  private void shrinkAfterEnd() {
    if (forgotten > created / 2 && created > INITIAL_CAPACITY) {
      renumberWithout(0);
    }
  }

  // ---- buffers that are held weakly while they are out ----

  /** Lets the garbage collector, and so the leak detector, see when a buffer is forgotten. */
  void holdWeakly(LiteByteBuf buffer, WeaklyHeldBuffer how) {
    buffer.weaklyHeld(how);
    weaklyHeld.put(buffer.number(), how);
    buffers[buffer.number()] = null;
  }

  /** A buffer was released that had been released before. Any thread. */
  void releasedTwice() {
    blocks.releasedTwice();
  }

  /** Whether time makes a difference to it. */
  boolean hasManyIdle() {
    return idleCount > KEPT_IDLE;
  }

  boolean isListed(LiteByteBuf buffer) {
    // After the end others may give it a new number just now; then the answer does not matter.
    @Nullable LiteByteBuf[] table = buffers;
    int number = buffer.number();
    return number < table.length && table[number] != null;
  }

  /** Lists a buffer that is not out any more. */
  void list(LiteByteBuf buffer) {
    int number = buffer.number();
    if (buffers[number] == null || buffer.isWeaklyHeld()) {
      buffers[number] = buffer;
      weaklyHeld.remove(number);
      buffer.weaklyHeld(null);
    }
  }

  /** Any thread. */
  Listed listed() {
    return listed;
  }

  /**
   * The tables of a pool without some of its idle buffers: the others have new numbers, without
   * gaps. Made first, which may fail; then, by {@link #renumber}, which cannot, put to use.
   */
  private static final class FewerBuffers {

    private static final int NO_NUMBER = -1;

    /** By new numbers: the buffers that the table lists. */
    final @Nullable LiteByteBuf[] buffers;

    /** By new numbers. */
    final WeaklyHeldBuffers weaklyHeld;

    /** The new numbers of those idle buffers that stay, the oldest first. */
    final int[] idle;

    /** How many buffers stay. */
    final int count;

    /** By new numbers: all that stay, those included that are held weakly. */
    private final @Nullable LiteByteBuf[] present;

    /**
     * @param buffers the present table
     * @param created how many numbers are given, some of them perhaps to nobody any more
     * @param weaklyHeld those that are not in the table, because they are held weakly
     * @param idle the numbers of idle buffers, the oldest first
     * @param idleCount how many these are
     * @param dropped how many of the oldest shall go
     * @param leastCapacity how long the tables shall be at least
     */
    FewerBuffers(
        @Nullable LiteByteBuf[] buffers,
        int created,
        WeaklyHeldBuffers weaklyHeld,
        int[] idle,
        int idleCount,
        int dropped,
        int leastCapacity) {
      int[] newNumbers = new int[created];
      for (int i = 0; i < dropped; i++) {
        newNumbers[idle[i]] = NO_NUMBER;
      }
      int stay = 0;
      boolean areHeldWeakly = false;
      for (int number = 0; number < created; number++) {
        boolean isHeldWeakly = weaklyHeld.get(number) != null;
        if (newNumbers[number] != NO_NUMBER && (buffers[number] != null || isHeldWeakly)) {
          newNumbers[number] = stay++;
          areHeldWeakly |= isHeldWeakly;
        } else {
          newNumbers[number] = NO_NUMBER;
        }
      }
      int capacity = Math.max(leastCapacity, stay);
      this.count = stay;
      this.buffers = new @Nullable LiteByteBuf[capacity];
      this.present = new @Nullable LiteByteBuf[capacity];
      this.idle = new int[capacity];
      @Nullable WeaklyHeldBuffer[] weak =
          new @Nullable WeaklyHeldBuffer[areHeldWeakly ? capacity : 0];
      this.weaklyHeld = new WeaklyHeldBuffers(weak);
      for (int number = 0; number < created; number++) {
        int newNumber = newNumbers[number];
        if (newNumber != NO_NUMBER) {
          LiteByteBuf buffer = buffers[number];
          WeaklyHeldBuffer outside = weaklyHeld.get(number);
          this.buffers[newNumber] = buffer;
          if (outside != null) {
            weak[newNumber] = outside;
          }
          // If it was collected, nobody has it, and nothing asks for its number.
          present[newNumber] =
              buffer != null || outside == null ? buffer : (LiteByteBuf) outside.get();
        }
      }
      for (int i = dropped; i < idleCount; i++) {
        this.idle[i - dropped] = newNumbers[idle[i]];
      }
    }

    /** Tells the buffers their new numbers. Without a call: there may be no stack for one. */
    void renumber() {
      for (int number = 0; number < count; number++) {
        LiteByteBuf buffer = present[number];
        if (buffer != null) {
          buffer.number = number;
        }
      }
    }
  }
}
