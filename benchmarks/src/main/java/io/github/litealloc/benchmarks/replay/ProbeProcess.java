package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program of this one in a JVM of its own, which writes a result to a file. */
final class ProbeProcess {

  private ProbeProcess() {}

  /**
   * Runs.
   *
   * @param what for messages, as in "the replay with pooled"
   * @param jvmOptions of the JVM
   * @param main the class
   * @param arguments of the program, which gets one more: the file of the result
   * @return the result
   * @throws CommandFailure if it fails; the message says where its output is
   */
  static ReplayResult run(
      String what, List<String> jvmOptions, Class<?> main, List<String> arguments) {
    try {
      Path result = TemporaryFiles.file("lite-alloc-replay", ".properties");
      Path log = TemporaryFiles.file("lite-alloc-replay", ".log");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(main.getName());
      command.addAll(arguments);
      command.add(result.toString());
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exitCode = process.waitFor();
        if (exitCode != 0) {
          throw new CommandFailure(
              what + " ended with " + exitCode + "; see " + log + DirectMemory.advice(log), null);
        }
        Files.delete(log);
        return ReplayResult.read(result);
      } finally {
        Files.deleteIfExists(result);
      }
    } catch (IOException e) {
      throw CommandFailure.of(what + " is not possible", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
