package io.github.litealloc.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Every meter that {@link LiteAllocMetrics} registers, with name, type, unit, description and tag
 * keys.
 *
 * <p>A meter always has all its keys, so a sum over any of them is meaningful. Meters of an event
 * loop exist while the loop has an arena; meters of an allocator never lose what ended event loops
 * had counted.
 */
public enum LiteAllocMeters implements MeterDocumentation {
  /** Chunk bytes that an event loop's arena holds. */
  MEMORY_RESERVED(
      "lite.alloc.memory.reserved",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of the chunks that the arena holds",
      Scope.EVENT_LOOP),

  /** Reserved bytes that cannot be given back now. */
  MEMORY_PINNED(
      "lite.alloc.memory.pinned",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Reserved bytes of chunks that are not empty; reserved minus pinned could be given back",
      Scope.EVENT_LOOP),

  /** Bytes of live blocks. */
  MEMORY_USED(
      "lite.alloc.memory.used",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes of the blocks in which buffers live",
      Scope.EVENT_LOOP),

  /** Bytes that callers asked for. */
  MEMORY_REQUESTED(
      "lite.alloc.memory.requested",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Bytes that the callers asked for, of live buffers; used minus requested is lost to rounding",
      Scope.EVENT_LOOP),

  /** Highest used bytes. */
  MEMORY_PEAK(
      "lite.alloc.memory.peak",
      Meter.Type.GAUGE,
      BaseUnits.BYTES,
      "Highest number of used bytes since the arena was made",
      Scope.EVENT_LOOP),

  /** Buffers that are out. */
  LIVE_BUFFERS(
      "lite.alloc.live.buffers",
      Meter.Type.GAUGE,
      "buffers",
      "Buffers that were allocated and are not yet freed",
      Scope.EVENT_LOOP),

  /** Served requests. */
  ALLOCATIONS(
      "lite.alloc.allocations",
      Meter.Type.COUNTER,
      null,
      "Requests that the arena served",
      Scope.EVENT_LOOP),

  /** Freed buffers. */
  FREES(
      "lite.alloc.frees",
      Meter.Type.COUNTER,
      null,
      "Freed buffers, by the thread that released them; remote ones count when the owner has taken"
          + " them back",
      Scope.EVENT_LOOP,
      Key.ORIGIN),

  /** Chunks held. */
  CHUNKS(
      "lite.alloc.chunks",
      Meter.Type.GAUGE,
      "chunks",
      "Chunks that the arenas hold",
      Scope.ALLOCATOR),

  /** Arenas alive. */
  ARENAS(
      "lite.alloc.arenas",
      Meter.Type.GAUGE,
      "arenas",
      "Arenas alive; an orphaned one outlived its event loop because buffers are still out",
      Scope.ALLOCATOR,
      Key.STATE),

  /** Requested bytes, cumulative. */
  ALLOCATED(
      "lite.alloc.allocated",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes that the callers asked for, cumulative",
      Scope.ALLOCATOR),

  /** Capacity changes. */
  REALLOCATIONS(
      "lite.alloc.reallocations",
      Meter.Type.COUNTER,
      null,
      "Capacity changes of buffers, by whether the contents had to be copied elsewhere",
      Scope.ALLOCATOR,
      Key.OUTCOME),

  /** Bytes copied by capacity changes. */
  COPIED(
      "lite.alloc.copied",
      Meter.Type.COUNTER,
      BaseUnits.BYTES,
      "Bytes copied by capacity changes that moved the buffer",
      Scope.ALLOCATOR),

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
      "Bytes of the requests passed on to another allocator, heap buffers included",
      Scope.ALLOCATOR),

  /** Requests that threw. */
  FAILURES(
      "lite.alloc.failures",
      Meter.Type.COUNTER,
      null,
      "Requests that nobody served: the caller got an exception",
      Scope.ALLOCATOR),

  /** Chunks given back. */
  CHUNK_RELEASES(
      "lite.alloc.chunk.releases",
      Meter.Type.COUNTER,
      null,
      "Chunks that the arenas gave back",
      Scope.ALLOCATOR),

  /** Search effort. */
  SEARCHED_BLOCKS(
      "lite.alloc.searched.blocks",
      Meter.Type.COUNTER,
      null,
      "Free blocks looked at in search of one that fits",
      Scope.ALLOCATOR),

  /** What runs here; the value is always 1. */
  INFO(
      "lite.alloc.info",
      Meter.Type.GAUGE,
      null,
      "What runs here, as tags; always 1",
      Scope.ALLOCATOR,
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
      Scope.BUDGET);

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
    /** {@code owner} or {@code remote}. */
    ORIGIN("origin"),
    /** {@code open} or {@code orphaned}. */
    STATE("state"),
    /** {@code in-place} or {@code moved}. */
    OUTCOME("outcome"),
    /**
     * Why a request was passed on: {@code off-loop}, {@code budget}, {@code heap}, {@code closed}.
     */
    REASON("reason"),
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
  private enum Scope {
    EVENT_LOOP(Key.ALLOCATOR, Key.STRATEGY, Key.EVENT_LOOP),
    ALLOCATOR(Key.ALLOCATOR, Key.STRATEGY),
    BUDGET(Key.BUDGET);

    final KeyName[] keys;

    Scope(KeyName... keys) {
      this.keys = keys;
    }
  }

  private final String meterName;
  private final Meter.Type type;
  private final @Nullable String unit;
  private final String description;
  private final KeyName[] keys;

  LiteAllocMeters(
      String meterName,
      Meter.Type type,
      @Nullable String unit,
      String description,
      Scope scope,
      KeyName... ownKeys) {
    this.meterName = meterName;
    this.type = type;
    this.unit = unit;
    this.description = description;
    this.keys = KeyName.merge(scope.keys, ownKeys);
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

  /**
   * Returns what the meter says, in one sentence. Registries show it as the help text.
   *
   * @return the description
   */
  public String description() {
    return description;
  }
}
