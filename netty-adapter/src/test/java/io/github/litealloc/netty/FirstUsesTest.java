package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an operation uses for the first time may not be had, as where the heap is full; see {@link
 * FirstUsesProgram}. Classes that are initialised then may never be had again.
 */
final class FirstUsesTest {

  private static final Pattern INITIALIZED =
      Pattern.compile("Initializing '(io/github/litealloc/[^']+)' ?\\((?!no method)");

  /** It looks for a leak detector, which an application may set until it allocates. */
  private static final Set<String> LATE = Set.of("io/github/litealloc/netty/LeakPace");

  @TempDir private Path directory;

  private String run(String operations, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-Dio.netty.leakDetectionLevel=disabled");
    options.add("-Dlitealloc.test.firstUses.operations=" + operations);
    String step = "litealloc.test.firstUses.step";
    options.add("-D" + step + '=' + Integer.getInteger(step, 11));
    return JavaProcess.run(directory, JavaProcess.HOME, options, FirstUsesProgram.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"allocate.*", "release.*", "grow.*", "(?!allocate|release|grow).*"})
  void firstUse_thatFailsInTheMiddleOfAnyOperation_losesAndHarmsNothing(String operations)
      throws Exception {
    assertThat(run(operations)).containsPattern("(?m)^trials: [1-9]\\d*, faults: 0$");
  }

  @Test
  void operations_ofAnAllocatorThatIsMade_initializeNoClassOfOurs() throws Exception {
    String printed =
        run(".*", "-Xlog:class+init=info", "-D" + FirstUsesProgram.NOTHING_FAILS + "=true");
    Set<String> late = new TreeSet<>();
    for (String operation : printed.split(FirstUsesProgram.BEGIN)) {
      Matcher matcher = INITIALIZED.matcher(operation.split(FirstUsesProgram.END)[0]);
      while (operation.contains(FirstUsesProgram.END) && matcher.find()) {
        late.add(matcher.group(1));
      }
    }
    assertThat(printed).contains("Initializing 'io/github/litealloc/netty/BufferPool'");
    late.removeAll(LATE);
    late.removeIf(name -> name.contains("FirstUses"));
    assertThat(late)
        .as("classes with initialisers, for EagerArenaClasses, ChunkStore or EagerNettyClasses")
        .isEmpty();
  }
}
