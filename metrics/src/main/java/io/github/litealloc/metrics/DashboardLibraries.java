package io.github.litealloc.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /** What a class was before. */
  private static final Map<String, String> OLDER =
      Map.of(
          "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
          "io.micrometer.prometheus.PrometheusMeterRegistry");

  private static final String TOO_OLD =
      " 1.13 or newer (the one that is there is older, and has another API; meters alone can be bound"
          + " to its registry)";

  private DashboardLibraries() {}

  private static boolean isThere(@Nullable String className) {
    if (className == null) {
      return false;
    }
    try {
      Class.forName(className, false, DashboardLibraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

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
            missing.add(artifact + (isThere(OLDER.get(name)) ? TOO_OLD : ""));
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
