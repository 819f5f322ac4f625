package io.github.litealloc.netty;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the bytes that several threads give back, and tells the sum when the last of them has.
 * Safe for any thread; nobody waits here.
 */
final class GiveBack {

  private final Promise<Long> promise = new AnyThreadPromise<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger unfinished = new AtomicInteger();
  private volatile @Nullable Throwable failure; // one of them, if there are several

  GiveBack(int parts) {
    unfinished.set(parts);
    promise.setUncancellable(); // what is given back is given back
  }

  Future<Long> future() {
    return promise;
  }

  /** One of the parts, for several threads of which one will see to it. */
  Part part() {
    return new Part();
  }

  /** A part that is done once, by whoever comes first. */
  final class Part {
    private final AtomicBoolean taken = new AtomicBoolean();

    private Part() {}

    /** Does it as {@link GiveBack#run}, unless it is done, or another thread is at it. */
    void run(LongSupplier work) {
      if (taken.compareAndSet(false, true)) {
        GiveBack.this.run(work);
      }
    }

    /** Nothing is left to give back. */
    void skip() {
      run(() -> 0);
    }
  }

  /**
   * Runs one of the parts, which returns its bytes, on the calling thread. Whatever it throws gets
   * into the future, and not to the caller.
   */
  void run(LongSupplier part) {
    try {
      bytes.addAndGet(part.getAsLong());
    } catch (Throwable e) {
      failure = e; // and no call: there may be no stack for one
    }
    if (unfinished.decrementAndGet() == 0) {
      finish();
    }
  }

  private void finish() {
    Throwable cause = failure;
    if (cause != null) {
      promise.setFailure(cause);
    } else {
      promise.setSuccess(bytes.get());
    }
  }
}
