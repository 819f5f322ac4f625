package io.github.litealloc.benchmarks.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.ResidentSet;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.netty.LiteAllocatorMetric;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a soak has seen, and what it has left.
 *
 * @param seconds how long it was, with its warm-up and silences
 * @param figures what was done, and what came of it
 * @param left what the allocator still has after the silence
 * @param residentBefore the resident set after the warm-up and its silence
 * @param residentAfter the same at the end
 */
record SoakResult(
    double seconds, SoakFigures figures, Left left, long residentBefore, long residentAfter) {

  /** By so much the process may have grown: code that was compiled since, above all. */
  static final long MAX_GROWTH_BYTES = 64L << 20;

  /**
   * What is left.
   *
   * @param usedBytes in live buffers of arenas
   * @param reservedBytes in arenas
   * @param chargedBytes to the budget
   * @param elsewhereBytes in live direct buffers of the fallback
   * @param heapBytes in live heap buffers
   * @param leaks distinct leaks that Netty's detector reported
   * @param peakBytes the most that the budget had at a time
   * @param maxBytes what it allowed
   */
  record Left(
      long usedBytes,
      long reservedBytes,
      long chargedBytes,
      long elsewhereBytes,
      long heapBytes,
      long leaks,
      long peakBytes,
      long maxBytes) {

    static Left of(MeasuredLite lite, long leaks) {
      LiteAllocatorMetric metric = lite.allocator().metric();
      return new Left(
          metric.usedBytes(),
          metric.reservedBytes(),
          lite.reservedBytes(),
          metric.elsewhereBytes(),
          metric.heapBytes(),
          leaks,
          lite.peakReservedBytes(),
          lite.maxBytes());
    }
  }

  /**
   * One thing that must hold.
   *
   * @param name what
   * @param value what was found
   * @param allowed what may be
   * @param holds whether it is
   */
  record Check(String name, String value, String allowed, boolean holds) {}

  /** Says whether the heap was made at once: else the resident set says nothing of what is not. */
  static boolean isHeapFixed() {
    List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
    return options.contains("-XX:+AlwaysPreTouch")
        && options.stream().anyMatch(option -> option.startsWith("-Xms"));
  }

  /** Returns all that must hold. */
  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.add(
        new Check(
            "requests verified", Text.count(figures.verified()), "some", figures.verified() > 0));
    checks.add(none("failures", figures.failures()));
    checks.add(none("wrong bytes", figures.wrongBytes()));
    checks.add(none("leaks", left.leaks()));
    checks.add(noBytes("live in arenas", left.usedBytes()));
    checks.add(noBytes("reserved by arenas", left.reservedBytes()));
    checks.add(noBytes("charged to the budget", left.chargedBytes()));
    checks.add(noBytes("live outside of arenas", left.elsewhereBytes()));
    checks.add(noBytes("live on the heap", left.heapBytes()));
    checks.add(
        new Check(
            "most charged at a time",
            Text.bytes(left.peakBytes()),
            "at most " + Text.bytes(left.maxBytes()),
            left.peakBytes() <= left.maxBytes()));
    for (Fault fault : Fault.values()) {
      checks.add(
          new Check(
              fault.description(),
              Text.count(figures.faults(fault)),
              "some",
              figures.faults(fault) > 0));
    }
    checks.add(residentSet());
    return checks;
  }

  private Check residentSet() {
    if (residentBefore == ResidentSet.UNKNOWN || !isHeapFixed()) {
      return new Check(
          "resident set",
          Text.bytes(residentAfter),
          "not judged: the heap grows, too (-Xms512m -Xmx512m -XX:+AlwaysPreTouch)",
          true);
    }
    return new Check(
        "resident set",
        Text.bytes(residentAfter) + ", before " + Text.bytes(residentBefore),
        "at most " + Text.bytes(MAX_GROWTH_BYTES) + " more",
        residentAfter - residentBefore <= MAX_GROWTH_BYTES);
  }

  private static Check none(String name, long count) {
    return new Check(name, Text.count(count), "0", count == 0);
  }

  private static Check noBytes(String name, long bytes) {
    return new Check(name, Text.bytes(bytes), "0 B", bytes == 0);
  }

  boolean allWell() {
    return checks().stream().allMatch(Check::holds);
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%nsoak of %.0f s, %s, %s%n",
        seconds,
        Machine.here().jdk(),
        Machine.here().cpu());
    for (Check check : checks()) {
      out.printf(
          "  %-40s %-34s %-22s %s%n",
          check.name(), check.value(), check.allowed(), check.holds() ? "" : "NOT so");
    }
    out.println("  requests under way when their connection was cut: " + Text.count(figures.cut()));
    figures.problems().stream().distinct().limit(10).forEach(p -> out.println("  problem " + p));
    out.println(allWell() ? "All well." : "NOT well: see NOT so above.");
    out.flush();
  }

  /** Writes the result as one object. */
  void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("seconds", seconds);
    json.writeNumberField("verified", figures.verified());
    json.writeNumberField("cut", figures.cut());
    json.writeNumberField("failures", figures.failures());
    json.writeNumberField("wrongBytes", figures.wrongBytes());
    json.writeObjectFieldStart("faults");
    for (Fault fault : Fault.values()) {
      json.writeNumberField(fault.name(), figures.faults(fault));
    }
    json.writeEndObject();
    json.writeNumberField("leaks", left.leaks());
    json.writeNumberField("usedBytes", left.usedBytes());
    json.writeNumberField("reservedBytes", left.reservedBytes());
    json.writeNumberField("chargedBytes", left.chargedBytes());
    json.writeNumberField("elsewhereBytes", left.elsewhereBytes());
    json.writeNumberField("heapBytes", left.heapBytes());
    json.writeNumberField("peakBytes", left.peakBytes());
    json.writeNumberField("maxBytes", left.maxBytes());
    json.writeNumberField("residentBefore", residentBefore);
    json.writeNumberField("residentAfter", residentAfter);
    json.writeBooleanField("residentJudged", isHeapFixed());
    json.writeBooleanField("allWell", allWell());
    json.writeStringField("jdk", Machine.here().jdk());
    json.writeStringField("machine", Machine.here().cpu());
    json.writeStringField("date", Machine.here().date());
    json.writeEndObject();
  }
}
