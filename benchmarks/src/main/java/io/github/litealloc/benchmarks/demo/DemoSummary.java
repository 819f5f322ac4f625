package io.github.litealloc.benchmarks.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.Text;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo has shown.
 *
 * @param candidate the allocator
 * @param machine where and when
 * @param seconds from the start of the load to its last answer
 * @param requests of the built-in load whose answers were right
 * @param answered requests of any client that the server answered
 * @param failures requests without a right answer, and errors in the server
 * @param wrongBytes bytes that differed, were missing or too many
 * @param leaks distinct leaks that Netty's detector reported, empty if it was disabled
 * @param latencies of the right answers, in nanoseconds
 * @param reservedPeakBytes the highest reserved memory
 * @param usedAtEndBytes memory in live buffers when all was closed, empty if not known
 * @param fallbacks direct buffers that did not come from an arena, empty for a peer
 * @param problems the first few failures in words, and what else was wrong
 */
record DemoSummary(
    Candidate candidate,
    Machine machine,
    double seconds,
    long requests,
    long answered,
    long failures,
    long wrongBytes,
    OptionalLong leaks,
    Histogram latencies,
    long reservedPeakBytes,
    OptionalLong usedAtEndBytes,
    OptionalLong fallbacks,
    List<String> problems) {

  static DemoSummary of(
      DemoOptions options,
      MeasuredAllocator allocator,
      ServerFigures server,
      @Nullable LoadGenerator load,
      ProgressReporter progress,
      long leaks) {
    List<String> problems = new ArrayList<>(server.errors().firstFew());
    long failures = server.errors().count();
    if (load != null) {
      problems.addAll(load.figures().failures().firstFew());
      failures += load.figures().failures().count();
      if (load.figures().verified() == 0) {
        failures++;
        problems.add("the load ran, but not one request was answered rightly");
      }
    }
    boolean looked = ResourceLeakDetector.isEnabled();
    return new DemoSummary(
        options.candidate(),
        Machine.here(),
        progress.seconds(),
        load == null ? 0 : load.figures().verified(),
        server.answered(),
        failures,
        load == null ? 0 : load.figures().wrongBytes(),
        looked ? OptionalLong.of(leaks) : OptionalLong.empty(),
        progress.latencies(),
        allocator.peakReservedBytes(),
        allocator.usedBytes(),
        fallbacks(allocator),
        problems);
  }

  private static OptionalLong fallbacks(MeasuredAllocator allocator) {
    return allocator instanceof MeasuredLite lite
        ? OptionalLong.of(lite.fallbacks().values().stream().mapToLong(Long::longValue).sum())
        : OptionalLong.empty();
  }

  /** Says whether every answer was right and every buffer came back, as far as can be known. */
  boolean allWell() {
    return failures == 0
        && wrongBytes == 0
        && leaks.orElse(0) == 0
        && usedAtEndBytes.orElse(0) == 0;
  }

  void print(PrintWriter out) {
    out.printf(Locale.ROOT, "%n%s, %.1f s, leak detection %s%n", candidate, seconds, leakLevel());
    line(out, "requests", Text.count(requests) + " verified, " + perSecondText());
    line(out, "answered", Text.count(answered) + " by the server, to any client");
    line(out, "failures", Text.count(failures));
    line(out, "wrong bytes", Text.count(wrongBytes));
    line(out, "leaks", leaks.isPresent() ? Text.count(leaks.getAsLong()) : "not looked for");
    if (requests > 0) {
      line(out, "latency us", latencyText());
    }
    line(out, "reserved", "at most " + Text.bytes(reservedPeakBytes));
    line(out, "used at end", Text.bytes(usedAtEndBytes));
    fallbacks.ifPresent(
        count -> line(out, "fallbacks", Text.count(count) + " direct buffers not from an arena"));
    problems.forEach(problem -> line(out, "problem", problem));
    out.println(verdict());
    out.flush();
  }

  private String verdict() {
    if (!allWell()) {
      return "NOT well: see failures, wrong bytes, leaks and used at end above.";
    }
    String answers = requests > 0 ? "every answer was right" : "no errors, no answer was checked";
    String buffers = usedAtEndBytes.isPresent() ? ", every buffer came back" : "";
    String outside =
        fallbacks.orElse(0) > 0
            ? "; "
                + Text.count(fallbacks.getAsLong(), "direct buffer")
                + " came from outside of the arenas and their budget."
            : ".";
    return "All well: " + answers + buffers + outside;
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("  %-12s %s%n", name, value);
  }

  private String perSecondText() {
    return String.format(Locale.ROOT, "%,.0f per second", requestsPerSecond());
  }

  private double requestsPerSecond() {
    return seconds == 0 ? 0 : requests / seconds;
  }

  private String latencyText() {
    return String.format(
        Locale.ROOT,
        "p50 %,.0f, p90 %,.0f, p99 %,.0f, p99.9 %,.0f, max %,.0f",
        micros(50),
        micros(90),
        micros(99),
        micros(99.9),
        latencies.getMaxValue() / 1e3);
  }

  private double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }

  private static String leakLevel() {
    return ResourceLeakDetector.getLevel().name().toLowerCase(Locale.ROOT);
  }

  /** Writes the summary as one object. What is not known is {@code null}. */
  void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("allocator", candidate.kind().id());
    json.writeStringField("strategy", candidate.strategy().isEmpty() ? null : candidate.strategy());
    json.writeNumberField("seconds", seconds);
    json.writeNumberField("requests", requests);
    json.writeNumberField("requestsPerSecond", requestsPerSecond());
    json.writeNumberField("answered", answered);
    json.writeNumberField("failures", failures);
    json.writeNumberField("wrongBytes", wrongBytes);
    writeOptional(json, "leaks", leaks);
    json.writeStringField("leakDetection", leakLevel());
    writeLatencies(json);
    json.writeNumberField("reservedPeakBytes", reservedPeakBytes);
    writeOptional(json, "usedAtEndBytes", usedAtEndBytes);
    writeOptional(json, "fallbacks", fallbacks);
    json.writeArrayFieldStart("problems");
    for (String problem : problems) {
      json.writeString(problem);
    }
    json.writeEndArray();
    json.writeBooleanField("allWell", allWell());
    json.writeStringField("machine", machine.cpu());
    json.writeStringField("jdk", machine.jdk());
    json.writeStringField("date", machine.date());
    json.writeEndObject();
  }

  private void writeLatencies(JsonGenerator json) throws IOException {
    if (requests == 0) {
      json.writeNullField("latencyMicros");
      return;
    }
    json.writeObjectFieldStart("latencyMicros");
    json.writeNumberField("p50", micros(50));
    json.writeNumberField("p90", micros(90));
    json.writeNumberField("p99", micros(99));
    json.writeNumberField("p999", micros(99.9));
    json.writeNumberField("max", latencies.getMaxValue() / 1e3);
    json.writeEndObject();
  }

  private static void writeOptional(JsonGenerator json, String name, OptionalLong value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsLong());
    } else {
      json.writeNullField(name);
    }
  }
}
