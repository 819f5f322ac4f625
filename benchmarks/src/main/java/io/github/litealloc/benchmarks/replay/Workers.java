package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The threads of a history, made anew: event loops, and threads that are none. */
final class Workers implements AutoCloseable {

  private static final int END_SECONDS = 10;

  private final List<ExecutorService> workers = new ArrayList<>();

  Workers(Traffic traffic) {
    for (int thread = 0; thread < traffic.threads(); thread++) {
      workers.add(
          traffic.isLoop(thread)
              ? new DefaultEventLoop(new DefaultThreadFactory("replay-loop", true))
              : Executors.newSingleThreadExecutor(
                  task -> {
                    Thread plain = new Thread(task, "replay-thread");
                    plain.setDaemon(true);
                    return plain;
                  }));
    }
  }

  ExecutorService of(int thread) {
    return workers.get(thread);
  }

  @Override
  public void close() {
    for (ExecutorService worker : workers) {
      if (worker instanceof EventLoop loop) {
        loop.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
      } else {
        worker.shutdown();
      }
    }
  }
}
