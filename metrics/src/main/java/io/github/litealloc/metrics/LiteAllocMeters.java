package io.github.litealloc.metrics;

import io.github.litealloc.ArenaFigure;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
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
 */
public enum LiteAllocMeters implements MeterDocumentation {
  /** Chunk bytes that an event loop's arena holds. */
  MEMORY_RESERVED(
      "lite.alloc.memory.reserved",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of the chunks that the arena holds",
      Scope.EVENT_LOOP,
      ArenaFigure.RESERVED_BYTES),

  /** Chunk bytes that the budget is charged for. */
  MEMORY_COMMITTED(
      "lite.alloc.memory.committed",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Reserved bytes, less the pages that have gone back to the system inside pinned chunks",
      Scope.EVENT_LOOP,
      ArenaFigure.COMMITTED_BYTES),

  /** Reserved bytes that cannot be given back now. */
  MEMORY_PINNED(
      "lite.alloc.memory.pinned",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Reserved bytes of chunks that hold live buffers; reserved minus pinned could be given back",
      Scope.EVENT_LOOP,
      ArenaFigure.PINNED_BYTES),

  /** Bytes of live blocks. */
  MEMORY_USED(
      "lite.alloc.memory.used",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of the blocks in which buffers live",
      Scope.EVENT_LOOP,
      ArenaFigure.USED_BYTES),

  /** Free bytes that an event loop keeps for its next requests. */
  MEMORY_KEPT(
      "lite.alloc.memory.kept",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of free blocks that the event loop keeps for its next requests; they pin nothing",
      Scope.EVENT_LOOP,
      ArenaFigure.CACHED_BYTES),

  /** Bytes that callers asked for. */
  MEMORY_REQUESTED(
      "lite.alloc.memory.requested",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes that the callers asked for, of live buffers; used minus requested is lost to rounding",
      Scope.EVENT_LOOP,
      ArenaFigure.REQUESTED_BYTES),

  /** Highest used bytes. */
  MEMORY_PEAK(
      "lite.alloc.memory.peak",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Highest number of used bytes since the arena was made",
      Scope.EVENT_LOOP,
      ArenaFigure.PEAK_USED_BYTES),

  /** Buffers that are out. */
  LIVE_BUFFERS(
      "lite.alloc.live.buffers",
      Meter.Type.GAUGE,
      "buffers",
      "Buffers that were allocated and are not yet freed",
      Scope.EVENT_LOOP,
      ArenaFigure.LIVE_BLOCKS),

  /** Served requests of an event loop. */
  LOOP_ALLOCATIONS(
      "lite.alloc.loop.allocations",
      Meter.Type.COUNTER,
      null,
      "Requests that the event loop's arena served; ends with the loop, unlike the allocator's",
      Scope.EVENT_LOOP,
      ArenaFigure.ALLOCATIONS),

  /** Freed buffers of an event loop. */
  LOOP_FREES(
      "lite.alloc.loop.frees",
      Meter.Type.COUNTER,
      null,
      "Freed buffers of the event loop's arena, by the thread that released them",
      Scope.EVENT_LOOP,
      Key.ORIGIN,
      new Part("owner", ArenaFigure.OWNER_FREES),
      new Part("remote", ArenaFigure.REMOTE_FREES)),

  /** Served requests. */
  ALLOCATIONS(
      "lite.alloc.allocations",
      Meter.Type.COUNTER,
      null,
      "Requests that the arenas served",
      Scope.ALLOCATOR,
      ArenaFigure.ALLOCATIONS),

  /** Freed buffers. */
  FREES(
      "lite.alloc.frees",
      Meter.Type.COUNTER,
      null,
      "Freed buffers, by the thread that released them; remote ones count when the owner has taken"
          + " them back",
      Scope.ALLOCATOR,
      Key.ORIGIN,
      new Part("owner", ArenaFigure.OWNER_FREES),
      new Part("remote", ArenaFigure.REMOTE_FREES)),

  /** Chunks held. */
  CHUNKS(
      "lite.alloc.chunks",
      Meter.Type.GAUGE,
      "chunks",
      "Chunks that the arenas hold",
      Scope.ALLOCATOR,
      ArenaFigure.CHUNKS),

  /** Arenas alive. */
  ARENAS(
      "lite.alloc.arenas",
      Meter.Type.GAUGE,
      "arenas",
      "Arenas alive; an orphaned one outlived its event loop, a retiring one its strategy, because"
          + " buffers are still out",
      Scope.STRATEGY,
      Key.STATE),

