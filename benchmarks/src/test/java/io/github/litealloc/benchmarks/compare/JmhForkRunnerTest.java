package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JmhForkRunnerTest {

  @Test
  void run_hybrid_isMeasuredInAnArenaOfItsOwnJvm() {
    ForkResult result =
        new JmhForkRunner().run(MadeUp.PLAN, new ComparePlan.Run(MadeUp.SCENARIO, MadeUp.HYBRID));

    assertThat(result.nanosPerOp()).isPositive();
    assertThat(result.peakReservedBytes()).isGreaterThanOrEqualTo(1_024);
    assertThat(result.fallbackShare()).isZero();
    assertThat(result.garbageBytesPerOp()).isNotNegative();
  }

  @Test
  void jvmOptions_anyLevel_areThisJvmsWithThatLevel() {
    assertThat(JmhForkRunner.jvmOptions(LeakDetection.DISABLED))
        .endsWith("-Dio.netty.leakDetection.level=disabled")
        .filteredOn(option -> option.startsWith("-Dio.netty.leakDetection"))
        .hasSize(1);
  }
}
