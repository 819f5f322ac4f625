package io.github.litealloc.metrics.internal.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page's files, from the jar, read once. */
final class StaticFiles {

  private static final String FOLDER = "/io/github/litealloc/metrics/dashboard/";

  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String IMAGE = "image/svg+xml";

  private StaticFiles() {}

  /** Returns an endpoint for each path. */
  static Map<String, Endpoint> endpoints() {
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    endpoints.put("/", file("index.html", HTML));
    endpoints.put("/app.css", file("app.css", STYLE));
    endpoints.put("/icon.svg", file("icon.svg", IMAGE));
    for (String script :
        new String[] {
          "app.js",
          "chart.js",
          "charts.js",
          "format.js",
          "live.js",
          "map.js",
          "netty.js",
          "samples.js",
          "view.js"
        }) {
      endpoints.put("/" + script, file(script, SCRIPT));
    }
    return endpoints;
  }

  private static Endpoint file(String name, String contentType) {
    Answer answer = Answer.ok(contentType, read(name));
    return request -> answer;
  }

  private static byte[] read(String name) {
    try (InputStream in = StaticFiles.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(
            FOLDER
                + name
                + " is not in the jar (expected: a lite-alloc-metrics jar made by Maven)");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
