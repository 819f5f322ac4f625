package io.github.litealloc.netty;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The points where code of others is called: of what type which method, and by which of our
 * classes. {@link ForeignPointsTest} has each of them fail in every way, from every one of its
 * callers, and does not let a call pass that is not here.
 */
enum ForeignPoint {
  STRATEGY_MADE("StrategyFactory.create", "GuardedStrategy"),
  STRATEGY_NAMED("StrategyFactory.name", "Arena", "ArenaRouter", "LiteByteBufAllocator"),
  STRATEGY_ALLOCATES(
      "Strategy.allocate", "Arena", "BlockRouter", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_FREES("Strategy.free", "BlockRouter", "GuardedStrategy", "HardenedStrategy", "Strategy"),
  STRATEGY_RESIZES("Strategy.resize", "BlockRouter", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_SIZES_A_BLOCK("Strategy.sizeOf", "BlockRouter", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_SIZES_A_REQUEST("Strategy.sizeFor", "BlockRouter", "GuardedStrategy"),
  STRATEGY_LIMITS("Strategy.maxBytes", "Arena", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_TRIMS("Strategy.trim", "BlockRouter", "GuardedStrategy", "HardenedStrategy", "Strategy"),
  STRATEGY_RESETS("Strategy.reset", "BlockRouter", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_FORGETS("Strategy.forgetFree", "BlockRouter", "GuardedStrategy", "HardenedStrategy"),
  STRATEGY_SHOWS(
      "Strategy.visitFreeRuns",
      "BlockRouter",
      "FragmentationMapper",
      "GuardedStrategy",
      "HardenedStrategy",
      "Strategy"),

  SOURCE_NAMED("MemorySource.name", "ChunkStore"),
  SOURCE_TELLS_ITS_HEAP("MemorySource.usesNativeHeap", "ChunkStore"),
  SOURCE_TELLS_WHO_FREES("MemorySource.freesAtOnce", "ChunkStore"),
  SOURCE_ALLOCATES("MemorySource.allocate", "SystemMemory"),
  MEMORY_SHOWN("MemorySource$Memory.buffer", "Chunk"),
  MEMORY_LOCATED("MemorySource$Memory.address", "Chunk"),
  MEMORY_RELEASED("MemorySource$Memory.release", "Chunk"),
  MEMORY_HAS_PAGES("MemorySource$Memory.pageBytes", "Chunk"),
  MEMORY_HANDED_BACK("MemorySource$Memory.handBack", "Chunk"),

  GROWTH_LISTENER("Runnable.run", "GrowthListener"),
  WANTED_LISTENER("Runnable.run", "ChunkAccount", "GivingWay"),
  CACHE_FLUSHER("Runnable.run", "Arena", "Steps"),
  ARENA_LISTENER("Runnable.run", "Tasks"),
  VIOLATION_LISTENER("Consumer.accept", "HardenedStrategy", "Hardening"),
  PRESSURE_LISTENER("Consumer.accept", "PressureGauge$Listener"),
  PRESSURE_EXECUTOR("Executor.execute", "PressureGauge$Listener"),
  PRESSURE_CLOCK("ScheduledExecutorService.schedule", "PressureGauge$Listener"),
  GIVEN_BACK_LISTENER("Promise.setSuccess", "GiveBack"),
  LOGGER("System$Logger.log", "Log", "MemoryBudget", "Tasks"),

  RELEASED_FREES("RemoteFree.freeOnOwner", "RemoteFrees", "TracingInbox$TracedRelease"),
  RELEASED_IS_LINKED("RemoteFree.setNextRemoteFree", "RemoteFreeInbox", "RemoteFrees"),
  RELEASED_IS_FOLLOWED("RemoteFree.nextRemoteFree", "RemoteFreeInbox", "RemoteFrees"),

  EXHAUSTION_HANDLER("ExhaustionHandler.exhausted", "Fallbacks"),
  FALLBACK_ALLOCATES("ByteBufAllocator.directBuffer", "Fallbacks"),
  HEAP_ALLOCATES("ByteBufAllocator.heapBuffer", "Fallbacks"),
  HEAP_SHOWN("ByteBufAllocatorMetricProvider.metric", "Fallbacks"),
  HEAP_COUNTED("ByteBufAllocatorMetric.usedHeapMemory", "Fallbacks"),

  LOOP_EXECUTES("EventExecutor.execute", "Tasks"),
  LOOP_SCHEDULES("EventExecutor.schedule", "Tasks"),
  LOOP_KNOWS_ITSELF("EventExecutor.inEventLoop", "ArenaOfThread"),
  LOOP_IS_SHUT_DOWN("ExecutorService.isShutdown", "ArenaOfThread"),
  LOOP_IS_TERMINATED("ExecutorService.isTerminated", "ArenaOwner"),

  GIVEN_CAPACITY("ByteBuf.capacity", "BufferMove", "GivenBuffer", "LiteHeapByteBuf"),
  GIVEN_MAX_CAPACITY("ByteBuf.maxCapacity", "GivenBuffer"),
  GIVEN_REFERENCES("ByteBuf.refCnt", "GivenBuffer"),
  GIVEN_IS_DIRECT("ByteBuf.isDirect", "GivenBuffer"),
  GIVEN_IS_READ_ONLY("ByteBuf.isReadOnly", "GivenBuffer"),
  GIVEN_IS_IN_ORDER("ByteBuf.order", "GivenBuffer"),
  GIVEN_VIEWS("ByteBuf.nioBufferCount", "GivenBuffer"),
  GIVEN_VIEW("ByteBuf.nioBuffer", "GivenBuffer"),
  GIVEN_HAS_ADDRESS("ByteBuf.hasMemoryAddress", "LiteByteBuf"),
  GIVEN_ADDRESS("ByteBuf.memoryAddress", "LiteByteBuf"),
  GIVEN_WRITTEN("ByteBuf.setBytes", "BufferMove", "LiteByteBuf"),
  GIVEN_READ("ByteBuf.getBytes", "LiteByteBuf"),
  GIVEN_RELEASED("ByteBuf.release", "BufferMove", "LiteByteBuf", "LiteHeapByteBuf"),
  GIVEN_HAS_ALLOCATOR("ByteBuf.alloc", "StartElsewhere"),
  WRITTEN_FROM_HEAP("ByteBuf.setBytes", "LiteHeapByteBuf"),
  READ_TO_HEAP("ByteBuf.getBytes", "LiteHeapByteBuf"),
  HEAP_HAS_ARRAY("ByteBuf.hasArray", "Fallbacks"),
  HEAP_ARRAY("ByteBuf.array", "LiteHeapByteBuf"),
  HEAP_ARRAY_OFFSET("ByteBuf.arrayOffset", "LiteHeapByteBuf"),
  HEAP_TOUCHED("ByteBuf.touch", "LiteHeapByteBuf"),

  STREAM_READ("InputStream.read", "NioByteBuf"),
  STREAM_WRITTEN("OutputStream.write", "NioByteBuf"),
  CHANNEL_READ("ScatteringByteChannel.read", "NioByteBuf"),
  CHANNEL_WRITTEN("GatheringByteChannel.write", "NioByteBuf"),
  FILE_READ("FileChannel.read", "NioByteBuf"),
  FILE_WRITTEN("FileChannel.write", "NioByteBuf");

  /**
   * Calls that reach code of ours only, or of the JDK or Netty, for the reason that stands before
   * them.
   */
  private static final String[] OWN = {
    "a strategy in the class of which others cannot override it",
    "BlockRouter: Strategy.wilderness, BlockRouter: Strategy.openWilderness",
    "BlockRouter: Strategy.closed, BlockRouter: Strategy.freeMoved, BlockRouter: Strategy.trimExpired",
    "HardenedStrategy: Strategy.trimExpired",
    "BlockRouter: Strategy.hasFewSizes",
    "BlockRouter: Strategy.shrink, HardenedStrategy: Strategy.shrink",
    "BlockRouter: Strategy.walkFree, FreeLook: Strategy.walkFree, HardenedStrategy: Strategy.walkFree",
    "one of ours, since others' are asked on the careful way",
    "Arena: Strategy.free",
    "visitors are ours, and a strategy of others calls them, not we",
    "BlockStack: FreeRunVisitor.freeRun, FreeRuns: FreeRunVisitor.freeRun",
    "SizedBlockStack: FreeRunVisitor.freeRun, TopChunk: FreeRunVisitor.freeRun",
    "BumpPointer: FreeRunVisitor.freeRun, HardenedStrategy: FreeRunVisitor.freeRun",
    "ForgottenRuns: FreeRunVisitor.freeRun, PinnedPages: FreeRunVisitor.freeRun",
    "a visitor of the adapter's, which only paints",
    "ArenaSurvey: ArenaSurvey$Visitor.chunk, ArenaSurvey: ArenaSurvey$Visitor.free",
    "ArenaSurvey: ArenaSurvey$Visitor.handedBack",
    "a task of its own, outside of all operations, that lets nothing out (Tasks)",
    "MapDrawing: Consumer.accept",
    "factories of services, asked when an application starts",
    "Strategies: StrategyFactory.name",
    "before anything has begun, or on nodes of ours",
    "Arena: RemoteFree.setNextRemoteFree",
    "memory that was never used, since it is not what was asked for; what it throws is suppressed",
    "SystemMemory: MemorySource$Memory.release",
    "NativeHeap's, when all is counted",
    "LiveElsewhere: LongConsumer.accept",
    "the JDK's and Netty's own memory",
    "RegionByteBufAllocator: IntFunction.apply",
    "JdkMemorySource: AutoCloseable.close, NettyMemorySource: ByteBuf.hasMemoryAddress",
    "NettyMemorySource: ByteBuf.release",
    "NettyMemorySource: ByteBuf.memoryAddress, NettyMemorySource: ByteBuf.nioBuffer",
    "NettyMemorySource$NettyMemory: ByteBuf.release, RangeMemorySource: MemorySource.allocate",
    "buffers of ours",
    "WeaklyHeldBuffers: ByteBuf.refCnt, LiteByteBuf: ByteBuf.writeBytes",
    "LiteByteBuf: ByteBufAllocator.directBuffer, LiteByteBuf: ByteBuf.capacity",
    "LiteHeapByteBuf: ByteBufAllocator.heapBuffer, LiteHeapByteBuf: ByteBuf.writeBytes",
    "Netty's comparing, which only reads, and before which nothing has begun",
    "NioByteBuf: AbstractReferenceCountedByteBuf.compareTo",
    "NioByteBuf: AbstractReferenceCountedByteBuf.equals",
    "NioByteBuf: AbstractReferenceCountedByteBuf.hashCode",
    "final in Netty's buffers, and asked in one expression with GIVEN_IS_DIRECT",
    "GivenBuffer: ByteBuf.isContiguous",
    "buffers with an array, whose bytes are copied by nothing but the JDK",
    "LiteByteBuf: ByteBuf.hasArray, LiteByteBuf: ByteBuf.array, LiteByteBuf: ByteBuf.arrayOffset",
    "lambdas of ours",
    "GivenBuffer: Supplier.get, Fallbacks: LongSupplier.getAsLong, LiteAllocatorMetric: Supplier.get",
    "LeakPace: LongSupplier.getAsLong",
    "LiteAllocatorMetric: BooleanSupplier.getAsBoolean",
    "ArenaFigure: ToLongFunction.applyAsLong, ArenaRegistry: ToLongFunction.applyAsLong",
    "GiveBack: LongSupplier.getAsLong, ReleaseCount: Runnable.run",
    "WatchedMemory$Watch: Runnable.run, WatchedMemory$Watch: LongConsumer.accept",
    "DroppedStore: LongConsumer.accept",
    "ChunkStore: LongSupplier.getAsLong, GivingWay: LongSupplier.getAsLong",
    "PressureGauge: LongSupplier.getAsLong, SystemRefusal: LongSupplier.getAsLong",
    "NativeHeap: LongSupplier.getAsLong, CollectorCall: LongSupplier.getAsLong",
    "CollectorCall: Runnable.run",
    "one of ours, and never another one",
    "DefaultMemorySource: MemorySource.freesAtOnce",
    "Wishes: LongSupplier.getAsLong, TopChunk: IntUnaryOperator.applyAsInt",
    "PropertySettings: Consumer.accept, PropertySettings: Function.apply",
    "Strategies$1: Function.apply, Tasks: BooleanSupplier.getAsBoolean",
    "ArenaEnd: BooleanSupplier.getAsBoolean, ChunkSupply: Runnable.run, Errands: Runnable.run",
    "DaemonClock: BooleanSupplier.getAsBoolean, Stripes: Function.apply, Stripes: Predicate.test",
    "Stripes: Consumer.accept, StartElsewhere: Function.apply",
    "AnyThreadPromise$AnyThread: Runnable.run, ArenaEnd: Runnable.run, ArenaOwner: Runnable.run",
    "ArenaRouter: Runnable.run, FlightEvents: Runnable.run, MemoryBudget: Runnable.run",
    "EndWatch: Predicate.test, LeftToDo: Runnable.run",
    "promises of Netty's, which call their listeners where they succeed, and catch what those throw",
    "GiveBack: Promise.setUncancellable, GiveBack: Promise.setFailure",
  };

  private final String call;
  private final Set<String> callers;

  ForeignPoint(String call, String... callers) {
    this.call = call;
    this.callers = Set.of(callers);
  }

  /** The classes of ours that call it. */
  Set<String> callers() {
    return callers;
  }

  /** All calls of the table, as {@link ForeignCalls} finds them. */
  static Set<String> calls() {
    Stream<String> points =
        Arrays.stream(values())
            .flatMap(point -> point.callers.stream().map(caller -> caller + ": " + point.call));
    Stream<String> own =
        Arrays.stream(OWN)
            .filter(line -> line.contains(": "))
            .flatMap(line -> Arrays.stream(line.split(", ")))
            .filter(call -> call.contains(": "));
    return Stream.concat(points, own).collect(Collectors.toCollection(TreeSet::new));
  }
}
