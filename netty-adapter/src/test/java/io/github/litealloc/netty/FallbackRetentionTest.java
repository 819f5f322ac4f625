package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of what serves an exhausted arena nothing is kept when the pressure is gone, as the system and
 * Netty see it: each load in a JVM of its own, which mostly waits.
 */
@EnabledOnOs(OS.LINUX)
final class FallbackRetentionTest {

  private static final int HEAP_MIB = 128;
  private static final int SLACK_MIB = FallbackRetentionProbe.SLACK_MIB;
  private static final Pattern BEYOND = Pattern.compile("beyond (\\d+) MiB");
  private static final Pattern DEFAULT = Pattern.compile("default (\\d+) KiB");

  /** Pieces that glibc's heap could not be made to let go of, and what servers have. */
  private static final List<Integer> LARGEST_BYTES = List.of(1 << 10, 32 << 10);

  @TempDir private static Path folder;

  private static final ExecutorService RUNS = Executors.newFixedThreadPool(2);
  private static final Map<List<Object>, Future<ResidentSetMode.Shown>> SHOWN = new HashMap<>();

  /** Where memory can be freed at all, by others than the collector. */
  static Stream<Arguments> loads() {
    return ResidentSetMode.of(Runtime.version().feature()).stream()
        .filter(ResidentSetMode::isFreed)
        .flatMap(mode -> LARGEST_BYTES.stream().map(bytes -> Arguments.of(mode, bytes)));
  }

  @BeforeAll
  static void startAll() {
    loads()
        .map(Arguments::get)
        .forEach(load -> SHOWN.put(List.of(load), RUNS.submit(() -> run(load))));
  }

  private static ResidentSetMode.Shown run(Object[] load) throws Exception {
    return ((ResidentSetMode) load[0])
        .run(folder, JavaProcess.HOME, HEAP_MIB, FallbackRetentionProbe.class, load[1].toString());
  }

  @AfterAll
  static void endAll() {
    RUNS.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("loads")
  void fallback_ofTenTimesTheBudgetReleasedAndSilence_keepsNothing(
      ResidentSetMode mode, int largestBytes) throws Exception {
    ResidentSetMode.Shown shown = SHOWN.get(List.of(mode, largestBytes)).get();
    String printed = shown.printed();
    assertThat(number(BEYOND, printed))
        .as("what was to go: %s", printed)
        .isGreaterThanOrEqualTo(FallbackRetentionProbe.BEYOND_MIB - SLACK_MIB);
    assertThat(shown.grown()).as(printed).isLessThanOrEqualTo(SLACK_MIB);
    assertThat(shown.liveKib()).as(printed).isZero();
    assertThat(number(DEFAULT, printed)).as(printed).isZero();
  }

  private static int number(Pattern pattern, String printed) {
    Matcher found = pattern.matcher(printed);
    assertThat(found.find()).as(printed).isTrue();
    return Integer.parseInt(found.group(1));
  }
}
