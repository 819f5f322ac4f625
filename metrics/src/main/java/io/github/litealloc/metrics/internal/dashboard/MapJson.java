package io.github.litealloc.metrics.internal.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.litealloc.netty.ArenaMap;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A map of memory as JSON. */
final class MapJson {

  private static final int SHOWN_FRAMES = 3;

  private MapJson() {}

  /**
   * Writes an answer.
   *
   * @param map the latest map, {@code null} if there is none yet
   * @param canBeAsked whether there will be one
   */
  static byte[] write(
      String allocator, String eventLoop, @Nullable ArenaMap map, boolean canBeAsked) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringField("allocator", allocator);
          json.writeStringField("eventLoop", eventLoop);
          json.writeStringField("state", map != null ? "ready" : canBeAsked ? "asked" : "none");
          if (map != null) {
            map(json, map);
          }
          json.writeEndObject();
        });
  }

  private static void map(JsonGenerator json, ArenaMap map) throws IOException {
    json.writeStringField("strategy", map.strategy());
    json.writeNumberField("time", map.takenMillis());
    json.writeNumberField("tookNanos", map.tookNanos());
    json.writeNumberField("chunksLeftOut", map.chunksLeftOut());
    json.writeBooleanField("complete", map.isComplete());
    json.writeArrayFieldStart("chunks");
    for (ArenaMap.Chunk chunk : map.chunks()) {
      json.writeStartObject();
      json.writeNumberField("slot", chunk.slot());
      json.writeNumberField("bytes", chunk.bytes());
      json.writeNumberField("liveBytes", chunk.liveBytes());
      json.writeNumberField("keptBytes", chunk.keptBytes());
      json.writeNumberField("freeBytes", chunk.freeBytes());
      json.writeNumberField("handedBackBytes", chunk.handedBackBytes());
      json.writeNumberField("liveBuffers", chunk.liveBuffers());
      json.writeStringField("cells", chunk.cells());
      json.writeArrayFieldStart("oldest");
      for (ArenaMap.Straggler straggler : chunk.oldest()) {
        straggler(json, straggler);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void straggler(JsonGenerator json, ArenaMap.Straggler straggler)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("offset", straggler.offset());
    json.writeNumberField("capacityBytes", straggler.capacityBytes());
    json.writeNumberField("ageMillis", straggler.ageNanos() / 1_000_000);
    json.writeArrayFieldStart("stack");
    for (StackTraceElement frame :
        straggler
            .allocationStack()
            .subList(0, Math.min(SHOWN_FRAMES, straggler.allocationStack().size()))) {
      json.writeString(frame.toString());
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
