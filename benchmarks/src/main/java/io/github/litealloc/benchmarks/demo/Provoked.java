package io.github.litealloc.benchmarks.demo;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Throws when it is told to: an exception and an Error by turns. Safe for all threads. */
final class Provoked {

  /** What is thrown on purpose, and by nobody else. */
  static final class ProvokedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProvokedException() {
      super("thrown on purpose");
    }
  }

  /** The same as an Error. */
  static final class ProvokedError extends Error {
    private static final long serialVersionUID = 1;

    ProvokedError() {
      super("thrown on purpose");
    }
  }

  private final AtomicInteger due = new AtomicInteger();
  private final LongAdder thrown = new LongAdder();

  /** Has the next one who asks get an exception. */
  void next() {
    due.set(1);
  }

  /** Throws if it is time. */
  void maybeThrow() {
    if (due.get() > 0 && due.getAndSet(0) > 0) {
      thrown.increment();
      if (thrown.sum() % 2 == 0) {
        throw new ProvokedError();
      }
      throw new ProvokedException();
    }
  }

  long count() {
    return thrown.sum();
  }

  static boolean isProvoked(Throwable cause) {
    return cause instanceof ProvokedException || cause instanceof ProvokedError;
  }
}
