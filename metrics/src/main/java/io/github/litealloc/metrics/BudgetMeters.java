package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.MeterKey.BUDGET;
import static io.github.litealloc.metrics.MeterKey.LEVEL;
import static io.github.litealloc.metrics.MeterKey.REASON;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** The meters of a budget, which several allocators may share. */
final class BudgetMeters {

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Registrar meters;
  private final MemoryBudget budget;

  private BudgetMeters(Registrar meters, MemoryBudget budget) {
    this.meters = meters;
    this.budget = budget;
  }

  /** Registers the meters of a budget unless they are. Each call wants its own release. */
  static void acquire(MeterRegistry registry, MemoryBudget budget, Tags userTags) {
    SharedMeters.acquire(
        registry,
        budget,
        budget.name(),
        userTags,
        name -> register(registry, budget, userTags.and(BUDGET.asString(), name)));
  }

  /** Lets go of what was acquired with the same arguments; the last one removes the meters. */
  static void release(MeterRegistry registry, MemoryBudget budget, Tags userTags) {
    SharedMeters.release(registry, budget, userTags);
  }

  private static List<Meter.Id> register(MeterRegistry registry, MemoryBudget budget, Tags tags) {
    Registrar registrar = new Registrar(registry, tags);
    return registrar.register(new BudgetMeters(registrar, budget)::addAll);
  }

  private void addAll() {
    if (budget.maxBytes() != Long.MAX_VALUE) {
      meters.add(LiteAllocMeters.BUDGET_MAX, () -> budget, MemoryBudget::maxBytes);
    }
    meters.add(LiteAllocMeters.BUDGET_RESERVED, () -> budget, MemoryBudget::reservedBytes);
    meters.add(LiteAllocMeters.BUDGET_IDLE, () -> budget, MemoryBudget::idleBytes);
    meters.add(LiteAllocMeters.BUDGET_PEAK, () -> budget, MemoryBudget::peakReservedBytes);
    meters.add(LiteAllocMeters.BUDGET_UNCOLLECTED, () -> budget, MemoryBudget::uncollectedBytes);
    addRefusals("budget", MemoryBudget::refusals);
    addRefusals("system", MemoryBudget::systemRefusals);
    addRefusals("collector", MemoryBudget::collectorRefusals);
    for (MemoryPressure level : List.of(MemoryPressure.HIGH, MemoryPressure.CRITICAL)) {
      meters.addReal(
          LiteAllocMeters.BUDGET_PRESSURE,
          Tags.of(LEVEL.asString(), level.name().toLowerCase(Locale.ROOT)),
          () -> budget,
          of -> of.pressureNanos(level) / NANOS_PER_SECOND);
    }
  }

  private void addRefusals(String reason, ToLongFunction<MemoryBudget> count) {
    meters.add(
        LiteAllocMeters.BUDGET_REFUSALS, Tags.of(REASON.asString(), reason), () -> budget, count);
  }
}
