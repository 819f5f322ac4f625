package io.github.litealloc.benchmarks.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What the dashboard's page says at one moment, read as a browser reads it.
 *
 * @param level OK, WATCH, ACT; UNKNOWN if it judges nothing, or could not be read
 * @param reasons why: an alert's name each, the most urgent first
 * @param texts the same in words
 */
record PageVerdict(String level, List<String> reasons, List<String> texts) {

  private static final int TIMEOUT_MILLIS = 5_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Asks a dashboard.
   *
   * @param dashboard its address
   */
  static PageVerdict read(URI dashboard) {
    try {
      var connection = dashboard.resolve("/api/v1/snapshot").toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      JsonNode verdict;
      try (InputStream in = connection.getInputStream()) {
        verdict = JSON.readTree(in).path("verdict");
      }
      List<String> reasons = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      for (JsonNode reason : verdict.path("reasons")) {
        reasons.add(reason.path("alert").asText());
        texts.add(reason.path("text").asText());
      }
      return new PageVerdict(verdict.path("level").asText("UNKNOWN"), reasons, texts);
    } catch (IOException e) {
      return new PageVerdict("UNKNOWN", List.of(), List.of("it did not answer: " + e));
    }
  }
}
