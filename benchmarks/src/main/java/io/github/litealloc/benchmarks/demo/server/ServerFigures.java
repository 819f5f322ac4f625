package io.github.litealloc.benchmarks.demo.server;

import java.util.concurrent.atomic.LongAdder;

/** What the server has counted, whoever its clients are. Safe for all threads. */
public final class ServerFigures {

  private final LongAdder answered = new LongAdder();
  private final Problems errors = new Problems();

  void countAnswer() {
    answered.increment();
  }

  void countError(Throwable cause) {
    errors.add(1, "in the server: " + cause);
  }

  /** Returns the requests that were answered, with whatever status. */
  public long answered() {
    return answered.sum();
  }

  /** Returns the exceptions in the server, other than those of connections that clients cut. */
  public Problems errors() {
    return errors;
  }
}
