package io.github.litealloc.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The libraries that only the dashboard needs, and that an application therefore adds itself. */
final class DashboardLibraries {

  private static final Map<String, String> ARTIFACT_OF_CLASS = new LinkedHashMap<>();

  static {
    ARTIFACT_OF_CLASS.put(
        "io.netty.handler.codec.http.HttpServerCodec", "io.netty:netty-codec-http");
    ARTIFACT_OF_CLASS.put(
        "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
        "io.micrometer:micrometer-registry-prometheus");
    ARTIFACT_OF_CLASS.put(
        "com.fasterxml.jackson.core.JsonFactory", "com.fasterxml.jackson.core:jackson-core");
  }

  private DashboardLibraries() {}

  /** Fails with all that is missing, instead of with the first class that is not found. */
  static void require() {
    require(ARTIFACT_OF_CLASS);
  }

  static void require(Map<String, String> artifactOfClass) {
    List<String> missing = new ArrayList<>();
    artifactOfClass.forEach(
        (name, artifact) -> {
          try {
            Class.forName(name, false, DashboardLibraries.class.getClassLoader());
          } catch (ClassNotFoundException e) {
            missing.add(artifact);
          }
        });
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "missing libraries: "
              + String.join(", ", missing)
              + " (expected: on the class path or, as modules, resolved with --add-modules, because"
              + " the dashboard needs them)");
    }
  }
}
