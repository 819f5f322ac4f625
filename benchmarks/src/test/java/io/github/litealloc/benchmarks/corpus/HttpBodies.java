package io.github.litealloc.benchmarks.corpus;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * HTTP/1.1: the path is how many bytes the answer has. It is written at once, in pieces if it is
 * large, whether the client reads it or not, as many servers do.
 */
final class HttpBodies extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final int MAX_REQUEST_BYTES = 4 << 20;
  private static final int PIECE_BYTES = 16 << 10;

  /**
   * The server.
   *
   * @param window how much the system may hold of what was written, 0 for its own choice
   */
  static CorpusServer.Setup initializer(int window) {
    return channel -> {
      if (window > 0) {
        channel.config().setOption(ChannelOption.SO_SNDBUF, window);
      }
      channel
          .pipeline()
          .addLast(
              new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new HttpBodies());
    };
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    int bytes = Integer.parseInt(request.uri().substring(1));
    if (bytes <= PIECE_BYTES) {
      DefaultFullHttpResponse answer =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body(ctx, bytes));
      headers(answer, bytes);
      ctx.writeAndFlush(answer);
      return;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    headers(head, bytes);
    ctx.write(head);
    for (int left = bytes; left > 0; left -= PIECE_BYTES) {
      ctx.write(new DefaultHttpContent(body(ctx, Math.min(left, PIECE_BYTES))));
    }
    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private static void headers(HttpResponse answer, int bytes) {
    HttpHeaders headers = answer.headers();
    headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    headers.set(HttpHeaderNames.SERVER, "corpus");
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
  }

  private static ByteBuf body(ChannelHandlerContext ctx, int bytes) {
    return bytes == 0 ? Unpooled.EMPTY_BUFFER : ctx.alloc().buffer(bytes).writeZero(bytes);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }
}
