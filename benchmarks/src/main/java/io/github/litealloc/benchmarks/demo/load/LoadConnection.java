package io.github.litealloc.benchmarks.demo.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import java.io.IOException;

/**
 * One client connection. Keeps a few requests in flight, so that the order of the answers can be
 * wrong, and sends the next one when an answer is complete: a closed loop, whose latencies include
 * the wait behind the connection's other requests and say nothing of an open one.
 */
public final class LoadConnection extends SimpleChannelInboundHandler<HttpObject> {

  /** Asks a connection to look again at whether it should go on. */
  static final Object LOOK_AGAIN = new Object();

  public static final int REQUESTS_IN_FLIGHT = 4;

  private final LoadGenerator load;
  private final RequestMix mix;
  private final ResponseVerifier verifier = new ResponseVerifier();
  private boolean closing;
  private boolean wasCut = true;
  private String problem = "the server closed the connection";

  LoadConnection(LoadGenerator load, RequestMix mix) {
    this.load = load;
    this.mix = mix;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    sendMore(ctx);
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    DecoderResult decoded = message.decoderResult();
    if (decoded.isFailure()) {
      problem = "not HTTP: " + decoded.cause();
      wasCut = false;
      ctx.close();
      return;
    }
    ResponseVerifier.Verdict verdict = verifier.on(message);
    if (verdict != null) {
      load.figures().count(verdict);
      sendMore(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == LOOK_AGAIN) {
      if (ctx.channel().isActive()) { // else it looks by itself when it is
        sendMore(ctx);
        ctx.flush();
      }
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void sendMore(ChannelHandlerContext ctx) {
    while (verifier.unanswered() < REQUESTS_IN_FLIGHT && ctx.channel().isActive()) {
      int bodyBytes = load.bodyBytes();
      if (bodyBytes == LoadGenerator.SILENCE) {
        return; // it says when that is over
      }
      if (!load.takePermit()) {
        break;
      }
      RequestMix.Request request = mix.next(bodyBytes);
      verifier.sent(request, System.nanoTime());
      RequestWriter.write(ctx, request);
    }
    if (verifier.unanswered() == 0) {
      closing = true;
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    int unanswered = verifier.unanswered();
    if (!closing || unanswered > 0) {
      if (load.isOverdue()) {
        load.figures().failures().add(Math.max(1, unanswered), "no answer in time");
      } else if (wasCut && load.expectsCuts()) {
        load.figures().countCut(unanswered);
      } else {
        load.figures().failures().add(Math.max(1, unanswered), problem);
      }
    }
    load.onClosed(closing);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    problem = String.valueOf(cause);
    wasCut = cause instanceof IOException;
    ctx.close();
  }
}
