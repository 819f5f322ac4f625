package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What this program was built from. */
final class SourceCommit {
  /*
   * The build writes it beside the classes, if it runs in a clone and there is git (the profile
   * "commit" of the pom). Asking git when the program runs would tell what is checked out then.
   */

  private static final String UNKNOWN = "unknown";
  private static final String FILE = "commit.txt";

  /** An abbreviated hash or a tag: one word. */
  private static final Pattern COMMIT = Pattern.compile("[\\w./-]+");

  private SourceCommit() {}

  /**
   * Names the commit that was checked out where this program was built.
   *
   * @return its abbreviated hash or tag, with {@code -dirty} if files were changed since; {@code
   *     unknown} if it was not built in a clone, or there was no git
   */
  static String here() {
    try (InputStream in = SourceCommit.class.getResourceAsStream(FILE)) {
      return of(in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** Reads what the build has written, which is no commit where git has failed. */
  static String of(@Nullable String written) {
    String commit = written == null ? "" : written.strip();
    return COMMIT.matcher(commit).matches() ? commit : UNKNOWN;
  }
}
