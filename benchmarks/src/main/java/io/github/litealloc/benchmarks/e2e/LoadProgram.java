package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A load tool that is not ours, and a server for it.
 *
 * @param tool which one
 * @param file its program
 * @param uri what to ask for
 * @param connections how many
 * @param folder for what it writes; it has the script of wrk
 * @param started is told its process
 */
record LoadProgram(
    LoadTool tool, Path file, String uri, int connections, Path folder, Consumer<Process> started) {

  private static final int MORE_SECONDS = 60;

  /**
   * Runs it.
   *
   * @param seconds how long
   * @return what it has seen
   * @throws CommandFailure if it fails, or says something that is not understood
   */
  LoadReport run(int seconds) {
    Path output = folder.resolve(tool + ".out");
    Path log = folder.resolve(tool + ".log");
    try {
      Files.deleteIfExists(log);
      List<String> command =
          tool == LoadTool.WRK
              ? Wrk.command(file, folder.resolve("wrk.lua"), uri, connections, seconds)
              : H2Load.command(file, log, uri, connections, seconds);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      started.accept(process);
      if (!process.waitFor(seconds + MORE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new CommandFailure(
            tool + " has not ended " + MORE_SECONDS + " seconds after its time", null);
      }
      String said = Files.readString(output, Charset.defaultCharset());
      if (process.exitValue() != 0) {
        throw new CommandFailure(
            tool + " ended with " + process.exitValue() + ": " + said.strip(), null);
      }
      return tool == LoadTool.WRK ? Wrk.read(said) : H2Load.read(said, log, seconds);
    } catch (IOException e) {
      throw CommandFailure.of("cannot run " + file, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
