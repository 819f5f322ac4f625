package io.github.litealloc.benchmarks.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.AllocatorKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a comparison as one JSON object, from which its tables can be drawn again. */
final class ComparisonJson {

  private ComparisonJson() {}

  static void write(
      Comparison comparison, Map<ComparePlan.Run, Profile> profiles, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    comparison.machine().writeTo(json);
    comparison.plan().times().writeTo(json, comparison.rounds());
    writeStrings(json, "jvmOptions", comparison.jvmOptions());
    json.writeNumberField("fallbackShare", comparison.fallbackShare());
    json.writeArrayFieldStart("results");
    for (Comparison.Row row : comparison.rows()) {
      write(row, json);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("profiles");
    for (Map.Entry<ComparePlan.Run, Profile> profile : profiles.entrySet()) {
      write(profile.getKey(), profile.getValue(), json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Comparison.Row row, JsonGenerator json) throws IOException {
    Figures figures = row.figures();
    json.writeStartObject();
    writeRun(row.run(), json);
    json.writeNumberField("nanosPerOp", figures.nanosPerOp());
    json.writeArrayFieldStart("nanosPerOpOfForks");
    for (ForkResult fork : figures.forks()) {
      json.writeNumber(fork.nanosPerOp());
    }
    json.writeEndArray();
    writeRatio(json, "ratioToPooled", row.ratioTo(AllocatorKind.POOLED));
    writeRatio(json, "ratioToAdaptive", row.ratioTo(AllocatorKind.ADAPTIVE));
    writeRatio(json, "ratioToUnpooled", row.ratioTo(AllocatorKind.UNPOOLED));
    writeBudget(row.budget(), json);
    json.writeNumberField("garbageBytesPerOp", figures.garbageBytesPerOp());
    json.writeNumberField("peakReservedBytes", figures.peakReservedBytes());
    json.writeNumberField("fallbackShare", figures.fallbackShare());
    json.writeEndObject();
  }

  private static void writeRun(ComparePlan.Run run, JsonGenerator json) throws IOException {
    String strategy = run.candidate().strategy();
    json.writeStringField("java", run.setting().jdk().version());
    json.writeStringField("jdk", run.setting().jdk().build());
    json.writeStringField("leakDetection", run.setting().leakDetection().toString());
    json.writeStringField("scenario", run.scenario().id());
    json.writeStringField("allocator", run.candidate().kind().id());
    json.writeStringField("strategy", strategy.isEmpty() ? null : strategy);
  }

  private static void writeBudget(Optional<BudgetCheck> budget, JsonGenerator json)
      throws IOException {
    if (budget.isEmpty()) {
      json.writeNullField("budget");
      return;
    }
    BudgetCheck check = budget.get();
    json.writeObjectFieldStart("budget");
    json.writeNumberField("limit", check.budget().limit());
    json.writeStringField("of", check.budget().peer().toString());
    json.writeStringField("peer", check.peer().id());
    json.writeNumberField("ratio", check.ratio().value());
    writeBound(json, "ratioLow", check.ratio(), check.ratio().low());
    writeBound(json, "ratioHigh", check.ratio(), check.ratio().high());
    json.writeStringField("verdict", check.verdict().toString());
    json.writeEndObject();
  }

  private static void write(ComparePlan.Run run, Profile profile, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    writeRun(run, json);
    json.writeObjectFieldStart("samples");
    for (Map.Entry<String, Integer> method : profile.samples().entrySet()) {
      json.writeNumberField(method.getKey(), method.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeStrings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static void writeRatio(JsonGenerator json, String name, Optional<Ratio> ratio)
      throws IOException {
    if (ratio.isPresent()) {
      json.writeNumberField(name, ratio.get().value());
    } else {
      json.writeNullField(name);
    }
  }

  /** JSON has no {@code NaN}. */
  private static void writeBound(JsonGenerator json, String name, Ratio ratio, double bound)
      throws IOException {
    if (ratio.hasInterval()) {
      json.writeNumberField(name, bound);
    } else {
      json.writeNullField(name);
    }
  }
}
