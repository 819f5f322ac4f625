package io.github.litealloc.netty.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Executors that refuse in whatever way, and tasks that fail. */
final class TasksTest {

  private final AtomicInteger runs = new AtomicInteger();

  static Stream<Throwable> refusals() {
    return Stream.of(
        new RejectedExecutionException("thrown by a test"),
        new UnsupportedOperationException("thrown by a test"),
        new IllegalStateException("thrown by a test"),
        new AssertionError("thrown by a test"),
        new OutOfMemoryError("thrown by a test"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void execute_thatIsRefused_isFalseAndTheTaskNeverRuns(Throwable refusal) {
    Executor executor = new Executor(refusal, false);
    assertThat(Tasks.execute(executor, "a test", runs::incrementAndGet)).isFalse();
    assertThat(Tasks.schedule(executor, 0, "a test", runs::incrementAndGet)).isFalse();
    executor.kept.forEach(Runnable::run); // it had queued them before it threw
    assertThat(runs).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void execute_thatRunsTheTaskAndThenThrows_isTrue(Throwable refusal) {
    Executor executor = new Executor(refusal, true);
    assertThat(Tasks.execute(executor, "a test", runs::incrementAndGet)).isTrue();
    executor.kept.forEach(Runnable::run);
    assertThat(runs).hasValue(1);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void run_ofATaskThatFails_letsNothingOut(Throwable failure) {
    Tasks.run("a test", () -> fail(failure));
    assertThat(Tasks.execute(ImmediateEventExecutor.INSTANCE, "a test", () -> fail(failure)))
        .isTrue();
    assertThat(runs).hasValue(2);
  }

  private void fail(Throwable failure) {
    runs.incrementAndGet();
    TasksTest.<RuntimeException>sneakyThrow(failure);
  }

  @SuppressWarnings("unchecked") // that is the trick
  private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void schedule_onAnExecutorThatTakesIt_runsLater() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    assertThat(Tasks.schedule(GlobalEventExecutor.INSTANCE, 1, "a test", ran::countDown)).isTrue();
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Keeps every task, perhaps runs it, and then throws. */
  private static final class Executor extends AbstractEventExecutor {
    private final Throwable refusal;
    private final boolean runsFirst;
    private final List<Runnable> kept = new ArrayList<>();

    Executor(Throwable refusal, boolean runsFirst) {
      this.refusal = refusal;
      this.runsFirst = runsFirst;
    }

    @Override
    public void execute(Runnable task) {
      kept.add(task);
      if (runsFirst) {
        task.run();
      }
      TasksTest.<RuntimeException>sneakyThrow(refusal);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      execute(task);
      throw new AssertionError("unreachable");
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return true;
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      return terminationFuture();
    }

    @Override
    public Future<?> terminationFuture() {
      return newSucceededFuture(null);
    }
  }
}
