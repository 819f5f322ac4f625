package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.EndOfMainProbe;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing of ours that waits, or is at work in the background, keeps a process from its end. */
final class EndOfMainTest {

  @TempDir private Path folder;

  /** With the common pool of any size: without workers, the JDK makes threads instead. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void main_thatEndsWhileTasksWait_endsTheProcess(int workers) throws Exception {
    String pool = "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + workers;
    // A day's task would keep it longer than such a process is waited for.
    assertThat(JavaProcess.run(folder, JavaProcess.HOME, List.of(pool), EndOfMainProbe.class))
        .contains(EndOfMainProbe.DONE);
  }
}
