package io.github.litealloc.netty.pressure;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Keeps a request until it is complete, and gives a small answer. */
final class HonestServer extends SimpleChannelInboundHandler<FullHttpRequest> {

  static final int BODY_BYTES = 100;

  static final int MAX_REQUEST_BYTES = 16 << 20;

  static void add(ChannelPipeline to) {
    to.addLast(
        new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new HonestServer());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            context.alloc().directBuffer(BODY_BYTES).writeZero(BODY_BYTES));
    HttpUtil.setContentLength(response, BODY_BYTES);
    context.writeAndFlush(response);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close().addListener(ChannelFutureListener.CLOSE);
  }
}
