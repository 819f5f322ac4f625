package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFailureTest {

  private static String message(IOException cause) {
    return String.valueOf(CommandFailure.of("cannot read a.json", cause).getMessage());
  }

  @Test
  void of_exceptionsWithNothingButAPath_saysWhatIsWrongWithIt() {
    assertThat(message(new NoSuchFileException("a.json")))
        .isEqualTo("cannot read a.json: there is no such file or folder");
    assertThat(message(new AccessDeniedException("b")))
        .isEqualTo("cannot read a.json: b: permission denied");
    assertThat(message(new FileAlreadyExistsException("b")))
        .isEqualTo("cannot read a.json: b: a file is there already");
  }

  @Test
  void of_exceptionsThatSayWhy_saysThat() {
    assertThat(message(new FileSystemException("a.json", null, "Is a directory")))
        .isEqualTo("cannot read a.json: Is a directory");
    assertThat(message(new IOException("No space left on device")))
        .isEqualTo("cannot read a.json: No space left on device");
    assertThat(message(new IOException())).isEqualTo("cannot read a.json: java.io.IOException");
  }

  @Test
  void corpus_folderThatIsAFile_isSaidInWords(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "");

    Cli cli = Cli.run("corpus", file.toString());

    assertThat(cli.exitCode()).isEqualTo(1);
    assertThat(cli.err().strip())
        .contains("cannot make the folder " + file + ": ")
        .doesNotEndWith(": " + file);
  }
}
