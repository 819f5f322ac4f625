package io.github.litealloc.benchmarks.demo.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;

/** One connection that keeps a few HTTP/1.1 requests in flight, while its load may go on. */
final class PipelinedClient extends SimpleChannelInboundHandler<HttpObject> {

  private final ShapedClient client;
  private final ResponseVerifier verifier = new ResponseVerifier();
  private String problem = "the server closed the connection";

  PipelinedClient(ShapedClient client) {
    this.client = client;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    sendMore(ctx);
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      problem = "not HTTP: " + message.decoderResult().cause();
      ctx.close();
      return;
    }
    ResponseVerifier.Verdict verdict = verifier.on(message);
    if (verdict != null) {
      client.figures().count(verdict);
      sendMore(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ShapedLoad.LOOK_AGAIN) {
      sendMore(ctx);
      ctx.flush();
    }
  }

  private void sendMore(ChannelHandlerContext ctx) {
    while (verifier.unanswered() < ShapedLoad.REQUESTS_IN_FLIGHT
        && ctx.channel().isActive()
        && client.load().mayGoOn()) {
      RequestMix.Request request = client.next();
      verifier.sent(request, System.nanoTime());
      RequestWriter.write(ctx, request);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    client.countLost(verifier.unanswered(), problem);
    client.load().connectAgain(client.number());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    problem = String.valueOf(cause);
    ctx.close();
  }
}
