package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.jmh.Times;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JmhForkRunnerTest {

  private static final Setting HERE = new Setting(Jdk.running(), LeakDetection.DISABLED);

  @Test
  void run_hybrid_isMeasuredInAnArenaOfItsOwnJvm() {
    ForkResult result = new JmhForkRunner().run(MadeUp.PLAN, MadeUp.run(HERE, MadeUp.HYBRID));

    assertThat(result.nanosPerOp()).isPositive();
    assertThat(result.peakReservedBytes()).isGreaterThanOrEqualTo(1_024);
    assertThat(result.fallbackShare()).isZero();
    assertThat(result.garbageBytesPerOp()).isNotNegative();
  }

  @Test
  void run_jdkThatIsNotThere_isNotMeasuredOnAnotherOne() {
    Setting nowhere =
        new Setting(new Jdk(Path.of("/no/such/java"), "99", "99"), LeakDetection.DISABLED);
    ComparePlan.Run run = MadeUp.run(nowhere, MadeUp.HYBRID);

    assertThatThrownBy(() -> new JmhForkRunner().run(MadeUp.PLAN, run))
        .hasMessageContaining("/no/such/java");
  }

  @Test
  void profile_hybrid_hasSamplesInOurMethods() {
    Profile profile =
        JmhForkRunner.profile(MadeUp.PLAN, MadeUp.run(HERE, MadeUp.HYBRID), new Times(1, 1, 400));

    assertThat(profile.total()).isPositive();
    assertThat(profile.samples().keySet())
        .anyMatch(method -> method.startsWith("io.github.litealloc."));
  }

  @Test
  void jvmOptions_areThisJvmsWithoutTheLevel() {
    assertThat(JmhForkRunner.jvmOptions(MadeUp.PLAN))
        .noneMatch(option -> option.startsWith("-Dio.netty.leakDetection"));
  }
}
