package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The budget bounds the memory of the process, not only our count of it. */
@EnabledOnOs(OS.LINUX)
final class ResidentSetTest {

  private static final Pattern GROWN = Pattern.compile("grown by (-?\\d+) MiB");

  /** What the JVM and the C library may take besides. */
  private static final int SLACK_MIB = 16;

  @TempDir private Path folder;

  /**
   * The ways to have direct memory on the JDK that runs the tests. Not Java 17 without Unsafe:
   * there is none that frees at once.
   */
  static List<String> modes() {
    List<String> modes = new ArrayList<>();
    int feature = Runtime.version().feature();
    modes.add("-Dio.netty.noUnsafe=" + (feature >= 22));
    if (feature >= 24) {
      modes.add("-Dno.flag.at.all=true");
      modes.add("--enable-native-access=ALL-UNNAMED");
      modes.add("--sun-misc-unsafe-memory-access=allow");
    }
    return modes;
  }

  @ParameterizedTest
  @MethodSource("modes")
  void directBuffer_manyTimesTheBudgetOneAfterTheOther_processStaysNearTheBudget(String mode)
      throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", mode),
            ResidentSetProbe.class);
    Matcher grown = GROWN.matcher(printed);
    assertThat(grown.find()).as(printed).isTrue();
    assertThat(Integer.parseInt(grown.group(1)))
        .as(printed)
        .isLessThanOrEqualTo(ResidentSetProbe.BUDGET_MIB + SLACK_MIB);
  }

  /** Eight threads that are no event loops, and ask for more than there is. */
  @ParameterizedTest
  @MethodSource("modes")
  void directBuffer_offTheLoopOnly_processStaysNearTheBudgetAndGivesItBack(String mode)
      throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", mode),
            OffLoopResidentSetProbe.class);
    Matcher grown = GROWN.matcher(printed);
    assertThat(grown.find()).as(printed).isTrue();
    assertThat(Integer.parseInt(grown.group(1)))
        .as(printed)
        .isLessThanOrEqualTo(OffLoopResidentSetProbe.BUDGET_MIB + SLACK_MIB);
    assertThat(printed).contains("reserved in silence 0").doesNotContain("refused 0");
  }
}
