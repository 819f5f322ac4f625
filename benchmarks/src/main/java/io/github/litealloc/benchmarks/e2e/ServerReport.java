package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.ResidentSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a server says of itself. Bytes are negative where nobody tells them.
 *
 * @param answered requests
 * @param cpuNanos processor time; negative if unknown
 * @param youngCollections collections of the young generation; negative if unknown
 * @param peakReserved the most that the allocator held
 * @param fallbackShare direct buffers of ours that no arena served, 0 to 1
 * @param errors exceptions in the server, but for those of connections that clients cut
 * @param firstError the first of them, or empty
 * @param series looks at its memory over time
 */
record ServerReport(
    long answered,
    long cpuNanos,
    long youngCollections,
    long peakReserved,
    double fallbackShare,
    long errors,
    String firstError,
    List<Look> series) {

  /**
   * One look.
   *
   * @param millis since the first one
   * @param reserved bytes that the allocator holds
   * @param resident bytes of the process, above what it had before its first connection
   */
  record Look(long millis, long reserved, long resident) {}

  static ServerReport of(Answers answers) {
    long residentBefore = answers.number("residentBefore");
    return new ServerReport(
        answers.number("answered"),
        answers.number("cpuNanos"),
        answers.number("youngCollections"),
        answers.number("peakReserved"),
        answers.decimal("fallbackShare"),
        answers.number("errors"),
        answers.text("firstError"),
        Stream.of(answers.text("series").split(","))
            .map(words -> look(words.split(":"), residentBefore))
            .toList());
  }

  private static Look look(String[] words, long residentBefore) {
    long resident = Long.parseLong(words[2]);
    return new Look(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        resident == ResidentSet.UNKNOWN ? resident : Math.max(0, resident - residentBefore));
  }
}
