package io.github.litealloc.netty;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.NativeHeap;
import io.github.litealloc.netty.internal.events.BufferFlightEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves what arenas do not serve, by the allocator's policies, and counts it by reason. Any
 * thread.
 */
final class Fallbacks {

  private final String allocator;
  private final ByteBufAllocator direct;
  private final ByteBufAllocator whenExhaustedDirect;
  private final boolean refusesWhenClosed;
  private final ByteBufAllocator heap;
  private final OffLoopPolicy offLoop;
  private final MemoryBudget budget;
  private final LongSupplier usedBytes;
  private final FallbackCounters counters = new FallbackCounters();
  private final LiveElsewhere liveDirect;
  private final LiveElsewhere liveHeap = new LiveElsewhere(null);
  private final HeapBufferPool noHeapBuffers = new HeapBufferPool(null);

  private final ExhaustionHandler whenExhausted;

  /** Who {@link #whenExhausted} is, for messages. */
  private final String exhaustionGiver;

  /**
   * @param settings of the allocator
   * @param usedBytes the bytes in live blocks of all its arenas
   */
  Fallbacks(AllocatorSettings settings, LongSupplier usedBytes) {
    this.allocator = settings.name();
    this.direct = settings.fallback();
    this.whenExhaustedDirect = settings.exhaustionFallback();
    this.heap = settings.heapAllocator();
    this.offLoop = settings.offLoop();
    this.budget = settings.budget();
    this.usedBytes = usedBytes;
    this.liveDirect =
        new LiveElsewhere(
            settings.sharedStore().trimsNativeHeap() ? NativeHeap.ofProcess()::givenBack : null);
    ExhaustionHandler handler = settings.exhaustionHandler();
    this.refusesWhenClosed =
        handler == null && settings.exhaustionPolicy() == ExhaustionPolicy.THROW;
    this.whenExhausted = handler != null ? handler : handlerOf(settings.exhaustionPolicy());
    this.exhaustionGiver = handler != null ? "the exhaustion handler" : "the fallback allocator";
  }

  private ExhaustionHandler handlerOf(ExhaustionPolicy policy) {
    return switch (policy) {
      case FALLBACK ->
          request ->
              whenExhaustedDirect.directBuffer(request.requestedBytes(), request.maxCapacity());
      case THROW ->
          request -> {
            throw new DirectMemoryExhaustedError(request);
          };
    };
  }

  ByteBufAllocator direct() {
    return direct;
  }

  ByteBufAllocator heap() {
    return heap;
  }

  FallbackCounters counters() {
    return counters;
  }

  /** Direct buffers that have moved away from their arenas, or have never been in one. */
  LiveElsewhere liveDirect() {
    return liveDirect;
  }

  LiveElsewhere liveHeap() {
    return liveHeap;
  }

  /** For a thread whose arena is closed, or which gets none as the allocator is. */
  ByteBuf closed(int initialCapacity, int maxCapacity) {
    if (refusesWhenClosed) {
      counters.countFailure(FailureReason.CLOSED);
      throw DirectMemoryExhaustedError.ofClosed(allocator, initialCapacity);
    }
    return directBuffer(FallbackReason.CLOSED, FailureReason.CLOSED, initialCapacity, maxCapacity);
  }

  /** For a buffer of an arena that must grow after the end of the allocator. */
  ByteBuf growingClosed(int capacity, int maxCapacity) {
    if (refusesWhenClosed) {
      return closed(capacity, maxCapacity);
    }
    return growing(FallbackReason.CLOSED, FailureReason.CLOSED, capacity, maxCapacity);
  }

  /** While all is passed through: as if the other allocator had been asked. */
  ByteBuf passThrough(int initialCapacity, int maxCapacity) {
    return directBuffer(
        FallbackReason.PASS_THROUGH, FailureReason.SYSTEM, initialCapacity, maxCapacity);
  }

  /** The same for a heap buffer. */
  ByteBuf passHeapThrough(int initialCapacity, int maxCapacity) {
    ByteBuf given = heapMemory(initialCapacity, maxCapacity);
    countServed(FallbackReason.PASS_THROUGH, initialCapacity);
    return given;
  }

  /** For a thread that gets no arena. */
  ByteBuf offLoop(int initialCapacity, int maxCapacity) {
    if (offLoop == OffLoopPolicy.REJECT) {
      counters.countFailure(FailureReason.OFF_LOOP);
      throw new IllegalStateException(
          "lite-alloc '"
              + allocator
              + "': direct buffer of "
              + initialCapacity
              + " bytes requested on thread '"
              + Thread.currentThread().getName()
              + "', which is no event loop (expected: an event loop, or another OffLoopPolicy than"
              + " REJECT)");
    }
    return directBuffer(
        FallbackReason.OFF_LOOP, FailureReason.OFF_LOOP, initialCapacity, maxCapacity);
  }

  /** For a buffer of an arena that must grow on a thread which does not own the arena. */
  ByteBuf awayFromArena(int capacity, int maxCapacity) {
    return growing(FallbackReason.OFF_LOOP, FailureReason.OFF_LOOP, capacity, maxCapacity);
  }

