package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Main;
import io.github.litealloc.benchmarks.jmh.JmhFork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The same command in a JVM whose heap neither grows nor faults in, so that its resident set tells
 * what else grows.
 */
final class SoakProcess {

  private static final List<String> FIXED_HEAP =
      List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
  private static final int END_SECONDS = 50;

  /** For what a full budget sends elsewhere, and for the page. */
  private static final long SPARE_DIRECT_BYTES = 256L << 20;

  private SoakProcess() {}

  /**
   * Runs the command there; it prints where this one does.
   *
   * @param arguments of the program
   * @param maxBytes the ceiling of its allocator, which the JVM must allow, and more
   * @return its exit code
   */
  static int run(List<String> arguments, long maxBytes) throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:MaxDirectMemorySize=" + (2 * maxBytes + SPARE_DIRECT_BYTES));
    JmhFork.jvmOptions().stream().filter(option -> !option.startsWith("-Xm")).forEach(command::add);
    command.addAll(FIXED_HEAP);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      Interrupts.stopBy(() -> end(process));
      return process.waitFor();
    } catch (IOException e) {
      throw CommandFailure.of("cannot start a JVM for the soak", e);
    }
  }

  /** A terminal has told it already, but kill has not. */
  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }
}
