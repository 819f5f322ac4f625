package io.github.litealloc.benchmarks.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.demo.server.BodyPattern;
import io.github.litealloc.benchmarks.demo.server.DemoHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;

class ResponseVerifierTest {

  private static final RequestMix.Request FIRST =
      new RequestMix.Request(11, RequestMix.Kind.GET, 100);
  private static final RequestMix.Request SECOND =
      new RequestMix.Request(12, RequestMix.Kind.POST, 100);

  private final ResponseVerifier verifier = new ResponseVerifier();

  private static HttpResponse head(HttpResponseStatus status, long id) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    head.headers().set(DemoHandler.REQUEST_ID, id);
    return head;
  }

  private static ByteBuf body(long id, int position, int length) {
    ByteBuf body = Unpooled.buffer(Math.max(1, length));
    BodyPattern.write(body, id, position, length);
    return body;
  }

  private ResponseVerifier.Verdict answer(long id, ByteBuf... parts) {
    verifier.onHead(head(HttpResponseStatus.OK, id));
    for (ByteBuf part : parts) {
      verifier.onContent(part);
    }
    return verifier.onEnd();
  }

  @Test
  void onEnd_rightAnswer_isRight() {
    verifier.sent(FIRST, 5);

    ResponseVerifier.Verdict verdict = answer(11, body(11, 0, 30), body(11, 30, 70));

    assertThat(verdict).isEqualTo(new ResponseVerifier.Verdict("", 0, 5));
    assertThat(verdict.right()).isTrue();
    assertThat(verifier.unanswered()).isZero();
  }

  @Test
  void onEnd_oneWrongByte_isCounted() {
    verifier.sent(FIRST, 0);
    ByteBuf body = body(11, 0, 100);
    body.setByte(99, body.getByte(99) + 1);

    ResponseVerifier.Verdict verdict = answer(11, body);

    assertThat(verdict.right()).isFalse();
    assertThat(verdict.wrongBytes()).isEqualTo(1);
    assertThat(verdict.problem()).contains("1 wrong bytes");
  }

  @Test
  void onEnd_missingBytes_areWrong() {
    verifier.sent(FIRST, 0);

    assertThat(answer(11, body(11, 0, 90)).wrongBytes()).isEqualTo(10);
  }

  @Test
  void onEnd_surplusBytes_areWrong() {
    verifier.sent(FIRST, 0);

    assertThat(answer(11, body(11, 0, 103)).wrongBytes()).isEqualTo(3);
  }

  @Test
  void onEnd_answersInTheWrongOrder_areBothWrong() {
    verifier.sent(FIRST, 0);
    verifier.sent(SECOND, 0);

    assertThat(answer(12, body(12, 0, 100)).problem()).contains("12 in place of 11");
    assertThat(answer(11, body(11, 0, 100)).problem()).contains("11 in place of 12");
  }

  @Test
  void onEnd_answerWithoutItsNumber_isWrong() {
    verifier.sent(FIRST, 0);
    verifier.onHead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));

    assertThat(verifier.onEnd().right()).isFalse();
  }

  @Test
  void onEnd_errorStatus_isWrong() {
    verifier.sent(FIRST, 0);
    verifier.onHead(head(HttpResponseStatus.INTERNAL_SERVER_ERROR, 11));

    assertThat(verifier.onEnd().problem()).contains("500");
  }

  @Test
  void onEnd_answerNobodyAskedFor_isWrong() {
    assertThat(answer(11).right()).isFalse();
  }

  @Test
  void unanswered_halfAnAnswer_isStillUnanswered() {
    verifier.sent(FIRST, 0);
    verifier.sent(SECOND, 0);
    verifier.onHead(head(HttpResponseStatus.OK, 11));

    assertThat(verifier.unanswered()).isEqualTo(2);
  }
}
