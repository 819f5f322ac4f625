package io.github.litealloc.benchmarks.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.IOException;
import java.util.List;

/** Writes what is held on each number of loops as one JSON object. */
final class ScaleJson {

  private ScaleJson() {}

  static void write(
      ScaleRuns runs,
      Machine machine,
      Rounds.Results<ScaleRuns.Point, ReplayResult> results,
      JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    machine.writeTo(json);
    json.writeStringField("problem", results.problem().isEmpty() ? null : results.problem());
    json.writeStringField("load", runs.load().toString());
    json.writeNumberField("seed", runs.seed());
    json.writeNumberField("forks", runs.forks());
    write(json, runs.commonJvmOptions());
    ReplayJson.write(new TrafficSummary(runs.traffic()), json);
    json.writeArrayFieldStart("points");
    for (int count : runs.loops()) {
      TrafficSummary summary = runs.summary(count);
      LoopDemand demand = LoopDemand.of(summary);
      for (Candidate candidate : runs.candidates()) {
        List<ReplayResult> forks = results.figures().get(new ScaleRuns.Point(count, candidate));
        if (forks != null) {
          json.writeStartObject();
          json.writeNumberField("loops", count);
          json.writeNumberField("processors", ScaleRuns.processors(count));
          json.writeNumberField("maxDirectBytes", runs.maxBytes(summary));
          write(json, runs.jvmOptions(count, summary));
          json.writeNumberField("loopsWithBuffers", demand.loops());
          json.writeNumberField("askedBytes", demand.askedBytes());
          json.writeNumberField("ownPeakBytes", demand.ownPeakBytes());
          json.writeNumberField("peakLiveBytes", demand.peakLiveBytes());
          json.writeStringField("allocator", candidate.id());
          if (FootprintModel.of(candidate).isPresent()) {
            json.writeNumberField(
                "modelBytes", FootprintModel.of(candidate).get().reservedBytes(demand));
          } else {
            json.writeNullField("modelBytes");
          }
          json.writeArrayFieldStart("processes");
          for (ReplayResult fork : forks) {
            ReplayJson.write(fork, json);
          }
          json.writeEndArray();
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, List<String> jvmOptions) throws IOException {
    json.writeArrayFieldStart("jvmOptions");
    for (String option : jvmOptions) {
      json.writeString(option);
    }
    json.writeEndArray();
  }
}
