package io.github.litealloc.metrics;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The libraries that only the dashboard needs, and that an application therefore adds itself. */
final class DashboardLibraries {

  /**
   * One of them.
   *
   * @param type a class of it, which the dashboard uses
   * @param olderType a class that is there instead in versions which are too old
   * @param artifact its group and name
   * @param module what it is called on the module path
   */
  record Library(String type, @Nullable String olderType, String artifact, String module) {

    private boolean isMissing() {
      return !isThere(type);
    }

    private String missing() {
      return artifact + (olderType != null && isThere(olderType) ? TOO_OLD : "");
    }
  }

  private static final String TOO_OLD =
      " 1.13 or newer (the one that is there is older, and has another API; meters alone can be bound"
          + " to its registry)";

  private static final List<Library> ALL =
      List.of(
          new Library(
              "io.netty.handler.codec.http.HttpServerCodec",
              null,
              "io.netty:netty-codec-http",
              "io.netty.codec.http"),
          new Library(
              "io.micrometer.prometheusmetrics.PrometheusMeterRegistry",
              "io.micrometer.prometheus.PrometheusMeterRegistry",
              "io.micrometer:micrometer-registry-prometheus",
              "micrometer.registry.prometheus"),
          new Library(
              "com.fasterxml.jackson.core.JsonFactory",
              null,
              "com.fasterxml.jackson.core:jackson-core",
              "com.fasterxml.jackson.core"));

  private DashboardLibraries() {}

  private static boolean isThere(String className) {
    try {
      Class.forName(className, false, DashboardLibraries.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Fails with all that is missing, instead of with the first class that is not found. */
  static void require() {
    require(ALL);
  }

  static void require(List<Library> libraries) {
    List<Library> missing = libraries.stream().filter(Library::isMissing).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "missing libraries: "
              + missing.stream().map(Library::missing).collect(Collectors.joining(", "))
              + " (expected: on the class path or, on the module path, resolved with --add-modules "
              + missing.stream().map(Library::module).collect(Collectors.joining(","))
              + ", because the dashboard needs them)");
    }
  }
}
