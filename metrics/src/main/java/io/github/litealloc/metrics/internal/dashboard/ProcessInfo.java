package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.metrics.internal.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which process this is.
 *
 * @param application what it calls itself
 * @param host the machine's name, or {@code "localhost"} if nobody says
 * @param pid its number on that machine
 * @param startMillis when it was started, Unix time in milliseconds
 * @param version of lite-alloc
 */
record ProcessInfo(String application, String host, long pid, long startMillis, String version) {

  private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final String UNKNOWN_HOST = "localhost";
  private static final String UNKNOWN_APPLICATION = "java";

  static ProcessInfo of(String application) {
    ProcessHandle process = ProcessHandle.current();
    return new ProcessInfo(
        application.isBlank() ? defaultApplication() : application,
        hostName(),
        process.pid(),
        process.info().startInstant().orElseGet(Instant::now).toEpochMilli(),
        Version.get());
  }

  private static String defaultApplication() {
    String spring = System.getProperty("spring.application.name", "");
    if (spring.isBlank()) {
      spring = orEmpty(System.getenv("SPRING_APPLICATION_NAME"));
    }
    return spring.isBlank() ? mainName(System.getProperty("sun.java.command", "")) : spring;
  }

  /** The main class without its package, the jar without its folder, or the module. */
  static String mainName(String command) {
    String main = command.strip().split("\\s+", 2)[0];
    main = main.substring(main.lastIndexOf('/') + 1);
    if (!main.toLowerCase(Locale.ROOT).endsWith(".jar")) {
      main = main.substring(main.lastIndexOf('.') + 1);
    }
    return main.isEmpty() ? UNKNOWN_APPLICATION : main;
  }

  /** Asks no name server, which may take its time. */
  private static String hostName() {
    for (String variable : new String[] {"HOSTNAME", "COMPUTERNAME"}) {
      String name = orEmpty(System.getenv(variable));
      if (!name.isBlank()) {
        return name;
      }
    }
    try {
      String name = Files.readString(KERNEL_HOST_NAME).strip();
      return name.isEmpty() ? UNKNOWN_HOST : name;
    } catch (IOException | SecurityException e) {
      return UNKNOWN_HOST; // not Linux
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
