package io.github.litealloc.benchmarks.e2e;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.AllocatorKind;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Writes the results as one JSON object. What is not known is {@code null}. */
final class EndToEndJson {

  private EndToEndJson() {}

  static void write(EndToEnd results, JsonGenerator json) throws IOException {
    EndToEndPlan plan = results.plan();
    json.writeStartObject();
    results.machine().writeTo(json);
    json.writeStringField("problem", results.problem().isEmpty() ? null : results.problem());
    json.writeNumberField("rounds", results.rounds());
    json.writeNumberField("warmUpSeconds", plan.warmUpSeconds());
    json.writeNumberField("seconds", plan.seconds());
    json.writeNumberField("connections", plan.connections());
    json.writeNumberField("loops", plan.loops());
    json.writeNumberField("bodyBytes", plan.bodyBytes());
    json.writeBooleanField("tls", plan.isEncrypted());
    json.writeNumberField("maxDirectBytes", plan.maxDirectBytes());
    json.writeArrayFieldStart("jvmOptions");
    for (String option : results.jvmOptions()) {
      json.writeString(option);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("results");
    for (EndToEnd.Table table : results.tables()) {
      for (EndToEnd.Row row : table.rows()) {
        write(table, row, json);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(EndToEnd.Table table, EndToEnd.Row row, JsonGenerator json)
      throws IOException {
    boolean isOurs = row.candidate().kind() == AllocatorKind.LITE;
    json.writeStartObject();
    json.writeStringField("protocol", table.setting().protocol().id());
    json.writeStringField("load", table.setting().tool().id());
    json.writeStringField("traffic", table.setting().shape().id());
    json.writeStringField("java", table.setting().jdk().version());
    json.writeStringField("jdk", table.setting().jdk().build());
    json.writeStringField("leakDetection", table.setting().leakDetection().toString());
    json.writeStringField("allocator", row.candidate().kind().id());
    json.writeStringField("strategy", isOurs ? row.candidate().strategy() : null);
    json.writeArrayFieldStart("servers");
    for (RunResult run : row.runs()) {
      write(run, json);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("ratioTo");
    for (EndToEnd.Row peer : isOurs ? table.peers() : List.<EndToEnd.Row>of()) {
      json.writeObjectFieldStart(peer.candidate().id());
      for (Difference difference : row.differencesFrom(peer)) {
        write(difference, json);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(RunResult run, JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Figure figure : Figure.values()) {
      known(json, figure.id(), figure.of(run));
    }
    json.writeNumberField("requests", run.load().requests());
    json.writeNumberField("slowRequests", run.load().slowRequests());
    json.writeNumberField("answered", run.server().answered());
    json.writeNumberField("seconds", run.load().seconds());
    json.writeNumberField("failures", run.load().failures());
    json.writeStringField("firstFailure", run.load().firstFailure());
    json.writeNumberField("serverErrors", run.server().errors());
    json.writeStringField("firstServerError", run.server().firstError());
    json.writeNumberField("fallbackShare", run.server().fallbackShare());
    json.writeArrayFieldStart("series");
    for (ServerReport.Look look : run.server().series()) {
      json.writeStartObject();
      json.writeNumberField("millis", look.millis());
      known(json, "reserved", look.reserved());
      known(json, "resident", look.resident());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(Difference difference, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(difference.figure().id());
    json.writeNumberField("ratio", difference.ratio().value());
    if (difference.ratio().hasInterval()) {
      json.writeNumberField("ratioLow", difference.ratio().low());
      json.writeNumberField("ratioHigh", difference.ratio().high());
    }
    json.writeStringField("verdict", difference.verdict().name().toLowerCase(Locale.ROOT));
    json.writeEndObject();
  }

  private static void known(JsonGenerator json, String name, double value) throws IOException {
    if (value < 0) {
      json.writeNullField(name);
    } else if (value == Math.rint(value)) {
      json.writeNumberField(name, (long) value);
    } else {
      json.writeNumberField(name, value);
    }
  }
}
