package io.github.litealloc.metrics.internal.dashboard;

import java.util.List;
import java.util.Locale;

/** What a client would rather have, by the {@code Accept} headers of its request. */
final class Accept {

  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String PLAIN = "text/plain";

  private Accept() {}

  /**
   * Whether OpenMetrics is asked for by its name, and Prometheus' own text is not preferred to it.
   *
   * @param headers the values of all {@code Accept} headers
   */
  static boolean prefersOpenMetrics(List<String> headers) {
    double openMetrics = weight(headers, OPEN_METRICS);
    return openMetrics > 0 && openMetrics >= weight(headers, PLAIN);
  }

  /** How much a type is wanted: 0 if it is not named. Wildcards take what there is: text. */
  private static double weight(List<String> headers, String type) {
    double highest = 0;
    for (String header : headers) {
      for (String range : header.split(",")) {
        String[] parts = range.split(";", -1); // of ";" alone, too, there is a first one
        if (parts[0].strip().equalsIgnoreCase(type)) {
          highest = Math.max(highest, quality(parts));
        }
      }
    }
    return highest;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2).strip());
        } catch (NumberFormatException e) {
          return 0; // not understood, so not wanted
        }
      }
    }
    return 1;
  }
}
