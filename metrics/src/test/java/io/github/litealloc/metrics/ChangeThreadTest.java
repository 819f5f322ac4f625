package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ChangeThreadTest {

  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void request_twiceBeforeTheTaskBegins_runsItOnce() {
    Runnable[] queued = new Runnable[1];
    ChangeThread changes = new ChangeThread(runs::incrementAndGet, run -> queued[0] = run);
    changes.request();
    changes.request();
    queued[0].run();
    assertThat(runs).hasValue(1);
    assertThat(changes.isOverdue()).isFalse();
  }

  /** A task that fails before its request has come back, and then does not. */
  @Test
  void request_taskFailsAtOnce_isOverdueUntilItDoesNot() {
    ChangeThread changes =
        new ChangeThread(
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new OutOfMemoryError("by the test");
              }
            },
            Runnable::run);
    changes.request();
    assertThat(changes.isOverdue()).isTrue();
    changes.request();
    assertThat(changes.isOverdue()).isFalse();
    assertThat(runs).hasValue(2);
  }

  @Test
  void request_noThreadCanBeStarted_isOverdueAndThrowsNothing() {
    ChangeThread changes =
        new ChangeThread(
            runs::incrementAndGet,
            run -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    changes.request();
    assertThat(changes.isOverdue()).isTrue();
    assertThat(runs).hasValue(0);
  }

  @Test
  void request_afterClose_runsNothing() throws Exception {
    ChangeThread changes = new ChangeThread(runs::incrementAndGet);
    changes.request();
    eventually(() -> assertThat(runs).hasValue(1));
    changes.close();
    changes.request();
    assertThat(changes.isOverdue()).isFalse();
    assertThat(runs).hasValue(1);
  }
}
