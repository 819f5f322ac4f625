package io.github.litealloc.benchmarks.raw;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;

/** Writes the results as one JSON object. */
final class RawJson {

  private RawJson() {}

  static void write(RawResult result, JsonGenerator json) throws IOException {
    json.writeStartObject();
    result.machine().writeTo(json);
    result.plan().times().writeTo(json, result.rounds());
    json.writeStringField("problem", result.problem().isEmpty() ? null : result.problem());
    json.writeArrayFieldStart("jvmOptions");
    for (String option : result.jvmOptions()) {
      json.writeString(option);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("results");
    for (RawResult.Row row : result.rows()) {
      write(row, json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(RawResult.Row row, JsonGenerator json) throws IOException {
    Optional<Workload.Published> published = row.run().workload().published(row.run().strategy());
    OptionalDouble ratio = row.ratioToCrate();
    json.writeStartObject();
    json.writeStringField("workload", row.run().workload().id());
    json.writeStringField("strategy", row.run().strategy());
    json.writeStringField("unit", row.run().workload().unit().toString());
    json.writeNumberField("time", row.time().median());
    json.writeNumberField("timeOfFastestFork", row.time().min());
    json.writeNumberField("timeOfSlowestFork", row.time().max());
    json.writeNumberField("garbageBytesPerPair", row.garbageBytesPerPair().median());
    if (published.isPresent()) {
      json.writeNumberField("crateMin", published.get().min());
      json.writeNumberField("crateMax", published.get().max());
      json.writeNumberField("ratioToCrate", ratio.getAsDouble());
    } else {
      json.writeNullField("crateMin");
      json.writeNullField("crateMax");
      json.writeNullField("ratioToCrate");
    }
    json.writeEndObject();
  }
}
