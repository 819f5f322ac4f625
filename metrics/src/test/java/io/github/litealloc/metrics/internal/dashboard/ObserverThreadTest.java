package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ObserverThreadTest {

  /** A pause of the collector, a slow read or a busy machine: nobody connects, and time goes on. */
  @Test
  void task_lateEachTime_runsAgainThoughTheNetworkIsSilent() throws Exception {
    CountDownLatch runs = new CountDownLatch(5);
    ObserverThread thread =
        new ObserverThread(
            "late",
            10,
            () -> {
              sleep(30);
              runs.countDown();
            });
    thread.start();
    try {
      assertThat(runs.await(30, TimeUnit.SECONDS)).as("%s runs left", runs.getCount()).isTrue();
    } finally {
      thread.close();
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
