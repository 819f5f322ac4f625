package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.Subscription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One run through all operations, with code of others wherever there may be any. */
abstract class ForeignTrial {

  static final int PATIENCE_SECONDS = 30;
  static final int BUDGET_BYTES = 4 << 20;

  final ForeignCode code;
  final MemoryBudget budget = MemoryBudget.of("foreign", BUDGET_BYTES);
  private final List<Throwable> unexpected = Collections.synchronizedList(new ArrayList<>());
  private final Clock clock = new Clock();

  /** Whether listeners fail besides, so that there is something for the log. */
  private final boolean fillsLog;

  ForeignTrial(ForeignCode code, boolean fillsLog) {
    this.code = code;
    this.fillsLog = fillsLog;
  }

  /** Makes the run, and looks at what is left. */
  final void run() throws Exception {
    Logger log = Logger.getLogger("io.github.litealloc");
    Handler handler = new ForeignHandler();
    log.setUseParentHandlers(false); // what fails here on purpose is nobody's business
    log.addHandler(handler);
    Subscription listening =
        attempt(
            () ->
                budget.addPressureListener(
                    clock, level -> code.at(ForeignPoint.PRESSURE_LISTENER)));
    try {
      use();
      code.disarm();
      code.refuse(false);
      requireAllInOrder();
      assertThat(unexpected).isEmpty();
    } finally {
      if (listening != null) {
        listening.close();
      }
      clock.shutdownNow();
      log.removeHandler(handler);
      log.setUseParentHandlers(true);
    }
  }

  /** All operations, each of which may fail. */
  abstract void use() throws Exception;

  /** Nothing fails any more: everything that is left is released, and goes on. */
  abstract void requireAllInOrder() throws Exception;

  final void requireNothingLeft() {
    assertThat(budget.reservedBytes()).as("reserved").isZero();
    assertThat(budget.promisedBytes()).as("promised").isZero();
  }

  /** Does something that may fail as it is told to, and in no other way. */
  final <T> @Nullable T attempt(Callable<T> step) {
    try {
      return step.call();
    } catch (Throwable e) {
      note(e);
      return null;
    }
  }

  final void attemptTo(TestLoop.ThrowingRunnable step) {
    attempt(
        () -> {
          step.run();
          return true;
        });
  }

  final void note(Throwable failure) {
    if (!code.isFrom(failure) && !mayFollow(failure)) {
      unexpected.add(failure);
    }
  }

  boolean mayFollow(Throwable failure) {
    return false;
  }

  /** Whether somebody was told that he calls at a wrong time. */
  static boolean isRefusal(Throwable failure) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (next instanceof IllegalStateException) {
        return true;
      }
    }
    return false;
  }

  final void elsewhere(TestLoop.ThrowingRunnable step) throws InterruptedException {
    Thread thread = new Thread(() -> attemptTo(step), "elsewhere");
    thread.start();
    thread.join();
  }

  /** A listener that is the point, and fails for the log. */
  final Runnable listener(ForeignPoint point) {
    return () -> {
      code.at(point);
      if (fillsLog) {
        throw new IllegalArgumentException("thrown by the test, for the log");
      }
    };
  }

  private final class ForeignHandler extends Handler {
    @Override
    public void publish(LogRecord record) {
      code.at(ForeignPoint.LOGGER);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private final class Clock extends ScheduledThreadPoolExecutor {
    Clock() {
      super(1);
    }

    @Override
    public void execute(Runnable task) {
      code.atIfOurs(ForeignPoint.PRESSURE_EXECUTOR);
      super.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      code.atIfOurs(ForeignPoint.PRESSURE_CLOCK);
      return super.schedule(task, delay, unit);
    }
  }
}
