package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.benchmarks.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The heap that one strategy needs for its books.
 *
 * @param strategy its name
 * @param perLiveBlock heap bytes for a live block
 * @param perFreeBlock heap bytes for a free block between live ones
 */
record Footprint(String strategy, Spread perLiveBlock, Spread perFreeBlock) {

  private static final String MARK = "footprint";

  /**
   * One measurement. Heap bytes include what a chunk needs, and the parts of arrays that are not in
   * use yet.
   *
   * @param strategy its name
   * @param blocks how many blocks were live, and how many free
   * @param liveHeapBytes what an arena with live blocks needs more than an empty one
   * @param freeHeapBytes what an arena with live and free blocks needs more than one with the live
   *     ones alone
   */
  record Sample(String strategy, int blocks, long liveHeapBytes, long freeHeapBytes) {

    double perLiveBlock() {
      return liveHeapBytes / (double) blocks;
    }

    double perFreeBlock() {
      return freeHeapBytes / (double) blocks;
    }

    /** Writes everything so that {@link #parse} can read it. */
    String line() {
      return MARK + ' ' + strategy + ' ' + blocks + ' ' + liveHeapBytes + ' ' + freeHeapBytes;
    }

    static Sample parse(String line) {
      String[] words = line.split(" ");
      return new Sample(
          words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]));
    }
  }

  /** Reads a line, if it is one of the probe. */
  static Optional<Sample> sample(String line) {
    return line.startsWith(MARK + ' ') ? Optional.of(Sample.parse(line)) : Optional.empty();
  }

  /** Reads what the probe has printed; lines that are not of the probe are passed over. */
  static List<Footprint> parse(List<String> lines) {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    for (String line : lines) {
      sample(line)
          .ifPresent(
              sample ->
                  samples.computeIfAbsent(sample.strategy(), any -> new ArrayList<>()).add(sample));
    }
    List<Footprint> footprints = new ArrayList<>();
    samples.forEach(
        (strategy, each) ->
            footprints.add(
                new Footprint(
                    strategy,
                    Spread.of(each, Sample::perLiveBlock),
                    Spread.of(each, Sample::perFreeBlock))));
    return footprints;
  }
}
