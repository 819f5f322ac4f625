package io.github.litealloc.benchmarks.foreign;

import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks a JVM of its own whether an allocator can be measured there. */
public final class ProbedAllocator {

  private static final long MAX_SECONDS = 30;

  private ProbedAllocator() {}

  /**
   * Tries an allocator.
   *
   * @param java the program to try it with
   * @param jvmOptions what the measuring JVMs get, too
   * @param classPath the class path of the measuring JVMs
   * @param reference the allocator
   * @return what is known of it, for a reader
   * @throws IllegalArgumentException if it cannot be measured; the message continues "REFERENCE,
   *     which"
   */
  public static String ask(
      Path java, List<String> jvmOptions, String classPath, AllocatorReference reference) {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, AllocatorProbe.class.getName(), reference.toString()));
    String output = outputOf(command);
    return output
        .lines()
        .filter(line -> line.startsWith(AllocatorProbe.FINE))
        .findFirst()
        .map(line -> line.substring(AllocatorProbe.FINE.length()))
        .orElseThrow(() -> new IllegalArgumentException(problem(output)));
  }

  private static String problem(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith(AllocatorProbe.UNUSABLE))
        .findFirst()
        .map(line -> line.substring(AllocatorProbe.UNUSABLE.length()))
        .orElseGet(() -> "ends the JVM that tries it: " + output.strip());
  }

  private static String outputOf(List<String> command) {
    try {
      // Into a file: reading from a program that never ends would never end either.
      File answer = TemporaryFiles.file("lite-alloc-probe", ".txt").toFile();
      try {
        Process process =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(answer).start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalArgumentException(
              "does not hand out a buffer within " + MAX_SECONDS + " seconds");
        }
        return Files.readString(answer.toPath(), Charset.defaultCharset());
      } finally {
        Files.deleteIfExists(answer.toPath());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be tried: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException("could not be tried, for this was interrupted", e);
    }
  }
}
