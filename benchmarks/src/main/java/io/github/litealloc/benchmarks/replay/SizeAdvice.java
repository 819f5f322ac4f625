package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.SizeClasses;
import io.github.litealloc.benchmarks.record.Traffic;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the sizes of a history say of size classes.
 *
 * @param wasted bytes that rounding up to the default classes wastes, of each byte asked for
 * @param better classes that would waste clearly less, or none
 * @param wastedThen what those would waste
 */
record SizeAdvice(double wasted, List<Integer> better, double wastedThen) {

  private static final double WORTH_IT = 0.1;
  private static final int MORE_CLASSES = 8;
  private static final int GRANULE = 16;

  static SizeAdvice of(Traffic traffic) {
    Map<Integer, Long> counts = new HashMap<>();
    for (int event = 0; event < traffic.events(); event++) {
      int size = traffic.size(event);
      if (traffic.kind(event) == Traffic.Kind.ALLOCATE
          && size > 0
          && size <= SizeClasses.NETWORK.maxBytes()) {
        counts.merge(size, 1L, Long::sum);
      }
    }
    double wasted = wasted(counts, SizeClasses.NETWORK);
    if (wasted < WORTH_IT) {
      return new SizeAdvice(wasted, List.of(), wasted);
    }
    TreeSet<Integer> classes = new TreeSet<>();
    for (int i = 0; i < SizeClasses.NETWORK.count(); i++) {
      classes.add(SizeClasses.NETWORK.bytes(i));
    }
    counts.entrySet().stream()
        .sorted(Comparator.comparingDouble(each -> -lost(each)))
        .limit(MORE_CLASSES)
        .forEach(each -> classes.add((each.getKey() + GRANULE - 1) / GRANULE * GRANULE));
    double then =
        wasted(counts, SizeClasses.of(classes.stream().mapToInt(Integer::intValue).toArray()));
    return new SizeAdvice(
        wasted, wasted - then < WORTH_IT / 2 ? List.of() : List.copyOf(classes), then);
  }

  private static double lost(Map.Entry<Integer, Long> size) {
    int rounded = SizeClasses.NETWORK.bytes(SizeClasses.NETWORK.classOf(size.getKey()));
    return (double) (rounded - size.getKey()) * size.getValue();
  }

  private static double wasted(Map<Integer, Long> counts, SizeClasses classes) {
    double asked = 0;
    double given = 0;
    for (Map.Entry<Integer, Long> size : counts.entrySet()) {
      asked += (double) size.getKey() * size.getValue();
      given += (double) classes.bytes(classes.classOf(size.getKey())) * size.getValue();
    }
    return asked == 0 ? 0 : given / asked - 1;
  }

  /** Returns a sentence. */
  String reason() {
    String text =
        String.format(
            Locale.ROOT,
            "size classes: rounding up wastes %.1f %% of what is asked for",
            100 * wasted);
    return better.isEmpty()
        ? text + ", other classes would not waste clearly less"
        : text
            + String.format(
                Locale.ROOT,
                "; with classes of its own, segregated-bump would waste %.1f %%",
                100 * wastedThen);
  }

  /** Returns what a builder's method {@code strategy} takes. */
  String strategy(String name) {
    return better.isEmpty() || !name.equals("segregated-bump")
        ? '"' + name + '"'
        : better.stream()
            .map(String::valueOf)
            .collect(
                Collectors.joining(
                    ", ", "Strategies.segregatedBump(\"own-classes\", SizeClasses.of(", "))"));
  }
}
