package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Who sends the requests. */
enum LoadTool {
  /** The demo's clients, in a process of their own. */
  BUILT_IN(""),
  /** The program {@code wrk}, for HTTP/1.1. */
  WRK("wrk"),
  /** The program {@code h2load}, for HTTP/2. */
  H2LOAD("nghttp2-client");

  private final String debianPackage;

  LoadTool(String debianPackage) {
    this.debianPackage = debianPackage;
  }

  /** Returns the name that users type. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isBuiltIn() {
    return this == BUILT_IN;
  }

  /** Says whether it speaks a protocol. */
  boolean speaks(Protocol protocol) {
    return switch (this) {
      case BUILT_IN -> true;
      case WRK -> protocol == Protocol.HTTP1;
      case H2LOAD -> protocol == Protocol.HTTP2;
    };
  }

  /** Says whether it can behave like that. */
  boolean can(LoadShape shape) {
    return isBuiltIn() || shape == LoadShape.STEADY;
  }

  /**
   * Looks for the program.
   *
   * @param searchPath folders, as in the environment's {@code PATH}
   * @return its file, if it is there
   */
  Optional<Path> find(String searchPath) {
    for (String folder : searchPath.split(File.pathSeparator)) {
      try {
        Path file = Path.of(folder, id());
        if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
          return Optional.of(file);
        }
      } catch (InvalidPathException e) {
        // holds no programs
      }
    }
    return Optional.empty();
  }

  /** Returns what to do if it is not there. */
  String howToInstall() {
    return "apt-get install " + debianPackage + ", on Debian";
  }

  @Override
  public String toString() {
    return id();
  }
}