  private ByteBuf growing(
      FallbackReason reason, FailureReason otherwise, int capacity, int maxCapacity) {
    ByteBuf given =
        inPlaceOfArena(
            capacity,
            maxCapacity,
            "the fallback allocator",
            otherwise,
            () -> direct.directBuffer(capacity, maxCapacity));
    countServed(reason, capacity);
    return given;
  }

  /** For a buffer of an exhausted arena that must grow. */
  ByteBuf growingExhausted(BufferArena arena, int capacity, int maxCapacity) {
    ByteBuf given = exhausted(arena, capacity, maxCapacity);
    if (!(given instanceof LiteByteBuf)) { // else the handler has made room, and an arena counts it
      countServed(FallbackReason.EXHAUSTED, capacity);
    }
    return given;
  }

  /** For the owner of an exhausted arena. Whoever uses it counts it. */
  ByteBuf exhausted(BufferArena arena, int capacity, int maxCapacity) {
    Exhaustion request =
        new Exhaustion(
            allocator,
            arena.arena().strategy(),
            arena.arena().name(),
            capacity,
            maxCapacity,
            usedBytes.getAsLong(),
            budget.reservedBytes(),
            budget.maxBytes(),
            arena.arena().refusedBy());
    ByteBuf buffer =
        inPlaceOfArena(
            capacity,
            maxCapacity,
            exhaustionGiver,
            FailureReason.of(request.refusedBy()),
            () -> handleExhaustion(arena, request));
    arena.servedElsewhereBytes += capacity;
    return buffer;
  }

  /** Has the handler decide; not while it is deciding, or it might ask for ever. */
  private ByteBuf handleExhaustion(BufferArena arena, Exhaustion request) {
    if (!arena.exhaustion.begin()) {
      throw new DirectMemoryExhaustedError(request);
    }
    try {
      return whenExhausted.exhausted(request);
    } finally {
      arena.exhaustion.end();
    }
  }

  /** What others give instead of an arena is checked here, and here only. */
  private ByteBuf inPlaceOfArena(
      int capacity,
      int maxCapacity,
      String giver,
      FailureReason otherwise,
      Supplier<@Nullable ByteBuf> given) {
    boolean served = false;
    try {
      ByteBuf buffer = GivenBuffer.usable(given, capacity, maxCapacity, giver);
      served = true;
      return buffer;
    } finally {
      if (!served) {
        counters.countFailure(otherwise);
      }
    }
  }

  /** Counted when it is served: a request that throws is a failure, and nobody's traffic. */
  private ByteBuf directBuffer(
      FallbackReason reason, FailureReason otherwise, int initialCapacity, int maxCapacity) {
    boolean isServed = false;
    try {
      ByteBuf given = direct.directBuffer(initialCapacity, maxCapacity);
      isServed = true;
      countServed(reason, initialCapacity);
      return given;
    } finally {
      if (!isServed) {
        counters.countFailure(otherwise);
      }
    }
  }

  private ByteBuf heapMemory(int initialCapacity, int maxCapacity) {
    boolean isServed = false;
    try {
      ByteBuf given = heap.heapBuffer(initialCapacity, maxCapacity);
      isServed = true;
      return given;
    } finally {
      if (!isServed) {
        counters.countFailure(FailureReason.SYSTEM);
      }
    }
  }

  /**
   * A heap buffer that answers with our allocator.
   *
   * @param asked the allocator that was asked
   * @param idle the calling thread's idle ones, if it has any
   */
  ByteBuf heapBuffer(
      ByteBufAllocator asked, @Nullable HeapBufferPool idle, int initialCapacity, int maxCapacity) {
    ByteBuf given = heapMemory(initialCapacity, maxCapacity);
    countServed(FallbackReason.HEAP, initialCapacity);
    try {
      if (!given.hasArray()) {
        return given; // of an allocator that has heap buffers of another kind
      }
      HeapBufferPool pool = idle != null && idle.isCallers() ? idle : noHeapBuffers;
      LiteHeapByteBuf buffer = pool.take();
      if (buffer == null) {
        buffer = new LiteHeapByteBuf(asked, liveHeap, pool);
      }
      buffer.use(given, initialCapacity, maxCapacity);
      return buffer;
    } catch (Throwable e) {
      BufferMove.giveBack(given, e);
      throw e;
    }
  }

  /** Somebody else has served a request. Lets nothing out, or what was given would be lost. */
  void countServed(FallbackReason reason, int bytes) {
    try {
      counters.count(reason, bytes);
      if (BufferFlightEvents.hasRecorder() && counters.mayTell(reason, System.nanoTime())) {
        BufferFlightEvents.fellBack(
            allocator, reason.id(), bytes, counters.requests(reason), counters.bytes(reason));
      }
    } catch (VirtualMachineError e) {
      // There was no stack for it: served, and in no figure.
    }
  }

  /** What the heap allocator uses, as far as it tells. */
  long usedHeapMemory() {
    return heap instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedHeapMemory()
        : 0;
  }
}
