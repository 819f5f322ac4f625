package io.github.litealloc.metrics.internal.dashboard;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** What to answer to a request. The body is not copied, nor changed. */
record Answer(HttpResponseStatus status, String contentType, byte[] body) {

  static final String JSON = "application/json; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";

  static Answer ok(String contentType, byte[] body) {
    return new Answer(HttpResponseStatus.OK, contentType, body);
  }

  static Answer text(HttpResponseStatus status, String text) {
    return new Answer(status, TEXT, (text + '\n').getBytes(StandardCharsets.UTF_8));
  }
}
