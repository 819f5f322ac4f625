package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.DirectMemory;
import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that says lines and is told words. What it says on its error stream goes to a file that
 * stays only if something was wrong. For one thread.
 */
final class Conversation implements AutoCloseable {

  /** Stands for the end of what it says. */
  private static final String END = "";

  private static final int END_SECONDS = 10;

  private final String who;
  private final Path log;
  private final Process process;
  private final Writer words;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private boolean isLogKept;

  /**
   * Starts a process.
   *
   * @param who it is, for messages
   * @param command the program and its arguments
   */
  Conversation(String who, List<String> command) {
    this.who = who;
    try {
      log = TemporaryFiles.file("lite-alloc-e2e", ".log");
      process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw CommandFailure.of("cannot start " + who, e);
    }
    words = process.outputWriter(StandardCharsets.UTF_8);
    Thread listener = new Thread(this::listen, "e2e-listener");
    listener.setDaemon(true);
    listener.start();
  }

  private void listen() {
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (!line.isEmpty()) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // as good as its end
    }
    lines.add(END);
  }

  /** Says a word to it. */
  void tell(String word) {
    try {
      words.write(word + '\n');
      words.flush();
    } catch (IOException e) {
      throw ended();
    }
  }

  /**
   * Waits for a line that begins with a word.
   *
   * @param word which one
   * @param seconds how long, at most
   * @return everything up to that line, and it
   * @throws CommandFailure if the process ends before, or says nothing for so long
   */
  Answers hear(String word, int seconds) {
    List<String> heard = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (true) {
        String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
          isLogKept = true;
          throw new CommandFailure(
              who + " has not answered within " + seconds + " seconds; see " + log, null);
        }
        if (line.equals(END)) {
          throw ended();
        }
        heard.add(line);
        if (line.equals(word) || line.startsWith(word + ' ')) {
          return new Answers(who, heard);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  /** Says whether the process still runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends another process when this one ends. */
  void endWithIt(Process other) {
    process.onExit().thenRun(other::destroyForcibly);
  }

  /** Returns what there is to say of a process that was still needed. */
  CommandFailure ended() {
    isLogKept = true;
    String code = "";
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        code = " with " + process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new CommandFailure(
        who + " ended" + code + " before its time; see " + log + DirectMemory.advice(log), null);
  }

  /** Ends the process: in order, if it understands that its input is closed. */
  @Override
  public void close() {
    try {
      words.close();
    } catch (IOException e) {
      // it is gone
    }
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      if (!isLogKept) {
        Files.deleteIfExists(log);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // It is in the folder for temporary files.
    }
  }

  /** Returns the process. */
  Process process() {
    return process;
  }
}
