package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What one candidate did in one process. Bytes of the resident set are above what the process had
 * before; all bytes are negative where nobody tells them.
 *
 * @param nanosPerOp time of an allocation, a resize or a release, in the fastest repetition
 * @param peakReserved the most that the allocator held
 * @param meanReserved the same, averaged over the time of the history
 * @param meanUsed bytes in live buffers, as the allocator says, averaged
 * @param meanLive bytes in live buffers, as the history says, averaged
 * @param peakResident the most that the process had
 * @param meanResident the same, averaged
 * @param fallbacks direct buffers of ours that no arena served, in words; empty if there was none
 * @param fallbackShare their share, 0 to 1
 * @param refused requests that ended in an error
 * @param playedShare which share of the history was played, 0 to 1; less than 1 if it became far
 *     too slow
 * @param reservedAfter what the allocator held some seconds after the end, with nothing live
 * @param residentAfter what the process had then
 * @param series looks at it over time
 */
record ReplayResult(
    double nanosPerOp,
    long peakReserved,
    long meanReserved,
    long meanUsed,
    long meanLive,
    long peakResident,
    long meanResident,
    String fallbacks,
    double fallbackShare,
    long refused,
    double playedShare,
    long reservedAfter,
    long residentAfter,
    List<Sampler.Sample> series) {

  private static final int MAX_SERIES = 120;

  /** Shortens the series. */
  ReplayResult {
    int step = 1 + (series.size() - 1) / MAX_SERIES;
    List<Sampler.Sample> shorter = new ArrayList<>();
    for (int i = 0; i < series.size(); i += step) {
      shorter.add(series.get(i));
    }
    series = List.copyOf(shorter);
  }

  /**
   * Sums up the memory of a replay; its time is still to be told.
   *
   * @param allocator what it was replayed with
   * @param player who has done so
   * @param during looks at it meanwhile
   * @param after a look some seconds after the end
   * @param series what to show of it over time
   */
  static ReplayResult of(
      MeasuredAllocator allocator,
      Player player,
      List<Sampler.Sample> during,
      Sampler.Sample after,
      List<Sampler.Sample> series) {
    boolean isOurs = allocator instanceof MeasuredLite;
    return new ReplayResult(
        Double.NaN,
        allocator.peakReservedBytes(),
        mean(during, Sampler.Sample::reserved),
        mean(during, Sampler.Sample::used),
        mean(during, Sampler.Sample::live),
        during.stream().mapToLong(Sampler.Sample::resident).max().orElse(-1),
        mean(during, Sampler.Sample::resident),
        isOurs ? inWords(((MeasuredLite) allocator).fallbacks()) : "",
        isOurs ? ((MeasuredLite) allocator).fallbackShare() : 0,
        player.refused(),
        player.playedShare(),
        after.reserved(),
        after.resident(),
        series);
  }

  private static long mean(List<Sampler.Sample> samples, ToLongFunction<Sampler.Sample> figure) {
    return Math.round(samples.stream().mapToLong(figure).average().orElse(-1));
  }

  private static String inWords(Map<?, Long> fallbacks) {
    return fallbacks.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Returns the same with the time of an operation. */
  ReplayResult timed(double nanosPerOp) {
    return new ReplayResult(
        nanosPerOp,
        peakReserved,
        meanReserved,
        meanUsed,
        meanLive,
        peakResident,
        meanResident,
        fallbacks,
        fallbackShare,
        refused,
        playedShare,
        reservedAfter,
        residentAfter,
        series);
  }

  /** Returns how many bytes are held for each live one, on average; 0 if nothing was live. */
  double reservedPerLive() {
    return meanLive <= 0 ? 0 : meanReserved / (double) meanLive;
  }

  /** Says why a history was not played to its end. */
  String ended(long maxDirectBytes) {
    return String.format(
        Locale.ROOT,
        "ENDED after %.0f %% of the recording, for it took many times as long; as where each request waits for"
            + " the garbage collector, at the limit of direct memory (%s): try --max-direct",
        100 * playedShare,
        Text.bytes(maxDirectBytes));
  }

  /** Says how many requests were refused, and what may help. */
  String refusals(long maxDirectBytes) {
    return "REFUSED "
        + Text.count(refused, "request")
        + ", at the limit of direct memory ("
        + Text.bytes(maxDirectBytes)
        + "): try --max-direct";
  }

  /** Writes everything so that {@link #read} can read it. */
  void write(Path file) throws IOException {
    Properties values = new Properties();
    values.setProperty("nanosPerOp", String.valueOf(nanosPerOp));
    values.setProperty("peakReserved", String.valueOf(peakReserved));
    values.setProperty("meanReserved", String.valueOf(meanReserved));
    values.setProperty("meanUsed", String.valueOf(meanUsed));
    values.setProperty("meanLive", String.valueOf(meanLive));
    values.setProperty("peakResident", String.valueOf(peakResident));
    values.setProperty("meanResident", String.valueOf(meanResident));
    values.setProperty("fallbacks", fallbacks);
    values.setProperty("fallbackShare", String.valueOf(fallbackShare));
    values.setProperty("refused", String.valueOf(refused));
    values.setProperty("playedShare", String.valueOf(playedShare));
    values.setProperty("reservedAfter", String.valueOf(reservedAfter));
    values.setProperty("residentAfter", String.valueOf(residentAfter));
    values.setProperty(
        "series",
        series.stream()
            .map(
                each ->
                    each.millis()
                        + " "
                        + each.live()
                        + ' '
                        + each.reserved()
                        + ' '
                        + each.used()
                        + ' '
                        + each.resident())
            .collect(Collectors.joining(",")));
    try (OutputStream out = Files.newOutputStream(file)) {
      values.store(out, null);
    }
  }

  static ReplayResult read(Path file) throws IOException {
    Properties values = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      values.load(in);
    }
    return new ReplayResult(
        Double.parseDouble(value(values, "nanosPerOp")),
        number(values, "peakReserved"),
        number(values, "meanReserved"),
        number(values, "meanUsed"),
        number(values, "meanLive"),
        number(values, "peakResident"),
        number(values, "meanResident"),
        value(values, "fallbacks"),
        Double.parseDouble(value(values, "fallbackShare")),
        number(values, "refused"),
        Double.parseDouble(value(values, "playedShare")),
        number(values, "reservedAfter"),
        number(values, "residentAfter"),
        value(values, "series")
            .lines()
            .flatMap(line -> List.of(line.split(",")).stream())
            .map(ReplayResult::sample)
            .toList());
  }

  private static Sampler.Sample sample(String words) {
    String[] each = words.split(" ");
    return new Sampler.Sample(
        Long.parseLong(each[0]),
        Long.parseLong(each[1]),
        Long.parseLong(each[2]),
        Long.parseLong(each[3]),
        Long.parseLong(each[4]));
  }

  private static long number(Properties values, String name) {
    return Long.parseLong(value(values, name));
  }

  private static String value(Properties values, String name) {
    String value = values.getProperty(name);
    if (value == null) {
      throw new CommandFailure("the replaying process has not told its " + name, null);
    }
    return value;
  }
}
