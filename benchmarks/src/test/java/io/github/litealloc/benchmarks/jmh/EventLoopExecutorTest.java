package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopExecutorTest {

  @Test
  void requireEventLoop_onAWorker_passes() {
    EventLoopExecutor executor = new EventLoopExecutor(1, "worker");
    try {
      assertThatCode(() -> executor.submit(EventLoopExecutor::requireEventLoop).get())
          .doesNotThrowAnyException();
    } finally {
      executor.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void requireEventLoop_onAnotherThread_saysWhatIsWrong() {
    assertThatThrownBy(EventLoopExecutor::requireEventLoop)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("@Fork");
  }
}
