package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.LiteAllocMeters.Key.BUDGET;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.metrics.internal.UniqueName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The meters of budgets. Several allocators may share one, so its meters are registered once and
 * stay until the last allocator that uses it lets go. Safe for use by several threads.
 */
final class BudgetMeters {

  /** Who has registered what. Its values do not refer to the registry, so it keeps none alive. */
  private static final Map<MeterRegistry, Map<Key, BudgetMeters>> SHARED = new WeakHashMap<>();

  /**
   * Two budgets are equal if they are the same one: budgets have no equals of their own. No record:
   * once one was compared, the JDK 17 keeps its class, and with it the application's class loader.
   */
  private static final class Key {
    private final MemoryBudget budget;
    private final Tags tags;

    Key(MemoryBudget budget, Tags tags) {
      this.budget = budget;
      this.tags = tags;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && budget.equals(key.budget) && tags.equals(key.tags);
    }

    @Override
    public int hashCode() {
      return 31 * budget.hashCode() + tags.hashCode();
    }
  }

  private final String name;
  private final List<Meter.Id> meters;
  private int users;

  private BudgetMeters(String name, List<Meter.Id> meters) {
    this.name = name;
    this.meters = meters;
  }

  /**
   * Registers the meters of a budget unless they are. Each call wants its own release. A second
   * budget of a name gets a number behind it, or its meters would be those of the first.
   */
  static void acquire(MeterRegistry registry, MemoryBudget budget, Tags userTags) {
    synchronized (SHARED) {
      Map<Key, BudgetMeters> ofRegistry =
          SHARED.computeIfAbsent(registry, ignored -> new HashMap<>());
      Key key = new Key(budget, userTags);
      BudgetMeters shared = ofRegistry.get(key);
      if (shared == null) {
        String name =
            UniqueName.of(
                budget.name(),
                wanted ->
                    ofRegistry.entrySet().stream()
                        .anyMatch(
                            other ->
                                other.getKey().tags.equals(userTags)
                                    && other.getValue().name.equals(wanted)));
        shared = new BudgetMeters(name, register(registry, budget, userTags, name));
        ofRegistry.put(key, shared);
      }
      shared.users++;
    }
  }

  /** Lets go of what was acquired with the same arguments; the last one removes the meters. */
  static void release(MeterRegistry registry, MemoryBudget budget, Tags userTags) {
    synchronized (SHARED) {
      Key key = new Key(budget, userTags);
      Map<Key, BudgetMeters> ofRegistry = SHARED.getOrDefault(registry, Map.of());
      BudgetMeters shared = ofRegistry.get(key);
      if (shared != null && --shared.users == 0) {
        shared.meters.forEach(registry::remove);
        ofRegistry.remove(key);
      }
    }
  }

  private static List<Meter.Id> register(
      MeterRegistry registry, MemoryBudget budget, Tags userTags, String name) {
    Registrar meters = new Registrar(registry, userTags.and(BUDGET.asString(), name));
    return meters.register(
        () -> {
          if (budget.maxBytes() != Long.MAX_VALUE) {
            meters.add(LiteAllocMeters.BUDGET_MAX, () -> budget, MemoryBudget::maxBytes);
          }
          meters.add(LiteAllocMeters.BUDGET_RESERVED, () -> budget, MemoryBudget::reservedBytes);
        });
  }
}
