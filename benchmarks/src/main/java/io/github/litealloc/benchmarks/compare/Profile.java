package io.github.litealloc.benchmarks.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the time of one run went, by samples.
 *
 * @param samples how many there were in each method, named {@code package.Class.method}
 */
record Profile(Map<String, Integer> samples) {

  /**
   * One line.
   *
   * @param name a method or a part of the program
   * @param share of all samples, 0 to 1
   */
  record Line(String name, double share) {}

  /** The parts of the program, by what their methods' names start with; the first one counts. */
  private static final List<Map.Entry<String, String>> PARTS =
      List.of(
          Map.entry("io.github.litealloc.benchmarks.", "the benchmark"),
          Map.entry("io.github.litealloc.netty.", "our buffers"),
          Map.entry("io.github.litealloc.", "our arena"),
          Map.entry("io.netty.", "Netty"));

  private static final String OTHER_PART = "other";

  /** Less would be shown as 0 %. */
  private static final double MIN_SHARE = 0.005;

  /** Returns how many samples there were. */
  int total() {
    return samples.values().stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * Returns the methods with the most samples, the largest first.
   *
   * @param max how many
   */
  List<Line> methods(int max) {
    List<Line> lines = lines(samples);
    return lines.subList(0, Math.min(max, lines.size()));
  }

  /** Returns the parts of the program, the largest first. */
  List<Line> parts() {
    Map<String, Integer> parts = new TreeMap<>();
    samples.forEach((method, count) -> parts.merge(partOf(method), count, Integer::sum));
    return lines(parts);
  }

  private static String partOf(String method) {
    return PARTS.stream()
        .filter(part -> method.startsWith(part.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(OTHER_PART);
  }

  private List<Line> lines(Map<String, Integer> counts) {
    List<Line> lines = new ArrayList<>();
    counts.forEach((name, count) -> lines.add(new Line(name, (double) count / total())));
    lines.removeIf(line -> line.share() < MIN_SHARE);
    lines.sort(Comparator.comparingDouble(Line::share).reversed().thenComparing(Line::name));
    return lines;
  }
}
