package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the jcstress tests of {@code src/jcstress} in JVMs of their own: briefly, or for long with
 * {@code -Djcstress.mode=default}.
 */
final class RacesTest {

  private static final Path TARGET = Path.of("target").toAbsolutePath();

  /**
   * One fork of each test, small and soon ready, without jcstress's variations of processors and
   * compilers.
   */
  private static final List<String> BRIEF =
      List.of("-f 1 -iters 1 -time 200 -af NONE -sc false -hs 64 -pth false".split(" "));

  private static final String BRIEF_JVM = "-Xmx256m -XX:+UseSerialGC";

  /** What would leave out what C2 makes of the code. */
  private static final List<String> OTHER_COMPILERS = List.of("-XX:TieredStopAtLevel", "-Xint");

  @Test
  void jcstress_allTests_findNoForbiddenOutcome() throws Exception {
    Path results = Files.createDirectories(TARGET.resolve("jcstress"));
    Path output = results.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // No options for this JVM: jcstress hands them on to those that run the tests.
    command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main", "-c", "2"));
    String mode = System.getProperty("jcstress.mode");
    command.addAll(mode == null ? BRIEF : List.of("-m", mode));
    if (mode == null) {
      command.addAll(List.of("-jvmArgs", BRIEF_JVM));
    }
    Process process =
        new ProcessBuilder(command)
            .directory(results.toFile()) // where it leaves its results
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(mode == null ? 10 : 600, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    assertThat(printed).doesNotContain(OTHER_COMPILERS);
    assertThat(printed).contains("Failed tests: No matches", "Error tests: No matches");
    assertThat(printed).containsPattern("\\(Results: ([1-9][0-9]*) planned; \\1 passed, 0 failed");
  }

  private static String classPath() {
    Stream<String> ours =
        Stream.of("classes", "test-classes").map(name -> TARGET.resolve(name).toString());
    Stream<String> theirs =
        Stream.of("jdk.module.path", "java.class.path", "surefire.real.class.path")
            .map(name -> System.getProperty(name, ""))
            .filter(path -> !path.isEmpty());
    return Stream.concat(ours, theirs).distinct().collect(Collectors.joining(File.pathSeparator));
  }
}
