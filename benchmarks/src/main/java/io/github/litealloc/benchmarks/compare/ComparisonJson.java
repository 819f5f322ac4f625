package io.github.litealloc.benchmarks.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Ratio;
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
    json.writeStringField("problem", comparison.problem().isEmpty() ? null : comparison.problem());
    if (comparison.plan().seed().isPresent()) {
      json.writeNumberField("seed", Long.parseLong(comparison.plan().seed().get()));
    } else {
      json.writeNullField("seed");
    }
    writeStrings(json, "jvmOptions", comparison.jvmOptions());
    if (comparison.processor().isPresent()) {
      json.writeNumberField("pinnedToProcessor", comparison.processor().getAsInt());
    } else {
      json.writeNullField("pinnedToProcessor");
    }
    json.writeNumberField("fallbackShare", comparison.fallbackShare());
    json.writeArrayFieldStart("foreign");
    for (Contender candidate : comparison.plan().candidates()) {
      if (candidate.isForeign()) {
        write(candidate, json);
      }
    }
    json.writeEndArray();
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

  private static void write(Contender foreign, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("allocator", foreign.id());
    json.writeStringField("origin", foreign.origin());
    writeStrings(json, "classPath", foreign.classPath().entries());
    writeStrings(json, "jvmOptions", foreign.jvmOptions());
    json.writeBooleanField("peer", foreign.role() == Contender.Role.PEER);
    json.writeEndObject();
  }

  private static void write(Comparison.Row row, JsonGenerator json) throws IOException {
    Figures figures = row.figures();
    json.writeStartObject();
    writeRun(row.run(), json);
    json.writeObjectFieldStart("seeds");
    for (Map.Entry<String, Long> seed : row.run().scenario().seeds().entrySet()) {
      json.writeNumberField(seed.getKey(), seed.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("nanosPerOp", figures.nanosPerOp());
    json.writeArrayFieldStart("nanosPerOpOfForks");
    for (ForkResult fork : figures.forks()) {
      json.writeNumber(fork.nanosPerOp());
    }
    json.writeEndArray();
    json.writeNumberField("p10NanosPerOp", figures.p10NanosPerOp());
    json.writeNumberField("rounds", figures.rounds());
    if (figures.hasTail()) {
      json.writeNumberField("p90NanosPerOp", figures.p90NanosPerOp());
      json.writeNumberField("worstNanosPerOp", figures.worstNanosPerOp());
    }
    json.writeObjectFieldStart("ratioTo");
    for (Map.Entry<Contender, Ratio> ratio : row.ratios().entrySet()) {
      write(ratio.getKey().id(), ratio.getValue(), json);
    }
    json.writeEndObject();
    writeTarget("target", row.target(), json);
    if (figures.hasTail()) {
      writeTarget("p90Target", row.tailTarget(), json);
    }
    json.writeNumberField("garbageBytesPerOp", figures.garbageBytesPerOp());
    if (figures.peakReservedBytes() < 0) {
      json.writeNullField("peakReservedBytes");
    } else {
      json.writeNumberField("peakReservedBytes", figures.peakReservedBytes());
    }
    json.writeNumberField("fallbackShare", figures.fallbackShare());
    json.writeEndObject();
  }

  private static void writeRun(ComparePlan.Run run, JsonGenerator json) throws IOException {
    boolean ours = run.candidate().role() == Contender.Role.OURS;
    json.writeStringField("java", run.setting().jdk().version());
    json.writeStringField("jdk", run.setting().jdk().build());
    json.writeStringField("leakDetection", run.setting().leakDetection().toString());
    json.writeStringField("scenario", run.scenario().id());
    json.writeStringField("allocator", ours ? AllocatorKind.LITE.id() : run.candidate().id());
    json.writeStringField("strategy", ours ? run.candidate().id() : null);
  }

  private static void writeTarget(String name, Optional<TargetCheck> target, JsonGenerator json)
      throws IOException {
    if (target.isEmpty()) {
      json.writeNullField(name);
      return;
    }
    TargetCheck check = target.get();
    json.writeObjectFieldStart(name);
    json.writeNumberField("limit", check.limit());
    json.writeStringField("peer", check.peer().id());
    writeFields(check.ratio(), json);
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

  private static void write(String name, Ratio ratio, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(name);
    writeFields(ratio, json);
    json.writeEndObject();
  }

  private static void writeFields(Ratio ratio, JsonGenerator json) throws IOException {
    json.writeNumberField("ratio", ratio.value());
    writeBound(json, "ratioLow", ratio, ratio.low());
    writeBound(json, "ratioHigh", ratio, ratio.high());
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
