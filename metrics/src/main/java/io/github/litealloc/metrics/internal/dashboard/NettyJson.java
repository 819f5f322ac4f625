package io.github.litealloc.metrics.internal.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** What Netty's own allocators tell, as JSON. Absent means that they do not. */
final class NettyJson {

  private NettyJson() {}

  static void write(JsonGenerator json, List<NettyFigures> allocators) throws IOException {
    json.writeArrayFieldStart("nettyAllocators");
    for (NettyFigures figures : allocators) {
      json.writeStartObject();
      json.writeStringField("name", figures.name());
      json.writeStringField("type", figures.type());
      json.writeNumberField("directBytes", figures.directBytes());
      json.writeNumberField("heapBytes", figures.heapBytes());
      known(json, "usedDirectBytes", figures.usedDirectBytes());
      known(json, "usedHeapBytes", figures.usedHeapBytes());
      known(json, "chunkBytes", figures.chunkBytes());
      known(json, "threadCaches", figures.threadCaches());
      json.writeArrayFieldStart("arenas");
      for (NettyFigures.Pool arena : figures.arenas()) {
        json.writeStartObject();
        json.writeStringField("name", arena.name());
        json.writeNumberField("threadCaches", arena.threadCaches());
        json.writeNumberField("allocations", arena.allocations());
        json.writeNumberField("chunks", arena.chunks());
        json.writeNumberField("freeBytes", arena.freeBytes());
        json.writeNumberField("takenBytes", arena.takenBytes());
        json.writeStringField("fill", arena.fill());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void known(JsonGenerator json, String field, OptionalLong value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(field, value.getAsLong());
    }
  }
}
