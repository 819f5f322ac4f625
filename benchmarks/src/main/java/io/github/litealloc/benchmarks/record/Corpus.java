package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The standard corpus: recordings of servers of common kinds, which are part of this program. Every
 * command that takes a recording takes {@code corpus:NAME} as well. {@code CorpusRecording}, among
 * the tests, has made them, and makes them anew.
 */
public final class Corpus {

  /** The names, in the order in which they are shown. */
  public static final List<String> NAMES =
      List.of(
          "http1-small",
          "http1-large",
          "http2",
          "websocket-proxy",
          "slow-readers",
          "grpc",
          "redis");

  private static final String PREFIX = "corpus:";

  private Corpus() {}

  /**
   * Returns what names a recording where a file is asked for.
   *
   * @param name one of {@link #NAMES}
   * @return a path that is no file
   */
  public static Path path(String name) {
    return Path.of(PREFIX + name);
  }

  static boolean isPart(Path file) {
    return file.toString().startsWith(PREFIX);
  }

  /**
   * Opens a recording.
   *
   * @param path what {@link #path} returns
   * @return its bytes, as in a file
   * @throws CommandFailure if there is none of that name
   */
  public static InputStream open(Path path) {
    String name = path.toString().substring(PREFIX.length());
    if (!NAMES.contains(name)) {
      throw new CommandFailure(
          path + ": no such recording (expected: " + PREFIX + "NAME, NAME one of " + NAMES + ')',
          null);
    }
    return Objects.requireNonNull(
        Corpus.class.getResourceAsStream("corpus/" + name + ".litealloc"), name);
  }

  static Traffic read(Path path) throws IOException {
    try (InputStream in = open(path)) {
      return TrafficFile.read(in, path);
    }
  }
}
