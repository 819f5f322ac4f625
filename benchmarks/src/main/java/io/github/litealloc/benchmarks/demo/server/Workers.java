package io.github.litealloc.benchmarks.demo.server;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Threads that are no event loops. What is for one channel is done in its order, by one of them.
 * Safe for all threads.
 */
public final class Workers implements AutoCloseable {

  private static final int END_TIMEOUT_SECONDS = 5;

  private final List<ExecutorService> threads = new ArrayList<>();

  public Workers(int count) {
    for (int i = 0; i < count; i++) {
      String name = "demo-worker-" + i;
      threads.add(Executors.newSingleThreadExecutor(task -> new Thread(task, name)));
    }
  }

  /** Returns who works for a channel, always the same one. */
  public Executor of(Channel channel) {
    return threads.get(Math.floorMod(channel.id().hashCode(), threads.size()));
  }

  /** Ends them when they have done what they have. */
  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdown);
    for (ExecutorService thread : threads) {
      try {
        if (!thread.awaitTermination(END_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          thread.shutdownNow();
        }
      } catch (InterruptedException e) {
        thread.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
  }
}
