package io.github.litealloc.benchmarks.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.OptionalDouble;

/** Writes a comparison as one JSON object. */
final class ComparisonJson {

  private ComparisonJson() {}

  static void write(Comparison comparison, JsonGenerator json) throws IOException {
    ComparePlan plan = comparison.plan();
    json.writeStartObject();
    comparison.machine().writeTo(json);
    plan.times().writeTo(json, comparison.rounds());
    json.writeStringField("leakDetection", plan.leakDetection().toString());
    json.writeArrayFieldStart("jvmOptions");
    for (String option : comparison.jvmOptions()) {
      json.writeString(option);
    }
    json.writeEndArray();
    json.writeNumberField("fallbackShare", comparison.fallbackShare());
    json.writeArrayFieldStart("results");
    for (Comparison.Row row : comparison.rows()) {
      write(row, json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Comparison.Row row, JsonGenerator json) throws IOException {
    Figures figures = row.figures();
    String strategy = row.candidate().strategy();
    json.writeStartObject();
    json.writeStringField("scenario", row.scenario().id());
    json.writeStringField("allocator", row.candidate().kind().id());
    json.writeStringField("strategy", strategy.isEmpty() ? null : strategy);
    json.writeNumberField("nanosPerOp", figures.nanosPerOp());
    json.writeArrayFieldStart("nanosPerOpOfForks");
    for (ForkResult fork : figures.forks()) {
      json.writeNumber(fork.nanosPerOp());
    }
    json.writeEndArray();
    writeOptional(json, "ratioToPooled", row.ratioToPooled());
    writeOptional(json, "ratioToAdaptive", row.ratioToAdaptive());
    json.writeNumberField("garbageBytesPerOp", figures.garbageBytesPerOp());
    json.writeNumberField("peakReservedBytes", figures.peakReservedBytes());
    json.writeNumberField("fallbackShare", figures.fallbackShare());
    json.writeEndObject();
  }

  private static void writeOptional(JsonGenerator json, String name, OptionalDouble value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsDouble());
    } else {
      json.writeNullField(name);
    }
  }
}