  /** Requested bytes, cumulative. */
  ALLOCATED(
      "lite.alloc.allocated",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes that the callers asked for, cumulative",
      Scope.ALLOCATOR,
      ArenaFigure.ALLOCATED_BYTES),

  /** Capacity changes. */
  REALLOCATIONS(
      "lite.alloc.reallocations",
      Meter.Type.COUNTER,
      null,
      "Capacity changes of buffers, by whether the contents had to be copied elsewhere",
      Scope.ALLOCATOR,
      Key.OUTCOME,
      new Part("in-place", ArenaFigure.REALLOCATIONS_IN_PLACE),
      new Part("moved", ArenaFigure.REALLOCATIONS_MOVED)),

  /** Bytes copied by capacity changes. */
  COPIED(
      "lite.alloc.copied",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes copied by capacity changes that moved the buffer",
      Scope.ALLOCATOR,
      ArenaFigure.COPIED_BYTES),

  /** Requests that another allocator served. */
  FALLBACKS(
      "lite.alloc.fallbacks",
      Meter.Type.COUNTER,
      null,
      "Requests passed on to another allocator, by reason",
      Scope.ALLOCATOR,
      Key.REASON),

  /** Bytes of the requests that another allocator served. */
  FALLBACK_ALLOCATED(
      "lite.alloc.fallback.allocated",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes of the requests passed on to another allocator, by reason",
      Scope.ALLOCATOR,
      Key.REASON),

  /** Bytes of live buffers outside of the arenas. */
  ELSEWHERE_MEMORY(
      "lite.alloc.elsewhere.memory",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of live buffers that are in no arena: direct ones are outside of the ceiling",
      Scope.ALLOCATOR,
      Key.MEMORY),

  /** Live buffers outside of the arenas. */
  ELSEWHERE_BUFFERS(
      "lite.alloc.elsewhere.buffers",
      Meter.Type.GAUGE,
      "buffers",
      "Live buffers that are in no arena",
      Scope.ALLOCATOR,
      Key.MEMORY),

  /** Whether it is switched off. */
  PASS_THROUGH(
      "lite.alloc.pass.through",
      Meter.Type.GAUGE,
      null,
      "1 while the allocator is switched off and passes all requests through, else 0",
      Scope.ALLOCATOR),

  /** Requests that threw. */
  FAILURES(
      "lite.alloc.failures",
      Meter.Type.COUNTER,
      null,
      "Requests that nobody served: the caller got an exception",
      Scope.ALLOCATOR),

  /** Requests that an arena was refused memory for. */
  REFUSALS(
      "lite.alloc.refusals",
      Meter.Type.COUNTER,
      null,
      "Requests that an arena was refused memory for, by the budget or by the system; another"
          + " allocator may have served them",
      Scope.ALLOCATOR,
      ArenaFigure.FAILURES),

  /** Writes to memory of others. */
  VIOLATIONS(
      "lite.alloc.violations",
      Meter.Type.COUNTER,
      null,
      "Writes to memory that was not the writer's, which hardened arenas have found",
      Scope.ALLOCATOR,
      ArenaFigure.VIOLATIONS),

  /** Chunks given back. */
  CHUNK_RELEASES(
      "lite.alloc.chunk.releases",
      Meter.Type.COUNTER,
      null,
      "Chunks that the arenas gave back",
      Scope.ALLOCATOR,
      ArenaFigure.CHUNK_RELEASES),

  /** Search effort. */
  SEARCHED_BLOCKS(
      "lite.alloc.searched.blocks",
      Meter.Type.COUNTER,
      null,
      "Free blocks looked at in search of one that fits",
      Scope.ALLOCATOR,
      ArenaFigure.SEARCHED_BLOCKS),

  /** What runs here; the value is always 1. */
  INFO(
      "lite.alloc.info",
      Meter.Type.GAUGE,
      null,
      "What runs here now, as tags; always 1",
      Scope.STRATEGY,
      Key.VERSION),

  /** Ceiling of a budget; not registered for a budget without one. */
  BUDGET_MAX(
      "lite.alloc.budget.max",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes that the budget allows",
      Scope.BUDGET),

  /** What is charged to a budget. */
  BUDGET_RESERVED(
      "lite.alloc.budget.reserved",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes charged to the budget, by all the allocators that share it",
      Scope.BUDGET),

  /** The most that was charged to a budget. */
  BUDGET_PEAK(
      "lite.alloc.budget.peak",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Highest number of bytes charged to the budget since it was made",
      Scope.BUDGET),

  /** What only the garbage collector gives back. */
  BUDGET_UNCOLLECTED(
      "lite.alloc.budget.uncollected",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes charged to the budget that nobody uses and only the garbage collector can give back",
      Scope.BUDGET),

