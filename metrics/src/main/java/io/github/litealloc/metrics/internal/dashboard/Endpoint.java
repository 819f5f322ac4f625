package io.github.litealloc.metrics.internal.dashboard;

import io.netty.handler.codec.http.HttpRequest;

/** Makes the answer to a request that the {@link Guard} let through. */
@FunctionalInterface
interface Endpoint {

  /**
   * Answers.
   *
   * @throws Exception if it cannot; the server then answers 500
   */
  Answer answer(HttpRequest request) throws Exception;
}
