package io.github.litealloc.netty;

import io.github.litealloc.ArenaFigure;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.Subscription;
import io.netty.buffer.ByteBufAllocatorMetric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one allocator, for any thread to read at any time without slowing an event loop.
 * Sizes are in bytes.
 *
 * <p>Sums over the arenas that exist now, be they open or waiting for their last buffer, are {@link
 * #reservedBytes}, {@link #pinnedBytes}, {@link #usedBytes}, {@link #requestedBytes} and {@link
 * #liveBuffers}: they fall to 0 when all arenas are gone. What those have counted that are gone is
 * in {@link #closedArenas}. {@link #fallbacks}, {@link #fallbackBytes} and {@link #failures} are no
 * sums of arenas' figures: the allocator itself has counted them since it was made, and counts
 * {@link #elsewhereBytes} and {@link #heapBytes}, which are outside of the arenas. {@link
 * #usedHeapMemory} is another allocator's figure, and {@link #budget} may be charged by others too.
 *
 * @since 0.1.0
 */
public final class LiteAllocatorMetric implements ByteBufAllocatorMetric {

  private final AllocatorNames.AllocatorName takenName;
  private final Supplier<String> strategy;
  private final ChunkStore store;
  private final ArenaRegistry arenas;
  private final FallbackCounters fallbacks;
  private final Fallbacks others;
  private final BooleanSupplier passThrough;

  LiteAllocatorMetric(
      AllocatorNames.AllocatorName takenName,
      Supplier<String> strategy,
      ChunkStore store,
      ArenaRegistry arenas,
      Fallbacks others,
      BooleanSupplier passThrough) {
    this.takenName = takenName;
    this.strategy = strategy;
    this.store = store;
    this.arenas = arenas;
    this.fallbacks = others.counters();
    this.others = others;
    this.passThrough = passThrough;
  }

  /** {@return the allocator's name, which no other allocator of the process has} */
  public String name() {
    return takenName.text();
  }

  /**
   * Keeps the name from other allocators, for whoever shows figures under it, even after this one
   * is closed and has no live buffer. Any thread.
   *
   * @return lets go of the name when closed
   */
  public Subscription keepName() {
    return takenName.hold();
  }

  /**
   * {@return where the arenas' chunks come from: {@code "range"}, addresses that are reserved once
   * ({@link io.github.litealloc.memory.MemorySource#range}), {@code "netty"} or {@code "jdk"}}
   */
  public String memorySource() {
    return store.sourceName();
  }

  /**
   * {@return the name of the allocation strategy that arenas are made with now, such as {@code
   * "hybrid"}}
   */
  public String strategy() {
    return strategy.get();
  }

  /**
   * {@return the budget that the allocator's chunks are charged to, perhaps with those of others}
   */
  public MemoryBudget budget() {
    return store.budget();
  }

  /** {@return the arenas that exist now: a snapshot of the list, whose figures go on changing} */
  public List<ArenaMetric> arenas() {
    return arenas.metrics();
  }

  /** {@return what arenas that are gone have counted, in a snapshot} */
  public ArenaTotals closedArenas() {
    return arenas.closedTotals();
  }

  /**
   * Has a callback run after every change to {@link #arenas()}, on the thread that changed it:
   * often an event loop, so it must be quick. Any thread.
   *
   * @param listener what to run
   * @return takes the listener out again when closed
   */
  public Subscription addArenaListener(Runnable listener) {
    return arenas.addListener(listener);
  }

  /**
   * {@return how many requests others have served since this allocator was made} Not those that
   * they have refused; these are {@link #failures()}.
   *
   * @param reason why
   */
  public long fallbacks(FallbackReason reason) {
    return fallbacks.requests(reason);
  }

  /**
   * {@return how many bytes those have asked for that others have served since this allocator was
   * made}
   *
   * @param reason why
   */
  public long fallbackBytes(FallbackReason reason) {
    return fallbacks.bytes(reason);
  }

  /**
   * {@return how many requests threw since the allocator was made} A request that an arena could
   * not serve and another allocator could is none; {@link
   * io.github.litealloc.ArenaStatistics#failures} counts it.
   */
  public long failures() {
    return fallbacks.failures();
  }

  /**
   * {@return how many of the {@link #failures()} had one reason}
   *
   * @param reason why nobody served them
   */
  public long failures(FailureReason reason) {
    return fallbacks.failures(reason);
  }

  /**
   * {@return how often a thread without an arena of its own found a shared one taken, and went on
   * to another one}
   */
  public long lockMeetings() {
    return arenas.lockWaits().meetings();
  }

  /** {@return how often such a thread had to wait, because all of them were taken} */
  public long lockWaits() {
    return arenas.lockWaits().waits();
  }

  /** {@return the nanoseconds for which such threads have waited} */
  public long lockWaitNanos() {
    return arenas.lockWaits().nanos();
  }

  /**
   * Looks at the sizes and ages of all live buffers of the arenas, and at what waits for their
   * owners. Any thread; stops nobody. Takes the caller some 10 ns for each buffer; an owner that
   * changes one of them just then may find it missing in its processor's cache, so this is for now
   * and then.
   *
   * @return a snapshot
   */
  public LiveBuffers lookAtLiveBuffers() {
    return LiveBuffersWalk.look(arenas.all());
  }

  /**
   * Asks for a map of an arena's memory. Any thread; waits for nobody. Whoever owns the arena draws
   * it: its event loop when it comes to that, or, of an arena that threads share, a thread of the
   * JDK's common pool. They draw it in short pieces of at most 2,000 steps, with two milliseconds
   * between them: nobody who uses the arena waits for more than a piece, but for a strategy that is
   * not one of ours, which tells of all its free memory at once. What changes meanwhile is in the
   * map as it was before, or as it is after; what moves may be missing. An arena is drawn once at a
   * time: whoever asks meanwhile gets the map that is being drawn. Whoever asks must not do so all
   * the time.
   *
   * @param eventLoop the name of the event loop's thread, or of an arena that threads share, as
   *     {@link ArenaMetric#eventLoop} has it
   * @param answer gets the map, where that was drawn; must be quick. It gets {@code null} if there
   *     is none to be had just then: because the arena is closed, or in the middle of an operation
   *     when its loop comes to it, or drawing has failed, which the log tells. Not called if the
   *     loop ends before that
   * @return {@code false} if no open arena has that name, or its owner takes no tasks: a thread
   *     with an arena of its own, but without an event loop, cannot be asked
   */
  @SuppressWarnings("exports") // whoever lacks the annotation loses nothing
  public boolean askForMap(String eventLoop, Consumer<@Nullable ArenaMap> answer) {
    for (BufferArena arena : arenas.all()) {
      if (arena.isOpen() && arena.owner().name().equals(eventLoop)) {
        return MapDrawing.begin(arena, answer);
      }
    }
    return false;
  }

  /**
   * Returns which share of the traffic arenas have served since the allocator was made, by requests
   * and by bytes, and for each reason what others have served.
   *
   * @return a snapshot, whose parts may be a few requests apart
   */
  public TrafficShare traffic() {
    ArenaTotals gone;
    long requests;
    long bytes;
    do { // an arena that ends in between would be in both, or in neither; their number tells
      gone = closedArenas();
      requests = gone.get(ArenaFigure.ALLOCATIONS) + sum(ArenaFigure.ALLOCATIONS);
      bytes = gone.get(ArenaFigure.ALLOCATED_BYTES) + sum(ArenaFigure.ALLOCATED_BYTES);
    } while (gone.arenas() != closedArenas().arenas());
    Map<FallbackReason, TrafficShare.Part> rest = new EnumMap<>(FallbackReason.class);
    for (FallbackReason reason : FallbackReason.values()) {
      rest.put(reason, new TrafficShare.Part(fallbacks(reason), fallbackBytes(reason)));
    }
    return new TrafficShare(requests, bytes, rest);
  }

  /**
   * {@return the bytes of live direct buffers that are outside of the arenas, and so of the
   * ceiling} Those that others serve because an arena is exhausted, or because a buffer had to grow
   * where its arena could not help. Not those of {@link OffLoopPolicy#FALLBACK}, of a closed
   * allocator, or of {@link LiteByteBufAllocator#passThrough(boolean)}: these are the other
   * allocator's buffers, and ours hear nothing of their end.
   */
  public long elsewhereBytes() {
    return others.liveDirect().bytes();
  }

  /** {@return how many buffers {@link #elsewhereBytes} is about} */
  public long elsewhereBuffers() {
    return others.liveDirect().buffers();
  }

  /** {@return the bytes of live heap buffers} */
  public long heapBytes() {
    return others.liveHeap().bytes();
  }

  /**
   * {@return how many heap buffers are live} How many there have been tells {@link
   * #fallbacks(FallbackReason)}.
   */
  public long heapBuffers() {
    return others.liveHeap().buffers();
  }

  /** {@return whether {@link LiteByteBufAllocator#passThrough(boolean)} is on} */
  public boolean isPassThrough() {
    return passThrough.getAsBoolean();
  }

  /**
   * {@inheritDoc} With this allocator, as with Netty's own: what it has taken from the system and
   * not given back, used or not. That are the {@link #reservedBytes}, and the empty chunks that its
   * store keeps for reuse. Allocators that share a store count its empty chunks each; the {@link
   * #budget} counts them once.
   */
  @Override
  public long usedDirectMemory() {
    return reservedBytes() + store.idleBytes();
  }

  /** {@inheritDoc} With this allocator: what its heap delegate uses, which others may share. */
  @Override
  public long usedHeapMemory() {
    return others.usedHeapMemory();
  }

  /** {@return the bytes of the chunks that arenas hold} A sum over the arenas that exist. */
  public long reservedBytes() {
    return sum(ArenaFigure.RESERVED_BYTES);
  }

  /**
   * {@return {@link #reservedBytes()} less the pages that have gone back to the system inside
   * chunks which live buffers pin} A sum over the arenas that exist; what the budget charges for
   * them.
   */
  public long committedBytes() {
    return sum(ArenaFigure.COMMITTED_BYTES);
  }

  /** {@return the reserved bytes of chunks that are not empty} A sum over the arenas that exist. */
  public long pinnedBytes() {
    return sum(ArenaFigure.PINNED_BYTES);
  }

  /** {@return the bytes in live blocks} A sum over the arenas that exist. */
  public long usedBytes() {
    return sum(ArenaFigure.USED_BYTES);
  }

  /**
   * {@return the bytes that the callers asked for, of live buffers} A sum over the arenas that
   * exist.
   */
  public long requestedBytes() {
    return sum(ArenaFigure.REQUESTED_BYTES);
  }

  /** {@return how many buffers of the arenas are live} A sum over the arenas that exist. */
  public long liveBuffers() {
    return sum(ArenaFigure.LIVE_BLOCKS);
  }

  private long sum(ArenaFigure figure) {
    long sum = 0;
    for (ArenaMetric arena : arenas()) {
      sum += arena.statistics().get(figure);
    }
    return sum;
  }

  @Override
  public String toString() {
    return "LiteAllocatorMetric("
        + name()
        + ", "
        + strategy()
        + ", reserved: "
        + reservedBytes()
        + ", used: "
        + usedBytes()
        + ", live buffers: "
        + liveBuffers()
        + ", arenas: "
        + arenas().size()
        + ", elsewhere: "
        + elsewhereBytes()
        + ", on the heap: "
        + heapBytes()
        + (isPassThrough() ? ", passing through" : "")
        + ')';
  }
}
