package io.github.litealloc.netty.pressure;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Keeps a request until it is complete, and gives a small answer, or a large one in pieces to who
 * asks for {@link #LARGE_PATH}.
 */
final class HonestServer extends SimpleChannelInboundHandler<FullHttpRequest> {

  static final int BODY_BYTES = 100;

  static final int MAX_REQUEST_BYTES = 16 << 20;

  static final String LARGE_PATH = "/large";

  static final int LARGE_BYTES = 5 << 20;

  static void add(ChannelPipeline to) {
    to.addLast(
        new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new HonestServer());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (request.uri().equals(LARGE_PATH)) {
      writeLarge(context);
      return;
    }
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            context.alloc().directBuffer(BODY_BYTES).writeZero(BODY_BYTES));
    HttpUtil.setContentLength(response, BODY_BYTES);
    context.writeAndFlush(response);
  }

  private static void writeLarge(ChannelHandlerContext context) {
    DefaultHttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HttpUtil.setContentLength(response, LARGE_BYTES);
    context.write(response);
    for (int bytes = 0; bytes < LARGE_BYTES; bytes += Load.PIECE_BYTES) {
      context.write(new DefaultHttpContent(Protocol.piece(context.alloc())));
    }
    context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close().addListener(ChannelFutureListener.CLOSE);
  }
}
