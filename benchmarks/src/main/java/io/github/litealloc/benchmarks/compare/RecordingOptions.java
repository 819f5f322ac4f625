package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.record.BufferLives;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Scenarios that are drawn from recordings. */
final class RecordingOptions {

  @Option(
      names = "--recording",
      paramLabel = "FILES",
      split = ",",
      description =
          "A steady state with the sizes and lifetimes of a recording, one scenario for each file:"
              + " what record has written, a .jfr file with Netty's events of buffers, or corpus:NAME. Each loop has as"
              + " many buffers live as a recorded thread had on average. Without --scenarios, nothing"
              + " else is measured.")
  private List<Path> recordings = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Of the drawing from recordings; the same for all allocators (default: ${DEFAULT-VALUE}).")
  private long seed;

  private final List<Path> temporary = new ArrayList<>();

  /** Made by picocli. */
  RecordingOptions() {}

  boolean areGiven() {
    return !recordings.isEmpty();
  }

  /**
   * Reads the recordings, once for all processes.
   *
   * @param check to refuse what cannot be
   * @return a scenario for each
   * @throws CommandFailure if one cannot be read; the message says where
   */
  List<Scenario> scenarios(Options check) {
    Map<String, Path> named = new LinkedHashMap<>();
    for (Path recording : recordings) {
      Path other = named.put(name(recording), recording);
      if (other != null) {
        throw check.refused(
            "--recording", other + " and " + recording, "files with different names");
      }
    }
    List<Scenario> scenarios = new ArrayList<>();
    named.forEach(
        (name, recording) ->
            scenarios.add(
                Scenario.recorded(name, readable(Recordings.read(recording), recording), seed)));
    return scenarios;
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** Each process reads the small format, which is quicker than Flight Recorder's. */
  private String readable(Traffic traffic, Path recording) {
    if (BufferLives.of(traffic).count() == 0) {
      throw new CommandFailure(recording + ": no buffer in it has bytes", null);
    }
    try {
      Path copy = TemporaryFiles.file("lite-alloc-compare", ".litealloc");
      temporary.add(copy);
      TrafficFile.write(copy, traffic);
      return copy.toString();
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a temporary file", e);
    }
  }

  /** To be called at the end. */
  void deleteCopies() {
    temporary.forEach(TemporaryFiles::delete);
  }
}
