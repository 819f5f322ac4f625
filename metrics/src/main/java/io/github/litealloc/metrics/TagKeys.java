package io.github.litealloc.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses tags that a registry would not show. Until Micrometer 1.17 Prometheus' registries know
 * one set of keys for each name, and drop meters with another one but for a line in the log. So all
 * binders of one such registry must have the same keys. Safe for use by several threads.
 */
final class TagKeys {

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final int FIRST_MINOR_WITHOUT_LIMIT = 17;

  /** How many bindings have which keys. Its values refer to no registry, so it keeps none alive. */
  private static final Map<MeterRegistry, Map<Set<String>, Integer>> BOUND = new WeakHashMap<>();

  private TagKeys() {}

  /**
   * Notes that meters with these tags come into a registry. Each call wants its own release.
   *
   * @throws IllegalArgumentException if the registry has some with other keys, and can show one
   *     kind only
   */
  static void acquire(MeterRegistry registry, Tags userTags) {
    Set<String> keys = keys(userTags);
    synchronized (BOUND) {
      List<MeterRegistry> limited = limited(registry);
      for (MeterRegistry each : limited) {
        for (Set<String> others : BOUND.getOrDefault(each, Map.of()).keySet()) {
          if (!others.equals(keys)) {
            throw new IllegalArgumentException(
                "tags: "
                    + keys
                    + " (expected: the keys "
                    + others
                    + ", which other meters of lite-alloc have in "
                    + each.getClass().getName()
                    + "; before Micrometer 1.17 it shows meters of one name only if all have the"
                    + " same keys)");
          }
        }
      }
      for (MeterRegistry each : limited) {
        BOUND.computeIfAbsent(each, ignored -> new HashMap<>()).merge(keys, 1, Integer::sum);
      }
    }
  }

  /** Takes back what was acquired with the same arguments. */
  static void release(MeterRegistry registry, Tags userTags) {
    Set<String> keys = keys(userTags);
    synchronized (BOUND) {
      for (MeterRegistry each : limited(registry)) {
        BOUND
            .getOrDefault(each, new HashMap<>())
            .computeIfPresent(keys, (ignored, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  private static Set<String> keys(Tags tags) {
    Set<String> keys = new TreeSet<>();
    for (Tag tag : tags) {
      keys.add(tag.getKey());
    }
    return keys;
  }

  /** The registries with that limit: the given one, or those behind it. */
  private static List<MeterRegistry> limited(MeterRegistry registry) {
    List<MeterRegistry> limited = new ArrayList<>();
    if (registry instanceof CompositeMeterRegistry composite) {
      composite.getRegistries().forEach(each -> limited.addAll(limited(each)));
    } else if (isLimited(registry.getClass())) {
      limited.add(registry);
    }
    return limited;
  }

  /** By name: an application need not have the classes. */
  private static boolean isLimited(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      switch (each.getName()) {
        case "io.micrometer.prometheus.PrometheusMeterRegistry" -> {
          return true; // the older one of two, which ended before
        }
        case "io.micrometer.prometheusmetrics.PrometheusMeterRegistry" -> {
          return isLimitedVersion(each.getPackage().getImplementationVersion());
        }
        default -> {}
      }
    }
    return false;
  }

  /** What has lost its manifest is taken for a new one. */
  static boolean isLimitedVersion(@Nullable String version) {
    Matcher matcher = VERSION.matcher(version == null ? "" : version);
    return matcher.matches()
        && Integer.parseInt(matcher.group(1)) == 1
        && Integer.parseInt(matcher.group(2)) < FIRST_MINOR_WITHOUT_LIMIT;
  }
}
