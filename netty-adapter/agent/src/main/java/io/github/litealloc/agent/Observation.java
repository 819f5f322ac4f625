package io.github.litealloc.agent;

import org.jspecify.annotations.Nullable;

/**
 * Meters and the dashboard's page, if system properties ask for them and the application has {@code
 * lite-alloc-metrics}. On a thread of its own: the page needs Netty, which is being initialised.
 */
final class Observation implements Runnable {

  private static final String METERS = "litealloc.meters";
  private static final String PORT = "litealloc.dashboard.port";
  private static final String METRICS = "io.github.litealloc.metrics.";

  private final Library library;
  private final Object allocator;
  private final @Nullable String meters;
  private final @Nullable String port;

  private Observation(
      Library library, Object allocator, @Nullable String meters, @Nullable String port) {
    this.library = library;
    this.allocator = allocator;
    this.meters = meters;
    this.port = port;
  }

  static void startIfAsked(Library library, Object allocator) {
    String meters = System.getProperty(METERS);
    String port = System.getProperty(PORT);
    if (meters != null || port != null) {
      Thread thread =
          new Thread(new Observation(library, allocator, meters, port), "lite-alloc-agent");
      thread.setDaemon(true);
      thread.setContextClassLoader(allocator.getClass().getClassLoader());
      thread.start();
    }
  }

  @Override
  public void run() {
    if (port != null) {
      attempt(PORT, port, () -> startPage(Integer.parseInt(port)));
    }
    if (meters != null) {
      attempt(METERS, meters, () -> bindMeters(requireBoolean(meters)));
    }
  }

  private interface Attempt {
    void run() throws ReflectiveOperationException;
  }

  private static void attempt(String property, String value, Attempt attempt) {
    String told = "-D" + property + '=' + value + ": ";
    try {
      attempt.run();
    } catch (Throwable e) {
      Throwable cause = Report.causeOf(e);
      boolean isMissing =
          cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError;
      Report.line(
          told
              + cause
              + (isMissing
                  ? " (expected: lite-alloc-metrics on the application's class path, with what it"
                      + " needs)"
                  : ""));
    }
  }

  private void startPage(int number) throws ReflectiveOperationException {
    Object builder = library.load(METRICS + "DashboardServer").getMethod("builder").invoke(null);
    Class<?> type = builder.getClass();
    type.getMethod("allocator", allocator.getClass()).invoke(builder, allocator);
    type.getMethod("port", int.class).invoke(builder, number);
    Object server = type.getMethod("start").invoke(builder);
    Report.line("dashboard: " + server.getClass().getMethod("uri").invoke(server));
  }

  private static boolean requireBoolean(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException("'" + text + "' (expected: true or false)");
  }

  /** To Micrometer's global registry, to which frameworks add theirs. */
  private void bindMeters(boolean wanted) throws ReflectiveOperationException {
    if (!wanted) {
      return;
    }
    Class<?> type = library.load(METRICS + "LiteAllocMetrics");
    Object binder = type.getConstructor(allocator.getClass()).newInstance(allocator);
    Object global =
        library.load("io.micrometer.core.instrument.Metrics").getField("globalRegistry").get(null);
    type.getMethod("bindTo", library.load("io.micrometer.core.instrument.MeterRegistry"))
        .invoke(binder, global);
    Report.line("meters: bound to Micrometer's global registry");
  }
}
