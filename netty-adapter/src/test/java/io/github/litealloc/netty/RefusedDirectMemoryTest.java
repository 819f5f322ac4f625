package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM's direct memory is used up by others: asking for it is what must not happen often. */
final class RefusedDirectMemoryTest {

  private static final Pattern COLLECTIONS = Pattern.compile("collections: (\\d+)");

  /** Each question that the JVM refuses is a full collection; more than some are a fault. */
  private static final int SOME = RefusedDirectMemoryProbe.REQUESTS / 4;

  /** The JVM does not count what its own arenas take, which serve where they are the only ones. */
  private static final boolean LIMIT_BINDS_US = Runtime.version().feature() < 22;

  @TempDir private Path folder;

  @Test
  void directBuffer_jvmRefuses_isNotAskedForEachRequest() throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=16m"),
            RefusedDirectMemoryProbe.class);
    Matcher collections = COLLECTIONS.matcher(printed);
    assertThat(collections.find()).as(printed).isTrue();
    assertThat(Integer.parseInt(collections.group(1))).as(printed).isLessThanOrEqualTo(SOME);
    assertThat(printed).contains(LIMIT_BINDS_US ? "refused by the system; live: 0" : "served");
  }
}
