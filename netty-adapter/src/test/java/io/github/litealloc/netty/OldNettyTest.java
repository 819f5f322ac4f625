package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other versions of Netty than the one that ours is built with, in JVMs of their own. */
final class OldNettyTest {

  @TempDir private Path folder;

  @Test
  void traffic_newestNetty41_isServed() throws Exception {
    assertThat(run("4.1.138.Final"))
        .contains("Netty 4.1.138.Final", OldNettyProgram.DONE, "live: 0", "fallbacks: 0");
  }

  @Test
  void use_nettyThatLacksWhatOursCalls_isRefusedInALine() throws Exception {
    assertThat(run("4.1.43.Final"))
        .contains(
            "refused: java.lang.UnsupportedOperationException: netty-buffer 4.1.43.Final cannot be"
                + " used with lite-alloc (expected: 4.1.44 or newer)");
  }

  private String run(String version) throws Exception {
    String ours =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> !path.contains("netty-") || path.contains("netty-adapter"))
            .collect(Collectors.joining(File.pathSeparator));
    String path = Path.of("target", "old-netty", version).toAbsolutePath() + File.separator + '*';
    return JavaProcess.run(
        folder,
        List.of(
            JavaProcess.tool("java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            path + File.pathSeparator + ours,
            OldNettyProgram.class.getName()));
  }
}
