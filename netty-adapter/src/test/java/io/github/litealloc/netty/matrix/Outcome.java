package io.github.litealloc.netty.matrix;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How one side of a scenario ended: well, or with the first failure. Any thread may set it; the
 * test waits for it.
 */
final class Outcome {

  /** Only against hanging. */
  static final long PATIENCE_SECONDS = 60;

  private final String of;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  Outcome(String of) {
    this.of = of;
  }

  void success() {
    end.complete(null);
  }

  void failure(Throwable cause) {
    end.completeExceptionally(cause);
  }

  /** Makes a failed write the outcome. */
  ChannelFutureListener failing() {
    return (ChannelFuture future) -> {
      if (!future.isSuccess()) {
        failure(future.cause());
      }
    };
  }

  boolean isDone() {
    return end.isDone();
  }

  /** Returns when the side has ended well. */
  void await() throws InterruptedException {
    try {
      end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(of + " failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(of + " has not ended after " + PATIENCE_SECONDS + " s", e);
    }
  }
}
