package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SourceCommitTest {

  @Test
  void of_whatGitSays_isTheCommit() {
    assertThat(SourceCommit.of("ed9bae0\n")).isEqualTo("ed9bae0");
    assertThat(SourceCommit.of("v1.0.0-3-ged9bae0-dirty")).isEqualTo("v1.0.0-3-ged9bae0-dirty");
  }

  @Test
  void of_anythingElse_isUnknown() {
    assertThat(SourceCommit.of(null)).isEqualTo("unknown");
    assertThat(SourceCommit.of("")).isEqualTo("unknown");
    assertThat(SourceCommit.of("${commit}")).isEqualTo("unknown");
    assertThat(SourceCommit.of("fatal: not a git repository")).isEqualTo("unknown");
  }

  /** The build has asked, whatever has been committed since. */
  @Test
  void here_builtInAClone_isKnown() throws Exception {
    assumeTrue(Files.exists(Path.of("../.git")), "not built in a clone");
    assumeTrue(hasGit(), "no git");

    assertThat(SourceCommit.here()).isNotEqualTo("unknown");
  }

  private static boolean hasGit() throws InterruptedException {
    try {
      return new ProcessBuilder("git", "describe", "--always")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