  /** Chunks that were refused. */
  BUDGET_REFUSALS(
      "lite.alloc.budget.refusals",
      Meter.Type.COUNTER,
      null,
      "Refused requests for chunks, by who refused; one is made again for a smaller chunk, and"
          + " counts again",
      Scope.BUDGET,
      Key.REASON),

  /** Time under pressure. */
  BUDGET_PRESSURE(
      "lite.alloc.budget.pressure",
      Meter.Type.COUNTER,
      "seconds",
      "Time for which the budget was at a level of pressure",
      Scope.BUDGET,
      Key.LEVEL),

  /** How often the C library was made to let go. */
  NATIVE_TRIMS(
      "lite.alloc.native.trims",
      Meter.Type.COUNTER,
      null,
      "How often the C library was made to let go of what was given back to it",
      Scope.PROCESS),

  /** What the C library has let go of. */
  NATIVE_TRIMMED(
      "lite.alloc.native.trimmed",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes by which the resident set of the process was smaller after these than before",
      Scope.PROCESS);

  /** Tag keys of the meters. The registry or the user may add others. */
  public enum Key implements KeyName {
    /** Name of the allocator. */
    ALLOCATOR("allocator"),
    /** Strategy of the allocator, as users type it. */
    STRATEGY("strategy"),
    /** Thread name of the event loop, or {@code all} or {@code other}. */
    EVENT_LOOP("event.loop"),
    /** Name of the budget. */
    BUDGET("budget"),
    /** {@code high} or {@code critical}. */
    LEVEL("level"),
    /** {@code owner} or {@code remote}. */
    ORIGIN("origin"),
    /** {@code open}, {@code orphaned} or {@code retiring}. */
    STATE("state"),
    /** {@code in-place} or {@code moved}. */
    OUTCOME("outcome"),
    /**
     * Why a request was passed on: {@code off-loop}, {@code budget}, {@code heap}, {@code closed},
     * {@code pass-through}. Who refused a chunk: {@code budget}, {@code system}, {@code collector}.
     */
    REASON("reason"),
    /** {@code direct} or {@code heap}. */
    MEMORY("memory"),
    /** Version of lite-alloc, or {@code unknown}. */
    VERSION("version");

    private final String key;

    Key(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /** Whose figure a meter shows, which decides its common keys. */
  enum Scope {
    EVENT_LOOP(Key.ALLOCATOR, Key.EVENT_LOOP),
    ALLOCATOR(Key.ALLOCATOR),
    STRATEGY(Key.ALLOCATOR, Key.STRATEGY),
    BUDGET(Key.BUDGET),
    PROCESS();

    final KeyName[] keys;

    Scope(KeyName... keys) {
      this.keys = keys;
    }
  }

  /** One of a meter's series: the value of the meter's own key, and the figure that it shows. */
  private record Part(String tagValue, ArenaFigure figure) {}

  private final String meterName;
  private final Meter.Type type;
  private final @Nullable String unit;
  private final String description;
  private final Scope scope;
  private final KeyName[] keys;
  private final Map<Tags, ArenaFigure> figures = new LinkedHashMap<>();

  LiteAllocMeters(
      String meterName, Meter.Type type, @Nullable String unit, String description, Scope scope) {
    this(meterName, type, unit, description, scope, new KeyName[0]);
  }

  LiteAllocMeters(
      String meterName,
      Meter.Type type,
      @Nullable String unit,
      String description,
      Scope scope,
      ArenaFigure figure) {
    this(meterName, type, unit, description, scope, new KeyName[0]);
    figures.put(Tags.empty(), figure);
  }

  LiteAllocMeters(
      String meterName,
      Meter.Type type,
      @Nullable String unit,
      String description,
      Scope scope,
      KeyName ownKey,
      Part... parts) {
    this(meterName, type, unit, description, scope, new KeyName[] {ownKey});
    for (Part part : parts) {
      figures.put(Tags.of(ownKey.asString(), part.tagValue), part.figure);
    }
  }

  LiteAllocMeters(
      String meterName,
      Meter.Type type,
      @Nullable String unit,
      String description,
      Scope scope,
      KeyName[] ownKeys) {
    this.meterName = meterName;
    this.type = type;
    this.unit = unit;
    this.description = description;
    this.scope = scope;
    this.keys = KeyName.merge(scope.keys, ownKeys);
  }

  Scope scope() {
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
    return type;
  }

  @SuppressWarnings("exports") // An annotation only; callers need not have it.
  @Override
  public @Nullable String getBaseUnit() {
    return unit;
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
