package io.github.litealloc.metrics.internal.dashboard;

/** The history as JSON: the names of the series once, then a row for each second. */
final class HistoryJson {

  private HistoryJson() {}

  static byte[] write(History history) {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeNumberField("intervalMillis", History.INTERVAL_MILLIS);
          json.writeNumberField("capacity", History.CAPACITY);
          json.writeArrayFieldStart("series");
          for (Series series : Series.values()) {
            json.writeString(series.id());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("rows");
          for (int i = 0; i < history.size(); i++) {
            json.writeStartArray();
            for (Series series : Series.values()) {
              Json.number(json, history.get(series, i));
            }
            json.writeEndArray();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }
}
