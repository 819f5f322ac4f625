package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.BodyPattern;
import io.github.litealloc.benchmarks.demo.server.DemoHandler;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers on one connection with what was asked: status, order, length and every byte.
 * Confined to the connection's event loop.
 */
final class ResponseVerifier {

  private record Expected(RequestMix.Request request, long sentNanos) {}

  /**
   * What came of one request.
   *
   * @param problem what was wrong, empty if nothing was
   * @param wrongBytes bytes that differed, were missing or were too many
   * @param sentNanos when the request was sent
   */
  record Verdict(String problem, long wrongBytes, long sentNanos) {
    boolean right() {
      return problem.isEmpty();
    }
  }

  private final Queue<Expected> inFlight = new ArrayDeque<>();
  private @Nullable Expected current;
  private String problem = "";
  private boolean checkBody;
  private int received;
  private long wrongBytes;

  /** Notes a request that was sent. */
  void sent(RequestMix.Request request, long nanos) {
    inFlight.add(new Expected(request, nanos));
  }

  /** Returns how many requests have no complete answer yet. */
  int unanswered() {
    return inFlight.size() + (current == null ? 0 : 1);
  }

  /** Takes what comes next; returns a verdict if that is an answer's end. */
  @Nullable Verdict on(HttpObject message) {
    if (message instanceof HttpResponse response) {
      onHead(response);
    }
    if (message instanceof HttpContent content) {
      onContent(content.content());
    }
    return message instanceof LastHttpContent ? onEnd() : null;
  }

  /** Takes the head of the next answer. */
  void onHead(HttpResponse response) {
    current = inFlight.poll();
    problem = "";
    received = 0;
    wrongBytes = 0;
    checkBody = false;
    if (current == null) {
      problem = "an answer that nobody asked for";
      return;
    }
    String expectedId = String.valueOf(current.request().id());
    String id = response.headers().get(DemoHandler.REQUEST_ID);
    if (!response.status().equals(HttpResponseStatus.OK)) {
      problem = "status " + response.status();
    } else if (!expectedId.equals(id)) {
      problem = "answer to request " + id + " in place of " + expectedId;
    } else {
      checkBody = true;
    }
  }

  /** Takes the next part of the current answer's body. */
  void onContent(ByteBuf content) {
    if (checkBody && current != null) {
      wrongBytes += BodyPattern.countWrong(content, current.request().id(), received);
    }
    received += content.readableBytes();
  }

  /** Ends the current answer. */
  Verdict onEnd() {
    Expected expected = current;
    current = null;
    if (expected == null) {
      return new Verdict("an end without a beginning", 0, 0);
    }
    if (checkBody) {
      int bytes = expected.request().bytes();
      // What is too much differs from nothing, but was compared with the pattern that goes on.
      wrongBytes += Math.abs((long) received - bytes);
      if (wrongBytes > 0) {
        problem = wrongBytes + " wrong bytes, " + received + " received of " + bytes;
      }
    }
    return new Verdict(problem, wrongBytes, expected.sentNanos());
  }
}
