package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads a history of buffers, whatever kind of file it is in. */
public final class Recordings {

  private Recordings() {}

  /**
   * Reads a file that {@code record} has written, or a recording of Flight Recorder, or a part of
   * the {@link Corpus}.
   *
   * @param file the file
   * @return what is in it
   * @throws CommandFailure if it is neither, or not complete; the message says where
   */
  public static Traffic read(Path file) {
    return read(file, FlightFile.LOOPS);
  }

  static Traffic read(Path file, Pattern loopNames) {
    if (Corpus.isPart(file)) {
      return corpus(file);
    }
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(
          file + (Files.exists(file) ? ": not a file" : ": there is no such file"), null);
    }
    try {
      return FlightFile.isOne(file) ? FlightFile.read(file, loopNames) : TrafficFile.read(file);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + file, e);
    }
  }

  private static Traffic corpus(Path path) {
    try {
      return Corpus.read(path);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + path, e);
    }
  }
}
