package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stack or the heap ends in the middle of operations; see {@link EndOfMemoryProgram}. */
final class EndOfMemoryTest {

  private static final String NOTHING_LOST =
      "lost blocks: 0, bytes: 0, dead arenas: 0, wrong bytes: 0\n";

  /**
   * For what is beyond a budget one empty region is kept. Where the heap ends, Netty may count what
   * it has not handed out.
   */
  private static final String GIVEN_BACK =
      "not given back: (0|" + RegionByteBufAllocator.REGION_BYTES + "),";

  private static final Pattern SUMMARY =
      Pattern.compile("ends: (\\d+),.* lost blocks: (\\d+),.* dead arenas: 0, wrong bytes: 0\n$");

  @TempDir private Path directory;

  private String run(String what, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    // A thousand frames of each error, which warnings print, would be most of the work.
    command.add("-XX:MaxJavaStackTraceDepth=32");
    command.add("-Dio.netty.leakDetectionLevel=disabled");
    command.add("-Dlitealloc.test.depths=" + Integer.getInteger("litealloc.test.depths", 25));
    command.add(
        "-Dlitealloc.test.depth.step=" + Integer.getInteger("litealloc.test.depth.step", 3));
    command.add("-Dlitealloc.test.hardened=" + Boolean.getBoolean("litealloc.test.hardened"));
    command.add("-Dlitealloc.test.heaps=" + Integer.getInteger("litealloc.test.heaps", 3));
    command.add("-Dlitealloc.test.heap.step=" + Integer.getInteger("litealloc.test.heap.step", 25));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(EndOfMemoryProgram.class.getName());
    command.add(what);
    File out = directory.resolve("out").toFile();
    Process program =
        new ProcessBuilder(command)
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.DISCARD) // warnings of arenas that are replaced
            .start();
    try {
      assertThat(program.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      program.destroyForcibly();
    }
    return Files.readString(out.toPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"stack", "stack off the loop"})
  void stack_thatEndsAtAnyDepthOfAnyOperation_losesNoBlockAndKillsNoArena(String what)
      throws Exception {
    assertThat(run(what, "-Xint"))
        .endsWith(NOTHING_LOST)
        .containsPattern(GIVEN_BACK)
        .doesNotContain("ends: 0");
  }

  /**
   * Frames of compiled code are others, and change while it is compiled. A handler that runs for
   * the first time in compiled code is left to the interpreter, which takes more stack than there
   * is: then even a handler without a call can be cut off, and what it would have noted is lost. So
   * a block in a hundred ends may be; before ends that had begun were finished it was four.
   */
  @ParameterizedTest
  @ValueSource(strings = {"stack", "stack off the loop"})
  void stack_thatEndsInCompiledCode_killsNoArenaAndLosesHardlyAnything(String what)
      throws Exception {
    String printed = run(what);
    Matcher matcher = SUMMARY.matcher(printed);
    assertThat(matcher.find()).as(printed).isTrue();
    long ends = Long.parseLong(matcher.group(1));
    assertThat(ends).as("ends").isPositive();
    assertThat(Long.parseLong(matcher.group(2)) * 100).as(printed).isLessThanOrEqualTo(ends);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "heap off the loop"})
  void heap_thatEndsWhileBuffersAreAllocated_losesNoBlockAndKillsNoArena(String what)
      throws Exception {
    assertThat(run(what, "-Xmx50m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
        .endsWith(NOTHING_LOST)
        .doesNotContain("ends: 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap operations", "heap operations off the loop"})
  void heap_thatIsFullWhenAnOperationBegins_losesNoBlockAndKillsNoArena(String what)
      throws Exception {
    assertThat(run(what, "-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
        .endsWith(NOTHING_LOST)
        .doesNotContain("ends: 0");
  }
}
