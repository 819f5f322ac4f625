package io.github.litealloc.benchmarks.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.Outside;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.server.ServerFigures;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo has shown.
 *
 * @param candidate the allocator
 * @param machine where and when
 * @param seconds from the start of the load to its last answer
 * @param warmUpSeconds the first of those, of which rate and latencies say nothing
 * @param warmUpRequests of that time
 * @param requests of the built-in load whose answers were right
 * @param answered requests of any client that the server answered
 * @param failures requests without a right answer, and errors in the server
 * @param wrongBytes bytes that differed, were missing or too many
 * @param leaks distinct leaks that Netty's detector reported, empty if it was disabled
 * @param latencies of the right answers, in nanoseconds
 * @param reservedPeakBytes the highest reserved memory
 * @param usedAtEndBytes memory in live buffers when all was closed, in arenas or not, empty if not
 *     known
 * @param outside what was outside of the budget, empty for a peer
 * @param seen what the page has said, and more
 * @param problems the first few failures in words, and what else was wrong
 */
record DemoSummary(
    Candidate candidate,
    Machine machine,
    double seconds,
    double warmUpSeconds,
    long warmUpRequests,
    long requests,
    long answered,
    long failures,
    long wrongBytes,
    OptionalLong leaks,
    Histogram latencies,
    long reservedPeakBytes,
    OptionalLong usedAtEndBytes,
    Optional<Outside> outside,
    Seen seen,
    List<String> problems) {

  /**
   * What was looked at from outside.
   *
   * @param dashboard where the page was
   * @param page what it said before the load ended
   * @param notes what the scenario has done wrong on purpose, a line each
   * @param leaks distinct leaks that Netty's detector reported
   */
  record Seen(URI dashboard, PageVerdict page, List<String> notes, long leaks) {}

  static DemoSummary of(
      DemoOptions options,
      MeasuredAllocator allocator,
      ServerFigures server,
      @Nullable LoadGenerator load,
      ProgressReporter progress,
      Seen seen) {
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
        progress.warmUpSeconds(),
        progress.warmUpRequests(),
        load == null ? 0 : load.figures().verified(),
        server.answered(),
        failures,
        load == null ? 0 : load.figures().wrongBytes(),
        looked ? OptionalLong.of(seen.leaks()) : OptionalLong.empty(),
        progress.latencies(),
        allocator.peakReservedBytes(),
        usedAtEnd(allocator),
        allocator instanceof MeasuredLite
            ? Optional.of(Outside.of(allocator, progress.peakOutsideBytes()))
            : Optional.empty(),
        seen,
        problems);
  }

  private static OptionalLong usedAtEnd(MeasuredAllocator allocator) {
    OptionalLong used = allocator.usedBytes();
    return used.isEmpty()
        ? used
        : OptionalLong.of(used.getAsLong() + Outside.bytesNow(allocator).orElse(0));
  }

  private OptionalLong fallbacks() {
    return outside.isPresent() ? OptionalLong.of(outside.get().buffers()) : OptionalLong.empty();
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
    outside.ifPresent(all -> line(out, "outside", all.text()));
    seen.notes().forEach(note -> line(out, "scenario", note));
    line(out, "page", seen.page().level() + " at the end of the load" + reasonsText());
    line(out, "dashboard", seen.dashboard() + "  (gone now; --duration 0 keeps it until Ctrl-C)");
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
    String past =
        outside
            .map(
                all ->
                    all.buffers() > 0
                        ? "; outside of the arenas and their budget: " + all.text() + '.'
                        : ", nothing direct was outside of the budget.")
            .orElse(".");
    return "All well: " + answers + buffers + past;
  }

  private String reasonsText() {
    return seen.page().texts().isEmpty() ? "" : ": " + String.join(" ", seen.page().texts());
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("  %-12s %s%n", name, value);
  }

  private String perSecondText() {
    return String.format(Locale.ROOT, "%,.0f per second", requestsPerSecond())
        + (warmUpSeconds == 0
            ? ""
            : String.format(Locale.ROOT, " after %.0f s of warm-up", warmUpSeconds));
  }

  private double requestsPerSecond() {
    return seconds == 0 ? 0 : (requests - warmUpRequests) / (seconds - warmUpSeconds);
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
    json.writeNumberField("warmUpSeconds", warmUpSeconds);
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
    writeOptional(json, "fallbacks", fallbacks());
    if (outside.isPresent()) {
      json.writeNumberField("fallbackBytes", outside.get().bytes());
      json.writeNumberField("outsidePeakBytes", outside.get().peakBytes());
    }
    json.writeStringField("page", seen.page().level());
    json.writeArrayFieldStart("pageReasons");
    for (String reason : seen.page().reasons()) {
      json.writeString(reason);
    }
    json.writeEndArray();
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
