package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void makeOldFile() throws IOException {
    file = folder.resolve("result.txt");
    Files.writeString(file, "old");
  }

  private static OutputFile.Content text(String text) {
    return stream -> stream.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void assertFilesAre(String... names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(each -> each.getFileName().toString())).containsExactlyInAnyOrder(names);
    }
  }

  @Test
  void write_existingFile_isReplaced() throws IOException {
    OutputFile.write(file, text("new"));

    assertThat(file).hasContent("new");
    assertFilesAre("result.txt");
  }

  @Test
  void write_fails_leavesTheOldFileAndNothingElse() throws IOException {
    assertThatThrownBy(
            () ->
                OutputFile.write(
                    file,
                    stream -> {
                      stream.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("cannot write " + file + ": No space left on device");
    assertThat(file).hasContent("old");
    assertFilesAre("result.txt");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void write_link_replacesWhatItPointsTo() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    OutputFile.write(link, text("new"));

    assertThat(file).hasContent("new");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void problemWith_fileThatCannotBeMade_isSaidBeforeItIsWritten() throws IOException {
    assertThat(OutputFile.problemWith(file)).isEmpty();
    assertThat(OutputFile.problemWith(folder.resolve("new"))).isEmpty();
    assertFilesAre("result.txt");
    assertThat(OutputFile.problemWith(folder)).isEqualTo("is a directory");
    assertThat(OutputFile.problemWith(folder.resolve("none/a"))).contains("does not exist");
    // With what is added while it is written, this one is too long for a file system.
    assertThat(OutputFile.problemWith(folder.resolve("a".repeat(254))))
        .startsWith("cannot be made: ");
  }

  @Test
  void write_fullDevice_fails() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));

    assertThatThrownBy(() -> OutputFile.write(full, text("new")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("/dev/full: No space left");
  }
}
