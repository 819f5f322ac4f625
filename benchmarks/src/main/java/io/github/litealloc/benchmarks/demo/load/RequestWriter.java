package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.BodyPattern;
import io.github.litealloc.benchmarks.demo.server.DemoHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/** Writes requests, their bodies in direct buffers of the channel's allocator. */
final class RequestWriter {

  private RequestWriter() {}

  static void write(ChannelHandlerContext ctx, RequestMix.Request request) {
    switch (request.kind()) {
      case GET -> writeGet(ctx, request);
      case POST -> writePost(ctx, request);
      case POST_CHUNKED -> writeInChunks(ctx, request);
    }
  }

  private static void writeGet(ChannelHandlerContext ctx, RequestMix.Request request) {
    String uri = "/?size=" + request.bytes() + "&seed=" + request.id();
    HttpRequest get =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, uri, Unpooled.EMPTY_BUFFER);
    ctx.write(withHeaders(get, request), ctx.voidPromise());
  }

  private static void writePost(ChannelHandlerContext ctx, RequestMix.Request request) {
    HttpRequest post =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/", body(ctx, request, 0, request.bytes()));
    HttpUtil.setContentLength(post, request.bytes());
    ctx.write(withHeaders(post, request), ctx.voidPromise());
  }

  private static void writeInChunks(ChannelHandlerContext ctx, RequestMix.Request request) {
    HttpRequest post = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    HttpUtil.setTransferEncodingChunked(post, true);
    ctx.write(withHeaders(post, request), ctx.voidPromise());
    int middle = request.bytes() / 3;
    writeChunk(ctx, request, 0, middle);
    writeChunk(ctx, request, middle, request.bytes() - middle);
    ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, ctx.voidPromise());
  }

  private static void writeChunk(
      ChannelHandlerContext ctx, RequestMix.Request request, int position, int length) {
    if (length > 0) { // an empty chunk would end the body
      ctx.write(new DefaultHttpContent(body(ctx, request, position, length)), ctx.voidPromise());
    }
  }

  private static HttpRequest withHeaders(HttpRequest message, RequestMix.Request request) {
    message.headers().set(HttpHeaderNames.HOST, "localhost");
    message.headers().set(DemoHandler.REQUEST_ID, request.id());
    return message;
  }

  private static ByteBuf body(
      ChannelHandlerContext ctx, RequestMix.Request request, int position, int length) {
    ByteBuf body = ctx.alloc().directBuffer(length);
    BodyPattern.write(body, request.id(), position, length);
    return body;
  }
}
