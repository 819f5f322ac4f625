package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What this program was built from, as far as the clone that it was built in can tell. */
final class SourceCommit {

  private static final String UNKNOWN = "unknown";

  private SourceCommit() {}

  /**
   * Names the commit that is checked out where this program was built.
   *
   * @return its abbreviated hash or tag, with {@code -dirty} if files were changed since; {@code
   *     unknown} if this is not a clone's {@code target} folder, or there is no git
   */
  static String here() {
    Path target = targetFolder();
    return target == null ? UNKNOWN : in(target);
  }

  /** Anywhere else, git would answer with the commit of something else. */
  private static @Nullable Path targetFolder() {
    try {
      Path program =
          Path.of(SourceCommit.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path folder = program.getParent();
      return folder != null && Files.exists(folder.resolveSibling("pom.xml")) ? folder : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  static String in(Path folder) {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty")
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String commit =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      return git.waitFor() == 0 && !commit.isEmpty() ? commit : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }
}
