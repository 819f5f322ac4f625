package io.github.litealloc.netty;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** An event loop to run test code on. */
final class TestLoop implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 60;

  private final EventLoop loop = new DefaultEventLoop();

  EventLoop loop() {
    return loop;
  }

  /** Runs code on the loop and waits for it; its exceptions and errors come out as they are. */
  <T> T call(Callable<T> code) throws Exception {
    try {
      return loop.submit(code).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw (Error) e.getCause();
    }
  }

  void run(ThrowingRunnable code) throws Exception {
    call(
        () -> {
          code.run();
          return null;
        });
  }

  interface ThrowingRunnable {
    void run() throws Exception;
  }

  /** Ends the loop's thread. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
