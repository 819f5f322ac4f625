package io.github.litealloc.metrics;

import io.github.litealloc.metrics.internal.UniqueName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of what several allocators share: a budget, the process. They are registered once and
 * stay until the last allocator that shares it lets go. Safe for use by several threads.
 */
final class SharedMeters {

  /** Who has registered what. Its values do not refer to the registry, so it keeps none alive. */
  private static final Map<MeterRegistry, Map<Key, SharedMeters>> SHARED = new WeakHashMap<>();

  /**
   * What is shared is equal if it is the same one: it has no equals of its own. No record: once one
   * was compared, the JDK 17 keeps its class, and with it the application's class loader.
   */
  private static final class Key {
    private final Object shared;
    private final Tags tags;

    Key(Object shared, Tags tags) {
      this.shared = shared;
      this.tags = tags;
    }

    boolean isLike(Key other) {
      return shared.getClass() == other.shared.getClass() && tags.equals(other.tags);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && shared.equals(key.shared) && tags.equals(key.tags);
    }

    @Override
    public int hashCode() {
      return 31 * shared.hashCode() + tags.hashCode();
    }
  }

  private final String name;
  private final List<Meter.Id> meters;
  private int users;

  private SharedMeters(String name, List<Meter.Id> meters) {
    this.name = name;
    this.meters = meters;
  }

  /**
   * Registers meters unless they are. Each call wants its own release. A second thing of a kind and
   * name gets a number behind it, or its meters would be those of the first.
   *
   * @param shared whose meters
   * @param register registers them under the name that it is given
   */
  static void acquire(
      MeterRegistry registry,
      Object shared,
      String wantedName,
      Tags userTags,
      Function<String, List<Meter.Id>> register) {
    synchronized (SHARED) {
      Map<Key, SharedMeters> ofRegistry =
          SHARED.computeIfAbsent(registry, ignored -> new HashMap<>());
      Key key = new Key(shared, userTags);
      SharedMeters meters = ofRegistry.get(key);
      if (meters == null) {
        String name =
            UniqueName.of(
                wantedName,
                wanted ->
                    ofRegistry.entrySet().stream()
                        .anyMatch(
                            other ->
                                other.getKey().isLike(key)
                                    && other.getValue().name.equals(wanted)));
        meters = new SharedMeters(name, register.apply(name));
        ofRegistry.put(key, meters);
      }
      meters.users++;
    }
  }

  /** Lets go of what was acquired with the same arguments; the last one removes the meters. */
  static void release(MeterRegistry registry, Object shared, Tags userTags) {
    synchronized (SHARED) {
      Key key = new Key(shared, userTags);
      Map<Key, SharedMeters> ofRegistry = SHARED.getOrDefault(registry, Map.of());
      SharedMeters meters = ofRegistry.get(key);
      if (meters != null && --meters.users == 0) {
        meters.meters.forEach(registry::remove);
        ofRegistry.remove(key);
      }
    }
  }
}
