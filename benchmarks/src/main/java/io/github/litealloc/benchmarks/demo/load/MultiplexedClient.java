package io.github.litealloc.benchmarks.demo.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

/** One connection that keeps a few HTTP/2 streams open, while its load may go on. */
final class MultiplexedClient extends ChannelInboundHandlerAdapter {

  private final ShapedClient client;
  private int inFlight;
  private String problem = "the server closed the connection";

  MultiplexedClient(ShapedClient client) {
    this.client = client;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    sendMore(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ShapedLoad.LOOK_AGAIN) {
      sendMore(ctx);
    }
  }

  /** Frames of the connection itself: settings and the like. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    ReferenceCountUtil.release(frame);
  }

  private void sendMore(ChannelHandlerContext ctx) {
    while (inFlight < ShapedLoad.REQUESTS_IN_FLIGHT
        && ctx.channel().isActive()
        && client.load().mayGoOn()) {
      inFlight++;
      open(ctx);
    }
  }

  private void open(ChannelHandlerContext ctx) {
    new Http2StreamChannelBootstrap(ctx.channel())
        .handler(
            new ChannelInitializer<Http2StreamChannel>() {
              @Override
              protected void initChannel(Http2StreamChannel stream) {
                stream.config().setAllocator(ctx.alloc());
                stream
                    .pipeline()
                    .addLast(new Http2StreamFrameToHttpObjectCodec(false))
                    .addLast(new StreamClient(client, () -> ended(ctx)));
              }
            })
        .open()
        .addListener(
            (Future<Http2StreamChannel> opened) -> {
              if (!opened.isSuccess()) { // the connection is at its end; this one has no stream
                client.countLost(1, "no stream: " + opened.cause());
                ctx.close();
              }
            });
  }

  private void ended(ChannelHandlerContext ctx) {
    inFlight--;
    sendMore(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (inFlight == 0) { // else the streams have counted it
      client.countLost(1, problem);
    }
    client.load().connectAgain(client.number());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    problem = String.valueOf(cause);
    ctx.close();
  }
}
