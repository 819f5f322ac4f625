package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceCommitTest {

  @Test
  void in_folderThatIsNoClone_isUnknown(@TempDir Path folder) {
    assertThat(SourceCommit.in(folder)).isEqualTo("unknown");
  }

  @Test
  void in_folderThatDoesNotExist_isUnknown(@TempDir Path folder) {
    assertThat(SourceCommit.in(folder.resolve("none"))).isEqualTo("unknown");
  }

  @Test
  void here_anywhere_isOneWord() {
    assertThat(SourceCommit.here()).matches("\\S+");
  }
}
