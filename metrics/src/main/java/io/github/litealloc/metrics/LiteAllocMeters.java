package io.github.litealloc.metrics;

import io.github.litealloc.ArenaFigure;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every meter that {@link LiteAllocMetrics} registers, with name, type, unit, description and tag
 * keys.
 *
 * <p>A meter always has all its keys, so a sum over any of them is meaningful. Meters of an event
 * loop exist while the loop has an arena; meters of an allocator never lose what ended event loops
 * had counted. The strategy, which can be changed at any time, is a tag of {@link #INFO} and {@link
 * #ARENAS} only.
 *
 * @since 0.1.0
 */
public enum LiteAllocMeters implements MeterDocumentation {
  /** Chunk bytes that an event loop's arena holds. */
  MEMORY_RESERVED(
      "lite.alloc.memory.reserved",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes of the chunks that the arena holds",
      MeterScope.EVENT_LOOP,
      ArenaFigure.RESERVED_BYTES),

  /** Chunk bytes that the budget is charged for. */
  MEMORY_COMMITTED(
      "lite.alloc.memory.committed",
      MeterKind.GAUGE_OF_BYTES,
      "Reserved bytes, less the pages that have gone back to the system inside pinned chunks",
      MeterScope.EVENT_LOOP,
      ArenaFigure.COMMITTED_BYTES),

  /** Reserved bytes that cannot be given back now. */
  MEMORY_PINNED(
      "lite.alloc.memory.pinned",
      MeterKind.GAUGE_OF_BYTES,
      "Reserved bytes of chunks that hold live buffers; reserved minus pinned could be given back",
      MeterScope.EVENT_LOOP,
      ArenaFigure.PINNED_BYTES),

  /** Bytes of live blocks. */
  MEMORY_USED(
      "lite.alloc.memory.used",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes of the blocks in which buffers live",
      MeterScope.EVENT_LOOP,
      ArenaFigure.USED_BYTES),

  /** Free bytes that an event loop keeps for its next requests. */
  MEMORY_KEPT(
      "lite.alloc.memory.kept",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes of free blocks that the event loop keeps for its next requests; not in the pinned bytes",
      MeterScope.EVENT_LOOP,
      ArenaFigure.CACHED_BYTES),

  /** Bytes that callers asked for. */
  MEMORY_REQUESTED(
      "lite.alloc.memory.requested",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes that the callers asked for, of live buffers; used minus requested is lost to rounding",
      MeterScope.EVENT_LOOP,
      ArenaFigure.REQUESTED_BYTES),

  /** Since when something is held. */
  OLDEST_LIVE_TIME(
      "lite.alloc.oldest.live.time",
      MeterKind.GAUGE_OF_SECONDS,
      "Unix time when the oldest live buffer was allocated, or up to a second before; 0 if none",
      MeterScope.EVENT_LOOP),

  /** What others have released, and the event loop has not taken back. */
  REMOTE_FREES_PENDING(
      "lite.alloc.remote.frees.pending",
      MeterKind.GAUGE,
      "Buffers that other threads have released and that wait for the event loop; at most 20,000",
      MeterScope.EVENT_LOOP),

  /** Highest used bytes. */
  MEMORY_PEAK(
      "lite.alloc.memory.peak",
      MeterKind.GAUGE_OF_BYTES,
      "Highest number of used bytes since the arena was made",
      MeterScope.EVENT_LOOP,
      ArenaFigure.PEAK_USED_BYTES),

  /** Buffers that are out. */
  LIVE_BUFFERS(
      "lite.alloc.live.buffers",
      MeterKind.GAUGE_OF_BUFFERS,
      "Buffers that were allocated and are not yet freed",
      MeterScope.EVENT_LOOP,
      ArenaFigure.LIVE_BLOCKS),

  /** Served requests of an event loop. */
  LOOP_ALLOCATIONS(
      "lite.alloc.loop.allocations",
      MeterKind.COUNTER,
      "Requests that the event loop's arena served; ends with the loop, unlike the allocator's",
      MeterScope.EVENT_LOOP,
      ArenaFigure.ALLOCATIONS),

  /** Freed buffers of an event loop. */
  LOOP_FREES(
      "lite.alloc.loop.frees",
      MeterKind.COUNTER,
      "Freed buffers of the event loop's arena, by the thread that released them",
      MeterScope.EVENT_LOOP,
      MeterKey.ORIGIN,
      new Part("owner", ArenaFigure.OWNER_FREES),
      new Part("remote", ArenaFigure.REMOTE_FREES)),

  /** Served requests. */
  ALLOCATIONS(
      "lite.alloc.allocations",
      MeterKind.COUNTER,
      "Requests that the arenas served, by where the block was from",
      MeterScope.ALLOCATOR,
      MeterKey.PATH,
      new Part("carved", ArenaFigure.CARVED_ALLOCATIONS),
      new Part("kept", ArenaFigure.KEPT_ALLOCATIONS),
      new Part("strategy", ArenaFigure.STRATEGY_ALLOCATIONS),
      new Part("huge", ArenaFigure.HUGE_ALLOCATIONS)),

  /** Freed buffers. */
  FREES(
      "lite.alloc.frees",
      MeterKind.COUNTER,
      "Freed buffers, by the thread that released them; remote ones count when the owner has taken"
          + " them back",
      MeterScope.ALLOCATOR,
      MeterKey.ORIGIN,
      new Part("owner", ArenaFigure.OWNER_FREES),
      new Part("remote", ArenaFigure.REMOTE_FREES)),

  /** Free bytes, by what they are good for. */
  MEMORY_FREE(
      "lite.alloc.memory.free",
      MeterKind.GAUGE_OF_BYTES,
      "Free bytes never carved, listed for reuse, or dead until their chunk is empty; with used and"
          + " kept ones all that is reserved",
      MeterScope.ALLOCATOR,
      MeterKey.KIND,
      new Part("bump", ArenaFigure.FREE_BUMP_BYTES),
      new Part("listed", ArenaFigure.FREE_LISTED_BYTES),
      new Part("dead", ArenaFigure.FREE_DEAD_BYTES)),

  /** The largest free block. */
  MEMORY_FREE_LARGEST(
      "lite.alloc.memory.free.largest",
      MeterKind.GAUGE_OF_BYTES,
      "The largest block that an arena has free, without another chunk",
      MeterScope.ALLOCATOR,
      ArenaFigure.FREE_LARGEST_BYTES),

  /** Free blocks. */
  FREE_BLOCKS(
      "lite.alloc.free.blocks",
      MeterKind.GAUGE_OF_BLOCKS,
      "Free blocks that could serve a request, the never carved rest of a chunk as one",
      MeterScope.ALLOCATOR,
      ArenaFigure.FREE_BLOCKS),

  /** Served requests by size. */
  SIZE_CLASS_ALLOCATIONS(
      "lite.alloc.size.class.allocations",
      MeterKind.COUNTER,
      "Requests that the arenas served by size, up to the bytes that the tag says",
      MeterScope.ALLOCATOR,
      MeterKey.SIZE_CLASS),

  /** Live buffers by size. */
  SIZE_CLASS_LIVE_BUFFERS(
      "lite.alloc.size.class.live.buffers",
      MeterKind.GAUGE_OF_BUFFERS,
      "Live buffers of the arenas by capacity, up to the bytes that the tag says",
      MeterScope.ALLOCATOR,
      MeterKey.SIZE_CLASS),

  /** Chunks held. */
  CHUNKS(
      "lite.alloc.chunks",
      MeterKind.GAUGE_OF_CHUNKS,
      "Chunks that the arenas hold",
      MeterScope.ALLOCATOR,
      ArenaFigure.CHUNKS),

  /** Arenas alive. */
  ARENAS(
      "lite.alloc.arenas",
      MeterKind.GAUGE_OF_ARENAS,
      "Arenas alive; an orphaned one outlived its event loop, a retiring one its strategy, because"
          + " buffers are still out",
      MeterScope.STRATEGY,
      MeterKey.STATE),

  /** Requested bytes, cumulative. */
  ALLOCATED(
      "lite.alloc.allocated",
      MeterKind.COUNTER_OF_BYTES,
      "Bytes that the callers asked for, cumulative",
      MeterScope.ALLOCATOR,
      ArenaFigure.ALLOCATED_BYTES),

  /** Capacity changes. */
  REALLOCATIONS(
      "lite.alloc.reallocations",
      MeterKind.COUNTER,
      "Capacity changes of buffers: larger in place, smaller in place, or copied elsewhere",
      MeterScope.ALLOCATOR,
      MeterKey.OUTCOME,
      new Part("in-place", ArenaFigure.REALLOCATIONS_IN_PLACE),
      new Part("shrunk", ArenaFigure.REALLOCATIONS_SHRUNK),
      new Part("moved", ArenaFigure.REALLOCATIONS_MOVED)),

  /** Bytes copied by capacity changes. */
  COPIED(
      "lite.alloc.copied",
      MeterKind.COUNTER_OF_BYTES,
      "Bytes copied by capacity changes that moved the buffer",
      MeterScope.ALLOCATOR,
      ArenaFigure.COPIED_BYTES),

  /** Requests that another allocator served. */
  FALLBACKS(
      "lite.alloc.fallbacks",
      MeterKind.COUNTER,
      "Requests passed on to another allocator, by reason",
      MeterScope.ALLOCATOR,
      MeterKey.REASON),

  /** Bytes of the requests that another allocator served. */
  FALLBACK_ALLOCATED(
      "lite.alloc.fallback.allocated",
      MeterKind.COUNTER_OF_BYTES,
      "Bytes of the requests passed on to another allocator, by reason",
      MeterScope.ALLOCATOR,
      MeterKey.REASON),

  /** Bytes of live buffers outside of the arenas. */
  ELSEWHERE_MEMORY(
      "lite.alloc.elsewhere.memory",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes of live buffers that are in no arena: direct ones are outside of the ceiling",
      MeterScope.ALLOCATOR,
      MeterKey.MEMORY),

  /** Live buffers outside of the arenas. */
  ELSEWHERE_BUFFERS(
      "lite.alloc.elsewhere.buffers",
      MeterKind.GAUGE_OF_BUFFERS,
      "Live buffers that are in no arena",
      MeterScope.ALLOCATOR,
      MeterKey.MEMORY),

  /** Whether it is switched off. */
  PASS_THROUGH(
      "lite.alloc.pass.through",
      MeterKind.GAUGE,
      "1 while the allocator is switched off and passes all requests through, else 0",
      MeterScope.ALLOCATOR),

  /** Requests that threw. */
  FAILURES(
      "lite.alloc.failures",
      MeterKind.COUNTER,
      "Requests that nobody served: the caller got an exception",
      MeterScope.ALLOCATOR,
      MeterKey.REASON),

  /** Requests that an arena was refused memory for. */
  REFUSALS(
      "lite.alloc.refusals",
      MeterKind.COUNTER,
      "Requests that an arena was refused memory for, by who refused; another allocator may have"
          + " served them",
      MeterScope.ALLOCATOR,
      MeterKey.REASON,
      new Part("budget", ArenaFigure.REFUSALS_BUDGET),
      new Part("system", ArenaFigure.REFUSALS_SYSTEM),
      new Part("collector", ArenaFigure.REFUSALS_COLLECTOR),
      new Part("arena", ArenaFigure.REFUSALS_ARENA)),

  /** What refusals cost the event loops. */
  REFUSAL_TIME(
      "lite.alloc.refusal.time",
      MeterKind.COUNTER_OF_SECONDS,
      "Time that arenas took to be refused chunks",
      MeterScope.ALLOCATOR),

  /** Writes to memory of others, and double releases. */
  VIOLATIONS(
      "lite.alloc.violations",
      MeterKind.COUNTER,
      "Writes to memory of others, and double releases, which hardened arenas have found",
      MeterScope.ALLOCATOR,
      MeterKey.KIND,
      new Part("overrun", ArenaFigure.VIOLATIONS_OVERRUN),
      new Part("write-after-free", ArenaFigure.VIOLATIONS_WRITE_AFTER_FREE),
      new Part("write-to-free-memory", ArenaFigure.VIOLATIONS_WRITE_TO_FREE_MEMORY),
      new Part("double-release", ArenaFigure.VIOLATIONS_DOUBLE_RELEASE)),

  /** Chunks taken, and what that cost the event loops. */
  CHUNK_RESERVATION(
      "lite.alloc.chunk.reservation",
      MeterKind.TIMER,
      "Chunks that arenas took, and the time that it took",
      MeterScope.ALLOCATOR),

  /** Chunks given back. */
  CHUNK_RELEASES(
      "lite.alloc.chunk.releases",
      MeterKind.COUNTER,
      "Chunks that the arenas gave back",
      MeterScope.ALLOCATOR,
      ArenaFigure.CHUNK_RELEASES),

  /** Chunks that became empty. */
  RESETS(
      "lite.alloc.resets",
      MeterKind.COUNTER,
      "How often a chunk with live buffers has become empty",
      MeterScope.ALLOCATOR,
      ArenaFigure.RESETS),

  /** Passes of giving back. */
  TRIMS(
      "lite.alloc.trims",
      MeterKind.COUNTER,
      "How often arenas set about giving back what is empty, by what made them",
      MeterScope.ALLOCATOR,
      MeterKey.TRIGGER,
      new Part("idle", ArenaFigure.TRIMS_IDLE),
      new Part("decay", ArenaFigure.TRIMS_DECAY),
      new Part("pressure", ArenaFigure.TRIMS_PRESSURE),
      new Part("manual", ArenaFigure.TRIMS_MANUAL)),

  /** What these gave. */
  TRIMMED(
      "lite.alloc.trimmed",
      MeterKind.COUNTER_OF_BYTES,
      "Bytes that arenas have given back by that",
      MeterScope.ALLOCATOR,
      MeterKey.TRIGGER,
      new Part("idle", ArenaFigure.TRIMMED_IDLE_BYTES),
      new Part("decay", ArenaFigure.TRIMMED_DECAY_BYTES),
      new Part("pressure", ArenaFigure.TRIMMED_PRESSURE_BYTES),
      new Part("manual", ArenaFigure.TRIMMED_MANUAL_BYTES)),

  /** Threads that met at a shared arena. */
  LOCK_MEETINGS(
      "lite.alloc.lock.meetings",
      MeterKind.COUNTER,
      "How often a thread that is no event loop found a shared arena taken, and took another one",
      MeterScope.ALLOCATOR),

  /** Threads that waited for a shared arena. */
  LOCK_WAIT(
      "lite.alloc.lock.wait",
      MeterKind.TIMER,
      "Waits of threads that are no event loops until a shared arena was free",
      MeterScope.ALLOCATOR),

  /** Search effort. */
  SEARCHED_BLOCKS(
      "lite.alloc.searched.blocks",
      MeterKind.COUNTER,
      "Free blocks looked at in search of one that fits",
      MeterScope.ALLOCATOR,
      ArenaFigure.SEARCHED_BLOCKS),

  /** Free blocks that were joined. */
  MERGES(
      "lite.alloc.merges",
      MeterKind.COUNTER,
      "How often a free block was joined with one that became free beside it",
      MeterScope.ALLOCATOR,
      ArenaFigure.MERGES),

  /** What runs here; the value is always 1. */
  INFO(
      "lite.alloc.info",
      MeterKind.GAUGE,
      "What runs here now, as tags; always 1",
      MeterScope.STRATEGY,
      new KeyName[] {MeterKey.SOURCE, MeterKey.VERSION}),

  /** Ceiling of a budget; not registered for a budget without one. */
  BUDGET_MAX(
      "lite.alloc.budget.max",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes that the budget allows",
      MeterScope.BUDGET),

  /** What is charged to a budget. */
  BUDGET_RESERVED(
      "lite.alloc.budget.reserved",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes charged to the budget, by all the allocators that share it",
      MeterScope.BUDGET),

  /** What stores keep. */
  BUDGET_IDLE(
      "lite.alloc.budget.idle",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes of the empty chunks that are kept for the next arena, part of what is charged",
      MeterScope.BUDGET),

  /** The most that was charged to a budget. */
  BUDGET_PEAK(
      "lite.alloc.budget.peak",
      MeterKind.GAUGE_OF_BYTES,
      "Highest number of bytes charged to the budget since it was made",
      MeterScope.BUDGET),

  /** What only the garbage collector gives back. */
  BUDGET_UNCOLLECTED(
      "lite.alloc.budget.uncollected",
      MeterKind.GAUGE_OF_BYTES,
      "Bytes charged to the budget that nobody uses and only the garbage collector can give back",
      MeterScope.BUDGET),

  /** Chunks that were refused. */
  BUDGET_REFUSALS(
      "lite.alloc.budget.refusals",
      MeterKind.COUNTER,
      "Refused requests for chunks, by who refused; one is made again for a smaller chunk, and"
          + " counts again",
      MeterScope.BUDGET,
      MeterKey.REASON),

  /** Time under pressure. */
  BUDGET_PRESSURE(
      "lite.alloc.budget.pressure",
      MeterKind.COUNTER_OF_SECONDS,
      "Time for which the budget was at a level of pressure",
      MeterScope.BUDGET,
      MeterKey.LEVEL),

  /** Chunks that the system took back. */
  SYSTEM_RELEASE(
      "lite.alloc.system.release",
      MeterKind.TIMER,
      "Chunks, and pages of them, that went back to the system, and how long threads waited for"
          + " it",
      MeterScope.PROCESS),

  /** How often the C library was made to let go. */
  NATIVE_TRIMS(
      "lite.alloc.native.trims",
      MeterKind.COUNTER,
      "How often the C library was made to let go of what was given back to it",
      MeterScope.PROCESS),

  /** What the C library has let go of. */
  NATIVE_TRIMMED(
      "lite.alloc.native.trimmed",
      MeterKind.COUNTER_OF_BYTES,
      "Bytes by which the resident set of the process was smaller after these than before",
      MeterScope.PROCESS);

  /** One of a meter's series: the value of the meter's own key, and the figure that it shows. */
  private record Part(String tagValue, ArenaFigure figure) {}

  private final String meterName;
  private final MeterKind kind;
  private final String description;
  private final MeterScope scope;
  private final KeyName[] keys;
  private final Map<Tags, ArenaFigure> figures = new LinkedHashMap<>();

  LiteAllocMeters(String meterName, MeterKind kind, String description, MeterScope scope) {
    this(meterName, kind, description, scope, new KeyName[0]);
  }

  LiteAllocMeters(
      String meterName, MeterKind kind, String description, MeterScope scope, ArenaFigure figure) {
    this(meterName, kind, description, scope, new KeyName[0]);
    figures.put(Tags.empty(), figure);
  }

  LiteAllocMeters(
      String meterName,
      MeterKind kind,
      String description,
      MeterScope scope,
      KeyName ownKey,
      Part... parts) {
    this(meterName, kind, description, scope, new KeyName[] {ownKey});
    for (Part part : parts) {
      figures.put(Tags.of(ownKey.asString(), part.tagValue), part.figure);
    }
  }

  LiteAllocMeters(
      String meterName, MeterKind kind, String description, MeterScope scope, KeyName[] ownKeys) {
    this.meterName = meterName;
    this.kind = kind;
    this.description = description;
    this.scope = scope;
    this.keys = KeyName.merge(scope.keys, ownKeys);
  }

  MeterScope scope() {
    return scope;
  }

  /** The figures of arenas that the meter shows, by the tags that tell them apart. */
  Map<Tags, ArenaFigure> figures() {
    return Collections.unmodifiableMap(figures);
  }

  @Override
  public String getName() {
    return meterName;
  }

  @Override
  public Meter.Type getType() {
    return kind.type;
  }

  @SuppressWarnings("exports") // An annotation only; callers need not have it.
  @Override
  public @Nullable String getBaseUnit() {
    return kind.unit;
  }

  @Override
  public KeyName[] getKeyNames() {
    return keys.clone();
  }

  /** {@return what the meter says, in one sentence} Registries show it as the help text. */
  public String description() {
    return description;
  }
}
