package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code .ci/quiet} takes for a stack trace in the log of a build. */
final class QuietTest {

  private static final String FRAME = "at java.base/java.lang.Thread.run(Thread.java:840)\n";

  @TempDir private Path directory;

  private record Answer(int exitCode, String said) {}

  private static Answer ask(Path log) throws Exception {
    Process quiet =
        new ProcessBuilder("../.ci/quiet", log.toString()).redirectErrorStream(true).start();
    String said = new String(quiet.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(quiet.waitFor(), said);
  }

  /** Whether the log is quiet. */
  private boolean isQuiet(String text) throws Exception {
    Answer answer = ask(Files.writeString(directory.resolve("log"), text));
    assertThat(answer.exitCode()).as(answer.said()).isBetween(0, 1);
    assertThat(answer.said().isEmpty()).as(answer.said()).isEqualTo(answer.exitCode() == 0);
    return answer.exitCode() == 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\t", "    ", "[ERROR] \t", "[INFO]  \t", "[WARNING]     "})
  void quiet_longTrace_isFoundWhateverStandsBeforeItsLines(String before) throws Exception {
    assertThat(isQuiet((before + FRAME).repeat(11))).isFalse();
    assertThat(isQuiet((before + FRAME).repeat(10))).isTrue();
  }

  @Test
  void quiet_whatIsNoTrace_isNotTakenForOne() throws Exception {
    String lines =
        "[INFO] at least one test (of many)\n"
            + "[INFO] Tests run: 3 -- in io.github.litealloc.SomeTest\n"
            + "looks at java.lang.Thread.run(it)\n"
            + "at the end\n";
    assertThat(isQuiet(lines.repeat(20))).isTrue();
  }

  @Test
  void quiet_noLog_isAnError() throws Exception {
    Answer answer = ask(directory.resolve("none"));
    assertThat(answer.exitCode()).isEqualTo(2);
    assertThat(answer.said()).contains("quiet needs the log of a build").contains("none");
  }
}
