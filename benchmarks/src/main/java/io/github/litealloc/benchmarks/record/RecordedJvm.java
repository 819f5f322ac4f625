package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running JVM that is told by {@code jcmd} to record. */
final class RecordedJvm {

  private static final long MAX_SECONDS = 60;
  private static final String NAME = "lite-alloc-record";

  private final long pid;

  RecordedJvm(long pid) {
    this.pid = pid;
  }

  boolean isAlive() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  /**
   * Starts to record; the JVM ends that by itself after some time, if nobody does.
   *
   * @param file where the JVM writes when it stops, or ends
   * @param maxBytes how much it keeps; beyond that, the oldest goes
   * @param seconds how long at most
   */
  void start(Path file, long maxBytes, int seconds) {
    List<String> command = new ArrayList<>();
    command.add("JFR.start");
    command.add("name=" + NAME);
    command.add("settings=none");
    command.add("filename=" + file);
    command.add("dumponexit=true");
    command.add("maxsize=" + maxBytes);
    command.add("duration=" + seconds + "s");
    command.addAll(BufferEvents.settings());
    String answer = tell(command);
    if (!answer.contains("Started recording")) {
      throw failure("does not record", answer);
    }
  }

  /** Stops, and has the JVM write its file. */
  void stop(Path file) {
    String answer = tell(List.of("JFR.stop", "name=" + NAME, "filename=" + file));
    if (!answer.contains("Stopped recording") && !Files.exists(file)) {
      throw failure("does not stop to record", answer);
    }
  }

  /** The same, if it records; if not, nothing. */
  void stopIfItRecords(Path file) {
    try {
      stop(file);
    } catch (CommandFailure e) {
      // It does not.
    }
  }

  private CommandFailure failure(String what, String answer) {
    return new CommandFailure("process " + pid + ' ' + what + ": " + answer.strip(), null);
  }

  /** Returns what it answers; what jcmd complains about is an answer, too. */
  private String tell(List<String> words) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    List<String> command = new ArrayList<>();
    command.add(jcmd.toString());
    command.add(String.valueOf(pid));
    command.addAll(words);
    try {
      // Into a file: reading from a program that never ends would never end either.
      Path answer = TemporaryFiles.file("lite-alloc-jcmd", ".txt");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw failure("does not answer", "nothing within " + MAX_SECONDS + " seconds");
        }
        String text = Files.readString(answer, Charset.defaultCharset());
        if (process.exitValue() != 0) {
          throw failure("cannot be told to record", text);
        }
        return text;
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot run " + jcmd + ", which a JDK has", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
