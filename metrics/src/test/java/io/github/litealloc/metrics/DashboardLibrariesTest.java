package io.github.litealloc.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.metrics.DashboardLibraries.Library;
import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DashboardLibrariesTest {

  @Test
  void require_allThere_passes() {
    assertThatNoException().isThrownBy(DashboardLibraries::require);
  }

  @Test
  void require_oneMissing_namesItsArtifactAndModule() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                DashboardLibraries.require(
                    List.of(
                        new Library("java.lang.String", null, "here:here", "here"),
                        new Library("no.such.Type", null, "group:missing", "the.missing"))))
        .withMessageContaining("missing libraries: group:missing (expected:")
        .withMessageContaining("--add-modules the.missing, because")
        .withMessageNotContaining("here:here");
  }

  @Test
  void start_withoutPrometheus_saysWhatIsMissing() throws Throwable {
    try (URLClassLoader loader = new WithoutPackage("io.micrometer.prometheusmetrics")) {
      Object allocator = build(loader, "io.github.litealloc.netty.LiteByteBufAllocator");
      Class<?> server = loader.loadClass("io.github.litealloc.metrics.DashboardServer");
      Object builder = server.getMethod("builder").invoke(null);
      // Reflection would look at all methods, one of which names a type that is not there.
      MethodHandle start =
          MethodHandles.publicLookup()
              .findVirtual(builder.getClass(), "start", MethodType.methodType(server));
      MethodHandles.publicLookup()
          .findVirtual(
              builder.getClass(),
              "allocator",
              MethodType.methodType(builder.getClass(), allocator.getClass()))
          .invoke(builder, allocator);

      assertThatThrownBy(() -> start.invoke(builder))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              "missing libraries: io.micrometer:micrometer-registry-prometheus (expected:")
          .hasMessageContaining("--add-modules micrometer.registry.prometheus, because");
    }
  }

  @Test
  void meters_withoutAnythingOfTheDashboard_areBound() throws Exception {
    try (URLClassLoader loader =
        new WithoutPackage(
            "io.micrometer.prometheusmetrics",
            "io.netty.handler",
            "com.fasterxml.jackson",
            "io.prometheus")) {
      Object allocator = build(loader, "io.github.litealloc.netty.LiteByteBufAllocator");
      Object registry =
          loader
              .loadClass("io.micrometer.core.instrument.simple.SimpleMeterRegistry")
              .getConstructor()
              .newInstance();
      Class<?> metrics = loader.loadClass("io.github.litealloc.metrics.LiteAllocMetrics");
      Object bound = metrics.getConstructor(allocator.getClass()).newInstance(allocator);
      Class<?> anyRegistry = loader.loadClass("io.micrometer.core.instrument.MeterRegistry");
      metrics.getMethod("bindTo", anyRegistry).invoke(bound, registry);
      assertThat((List<?>) anyRegistry.getMethod("getMeters").invoke(registry))
          .hasSizeGreaterThan(10);
      metrics.getMethod("close").invoke(bound);
    }
  }

  private static Object build(ClassLoader loader, String type) throws Exception {
    Object builder = loader.loadClass(type).getMethod("builder").invoke(null);
    return builder.getClass().getMethod("build").invoke(builder);
  }

  /** The class path of the tests, less some packages. */
  private static final class WithoutPackage extends URLClassLoader {
    private final String[] hidden;

    WithoutPackage(String... hidden) throws MalformedURLException {
      super(classPath(), ClassLoader.getPlatformClassLoader());
      this.hidden = hidden;
    }

    private static URL[] classPath() throws MalformedURLException {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (Arrays.stream(hidden).anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      return super.findClass(name);
    }
  }
}
