package io.github.litealloc.benchmarks.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.benchmarks.record.ChunkFigures;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;
import java.io.IOException;

/** Writes a replay as one JSON object. What is not known is {@code null}. */
final class ReplayJson {

  private ReplayJson() {}

  static void write(Replay replay, JsonGenerator json) throws IOException {
    json.writeStartObject();
    replay.machine().writeTo(json);
    json.writeStringField("problem", replay.problem().isEmpty() ? null : replay.problem());
    json.writeNumberField("speed", replay.runs().speed());
    json.writeNumberField("secondsAfter", replay.runs().secondsAfter());
    json.writeNumberField("maxBytes", replay.runs().maxBytes());
    json.writeArrayFieldStart("jvmOptions");
    for (String option : replay.runs().jvmOptions()) {
      json.writeString(option);
    }
    json.writeEndArray();
    write(replay.runs().summary(), json);
    json.writeArrayFieldStart("results");
    for (Replay.Row row : replay.rows()) {
      json.writeStartObject();
      json.writeStringField("allocator", row.candidate().id());
      json.writeArrayFieldStart("processes");
      for (ReplayResult fork : row.forks()) {
        write(fork, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes a history as a field of the object that is open. */
  static void write(TrafficSummary summary, JsonGenerator json) throws IOException {
    Traffic traffic = summary.traffic();
    json.writeObjectFieldStart("traffic");
    json.writeNumberField("seconds", traffic.duration() / 1e9);
    json.writeNumberField("events", traffic.events());
    json.writeNumberField("buffers", traffic.buffers());
    json.writeNumberField("allocatedBytes", summary.allocatedBytes());
    json.writeNumberField("peakLiveBytes", summary.peakLiveBytes());
    json.writeNumberField("meanLiveBytes", summary.meanLiveBytes());
    json.writeNumberField("remoteReleases", summary.remoteReleases());
    json.writeNumberField("releases", summary.releases());
    json.writeNumberField("loops", summary.loops());
    json.writeNumberField("threads", traffic.threads());
    json.writeNumberField("heapBuffers", traffic.losses().heapBuffers());
    json.writeNumberField("bornBefore", traffic.losses().bornBefore());
    json.writeNumberField("releasesMissed", traffic.losses().releasesMissed());
    json.writeNumberField("pairedBySize", traffic.losses().pairedBySize());
    json.writeNumberField("withoutAddress", traffic.losses().withoutAddress());
    if (traffic.chunks().isPresent()) {
      write(traffic.chunks().get(), json);
    } else {
      json.writeNullField("chunks");
    }
    json.writeEndObject();
  }

  private static void write(ChunkFigures chunks, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("chunks");
    json.writeStringField("allocators", chunks.owners());
    json.writeNumberField("allocated", chunks.allocated());
    json.writeNumberField("allocatedBytes", chunks.allocatedBytes());
    json.writeNumberField("freed", chunks.freed());
    json.writeNumberField("freedBytes", chunks.freedBytes());
    json.writeNumberField("bornBefore", chunks.bornBefore());
    json.writeNumberField("bornBeforeBytes", chunks.bornBeforeBytes());
    json.writeNumberField("peakBytes", chunks.peakBytes());
    json.writeEndObject();
  }

  static void write(ReplayResult result, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("nanosPerOp", result.nanosPerOp());
    bytes(json, "peakReserved", result.peakReserved());
    bytes(json, "meanReserved", result.meanReserved());
    bytes(json, "meanUsed", result.meanUsed());
    bytes(json, "meanLive", result.meanLive());
    json.writeNumberField("reservedPerLive", result.reservedPerLive());
    bytes(json, "peakResident", result.peakResident());
    bytes(json, "meanResident", result.meanResident());
    json.writeStringField("fallbacks", result.fallbacks());
    json.writeNumberField("fallbackShare", result.fallbackShare());
    json.writeNumberField("refused", result.refused());
    json.writeNumberField("playedShare", result.playedShare());
    bytes(json, "reservedAfter", result.reservedAfter());
    bytes(json, "residentAfter", result.residentAfter());
    json.writeArrayFieldStart("series");
    for (Sampler.Sample sample : result.series()) {
      json.writeStartObject();
      json.writeNumberField("millis", sample.millis());
      bytes(json, "live", sample.live());
      bytes(json, "reserved", sample.reserved());
      bytes(json, "used", sample.used());
      bytes(json, "resident", sample.resident());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void bytes(JsonGenerator json, String name, long bytes) throws IOException {
    if (bytes < 0) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, bytes);
    }
  }
}
