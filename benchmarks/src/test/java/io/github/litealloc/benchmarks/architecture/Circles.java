package io.github.litealloc.benchmarks.architecture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds what depends on each other in a circle: strongly connected parts of a graph. */
final class Circles {

  private final Map<String, ? extends Set<String>> graph;
  private final Map<String, Set<String>> reached = new HashMap<>();

  private Circles(Map<String, ? extends Set<String>> graph) {
    this.graph = graph;
  }

  /** The circles of two or more, each sorted by name, the largest first. */
  static List<Set<String>> of(Map<String, ? extends Set<String>> graph) {
    return new Circles(graph).find();
  }

  private List<Set<String>> find() {
    graph.keySet().forEach(node -> reached.put(node, reachedFrom(node)));
    Set<String> done = new HashSet<>();
    List<Set<String>> circles = new ArrayList<>();
    for (String node : graph.keySet()) {
      Set<String> circle = new TreeSet<>();
      for (String other : reached(node)) {
        if (reached(other).contains(node)) {
          circle.add(other);
        }
      }
      if (circle.size() > 1 && done.addAll(circle)) {
        circles.add(circle);
      }
    }
    circles.sort((a, b) -> b.size() - a.size());
    return circles;
  }

  private Set<String> reached(String node) {
    return reached.getOrDefault(node, Set.of());
  }

  /** Some hundred types: following every arrow from every type is fast enough. */
  private Set<String> reachedFrom(String start) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      String node = open.remove(open.size() - 1);
      Set<String> next = graph.get(node);
      if (next == null) {
        continue;
      }
      for (String other : next) {
        if (seen.add(other)) {
          open.add(other);
        }
      }
    }
    return seen;
  }
}
