package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that makes the published tables: {@code .ci/publish}. */
@DisabledOnOs(OS.WINDOWS)
class PublishTest {

  private record Ended(int exitCode, List<String> lines) {}

  private static Ended publish(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of("../.ci/publish").toString());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PEER", "port=com.acme.SomeAllocator");
    builder.environment().put("PEER_CLASS_PATH", "acme.jar");
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    return new Ended(process.waitFor(), lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--short"})
  void publish_eachStep_isACommandThatThereIs(String option) throws Exception {
    Ended ended = option.isEmpty() ? publish("--dry-run") : publish(option, "--dry-run");

    assertThat(ended.exitCode()).isZero();
    assertThat(ended.lines()).hasSize(16);
    for (String line : ended.lines()) {
      List<String> words = Arrays.asList(line.split(" "));
      String[] args = words.subList(words.indexOf("-jar") + 2, words.size()).toArray(String[]::new);
      assertThatCode(() -> Main.commandLine().parseArgs(args)).as(line).doesNotThrowAnyException();
      assertThat(line).contains("FOLDER/");
    }
    assertThat(ended.lines()).filteredOn(line -> line.contains(" --allocator port=")).hasSize(3);
  }

  @Test
  void publish_someSteps_areOnlyThose() throws Exception {
    assertThat(publish("--only", "raw-17,e2e", "--dry-run").lines())
        .satisfiesExactly(
            line -> assertThat(line).contains(" raw "),
            line -> assertThat(line).contains(" compare --e2e "));
    assertThat(publish("--only", "many,sizes", "--dry-run").lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("cycle-16-16384").doesNotContain(" --peer"),
            line -> assertThat(line).contains("remote-release-4096").contains(" --peer"));
    assertThat(publish("--only", "nothing", "--dry-run").exitCode()).isEqualTo(2);
    assertThat(publish().exitCode()).isEqualTo(2);
  }
}
