package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@link ExhaustionPolicy#THROW} and shared arenas nothing direct is ever outside of the
 * ceiling, after the allocator's end either: as the kernel, the JVM and Netty see it.
 */
final class CeilingTest {

  private static final Pattern GROWN = Pattern.compile("grown by (-?\\d+) MiB");
  private static final Pattern FAILURES = Pattern.compile("failures: (\\d+)");

  /** What a JVM's own memory moves by in a second. */
  private static final int SLACK_MIB = 16;

  @TempDir private Path folder;

  private int grownMib(ExhaustionPolicy policy, boolean fails) throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"),
            CeilingProbe.class,
            List.of(policy.name()));
    Matcher failures = FAILURES.matcher(printed);
    assertThat(failures.find()).as(printed).isTrue();
    assertThat(Long.parseLong(failures.group(1)) > 0).as(printed).isEqualTo(fails);
    Matcher grown = GROWN.matcher(printed);
    assertThat(grown.find()).as(printed).isTrue();
    return Integer.parseInt(grown.group(1));
  }

  @Test
  void process_underTenTimesTheDemand_staysBelowTheCeilingIfItThrows() throws Exception {
    assertThat(grownMib(ExhaustionPolicy.THROW, true))
        .isLessThanOrEqualTo(CeilingProbe.CEILING_MIB + SLACK_MIB);
    assertThat(grownMib(ExhaustionPolicy.FALLBACK, false))
        .as("what the instruments would see")
        .isGreaterThan(CeilingProbe.DEMAND_MIB * 3 / 4);
  }
}
