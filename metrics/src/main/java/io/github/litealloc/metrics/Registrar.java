package io.github.litealloc.metrics;

import io.github.litealloc.ArenaFigures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Registers meters as {@link LiteAllocMeters} describes them, and notes which are ours to remove.
 * Not thread-safe; made for one round of registration.
 *
 * <p>Registered functions are held strongly: a gauge does not turn into NaN, nor a counter freeze,
 * when the garbage collector runs.
 */
final class Registrar {
  /*
   * A registry answers a second registration of the same name and tags with the meter that it
   * already has. Such a meter belongs to somebody else, hence the look at what was there before.
   */

  private final MeterRegistry registry;
  private final Tags commonTags;
  private final Set<Meter> others = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Meter.Id> registered = new ArrayList<>();

  /** Makes a registrar whose meters all carry the given tags. */
  Registrar(MeterRegistry registry, Tags commonTags) {
    this.registry = registry;
    this.commonTags = commonTags;
    others.addAll(registry.getMeters());
  }

  /** Adds all meters of a scope that show figures of arenas. */
  void addFigures(MeterScope scope, Supplier<ArenaFigures> state) {
    for (LiteAllocMeters meter : LiteAllocMeters.values()) {
      if (meter.scope() == scope) {
        meter
            .figures()
            .forEach((tags, figure) -> add(meter, tags, state, figures -> figures.get(figure)));
      }
    }
  }

  /** Adds a gauge or a counter, as the meter's type says. */
  <S> void add(LiteAllocMeters meter, Supplier<S> state, ToLongFunction<? super S> value) {
    add(meter, Tags.empty(), state, value);
  }

  /** Adds a gauge or a counter with tags of its own. */
  <S> void add(
      LiteAllocMeters meter, Tags ownTags, Supplier<S> state, ToLongFunction<? super S> value) {
    addReal(meter, ownTags, state, value::applyAsLong);
  }

  /** Adds a timer of what somebody else has counted and timed. */
  <S> void addTimer(
      LiteAllocMeters meter,
      Supplier<S> state,
      ToLongFunction<? super S> count,
      ToLongFunction<? super S> nanos) {
    note(
        FunctionTimer.builder(
                meter.getName(),
                state,
                ignored -> count.applyAsLong(state.get()),
                ignored -> nanos.applyAsLong(state.get()),
                TimeUnit.NANOSECONDS)
            .tags(commonTags)
            .description(meter.description())
            .register(registry));
  }

  private void note(Meter added) {
    if (!others.contains(added)) {
      registered.add(added.getId());
    }
  }

  /** Adds a gauge or a counter of what is not counted in whole numbers. */
  <S> void addReal(
      LiteAllocMeters meter, Tags ownTags, Supplier<S> state, ToDoubleFunction<? super S> value) {
    Tags tags = commonTags.and(ownTags);
    Meter added =
        switch (meter.getType()) {
          // Micrometer holds the state object of a counter weakly, but its function strongly.
          case COUNTER ->
              FunctionCounter.builder(
                      meter.getName(), state, ignored -> value.applyAsDouble(state.get()))
                  .tags(tags)
                  .baseUnit(meter.getBaseUnit())
                  .description(meter.description())
                  .register(registry);
          case GAUGE ->
              Gauge.builder(meter.getName(), state, held -> value.applyAsDouble(held.get()))
                  .tags(tags)
                  .baseUnit(meter.getBaseUnit())
                  .description(meter.description())
                  .strongReference(true)
                  .register(registry);
          default ->
              throw new IllegalStateException(
                  meter + ": " + meter.getType() + " (expected: GAUGE or COUNTER)");
        };
    note(added);
  }

  /**
   * Registers meters, all of them or, if that fails, none.
   *
   * @param registration uses this registrar
   * @return the meters that it has brought into the registry
   */
  List<Meter.Id> register(Runnable registration) {
    try {
      registration.run();
      return List.copyOf(registered);
    } catch (RuntimeException | Error e) {
      registered.forEach(registry::remove);
      throw e;
    }
  }
}
