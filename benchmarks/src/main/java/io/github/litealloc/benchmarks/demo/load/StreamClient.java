package io.github.litealloc.benchmarks.demo.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;

/** One HTTP/2 stream: one request, and its answer. */
final class StreamClient extends SimpleChannelInboundHandler<HttpObject> {

  private final ShapedClient client;
  private final Runnable ended;
  private final ResponseVerifier verifier = new ResponseVerifier();
  private boolean isComplete;
  private String problem = "the server closed the stream";

  /**
   * Prepares.
   *
   * @param client what to ask for
   * @param ended is run when the stream is gone
   */
  StreamClient(ShapedClient client, Runnable ended) {
    this.client = client;
    this.ended = ended;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    RequestMix.Request request = client.next();
    verifier.sent(request, System.nanoTime());
    RequestWriter.write(ctx, request);
    ctx.flush();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    ResponseVerifier.Verdict verdict = verifier.on(message);
    if (verdict != null) {
      isComplete = true;
      client.figures().count(verdict);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!isComplete) {
      client.countLost(1, problem);
    }
    ended.run();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    problem = String.valueOf(cause);
    ctx.close();
  }
}
