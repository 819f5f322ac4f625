package io.github.litealloc.benchmarks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LoadToolTest {

  @TempDir private Path folder;

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void find_programInOneOfTheFolders_isFoundIfItCanRun() throws Exception {
    Path program = Files.writeString(folder.resolve("wrk"), "");
    String path = "/no/such/folder" + File.pathSeparator + File.pathSeparator + folder;

    assertThat(LoadTool.WRK.find(path)).isEmpty();

    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(LoadTool.WRK.find(path)).hasValue(program);
    assertThat(LoadTool.H2LOAD.find(path)).isEmpty();
    assertThat(LoadTool.WRK.find("")).isEmpty();
  }

  @Test
  void tools_knowWhatTheyCanDo() {
    assertThat(LoadTool.WRK.speaks(Protocol.HTTP1)).isTrue();
    assertThat(LoadTool.WRK.speaks(Protocol.HTTP2)).isFalse();
    assertThat(LoadTool.H2LOAD.speaks(Protocol.HTTP1)).isFalse();
    assertThat(LoadTool.H2LOAD.can(LoadShape.BURSTS)).isFalse();
    assertThat(LoadTool.BUILT_IN.can(LoadShape.SLOW_READERS)).isTrue();
  }
}
