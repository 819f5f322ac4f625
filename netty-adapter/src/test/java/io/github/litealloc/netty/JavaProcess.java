package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the JDK, and our own in a JVM of their own. */
final class JavaProcess {

  static final Path HOME = Path.of(System.getProperty("java.home"));

  private static final long TIMEOUT_SECONDS = 120;

  private JavaProcess() {}

  /** The path of a program of the JDK that runs the tests. */
  static Path tool(String name) {
    return HOME.resolve("bin").resolve(name);
  }

  /** Runs a class with the class path of the tests; returns what it printed. */
  static String run(Path folder, Path javaHome, List<String> options, Class<?> main)
      throws Exception {
    return run(folder, javaHome, options, main, List.of());
  }

  /** The same, with arguments. */
  static String run(
      Path folder, Path javaHome, List<String> options, Class<?> main, List<String> arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return run(folder, command);
  }

  /** Runs a program that must succeed; returns what it printed. */
  static String run(Path folder, List<String> command) throws Exception {
    File output = Files.createTempFile(folder, "output", ".txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String printed = Files.readString(output.toPath());
    assertThat(ended).as("ended, printed %s", printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
