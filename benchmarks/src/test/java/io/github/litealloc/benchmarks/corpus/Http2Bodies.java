package io.github.litealloc.benchmarks.corpus;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;

/** HTTP/2 without TLS: the path is how many bytes the answer has; a channel for each stream. */
final class Http2Bodies extends SimpleChannelInboundHandler<Http2StreamFrame> {

  static CorpusServer.Setup server() {
    return channel ->
        channel
            .pipeline()
            .addLast(
                Http2FrameCodecBuilder.forServer().build(),
                new Http2MultiplexHandler(
                    CorpusServer.initializer(
                        stream -> stream.pipeline().addLast(new Http2Bodies()))));
  }

  static ChannelHandler[] client() {
    return new ChannelHandler[] {
      Http2FrameCodecBuilder.forClient().build(),
      new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())
    };
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
    if (frame instanceof Http2HeadersFrame head && head.isEndStream()) {
      int bytes = Integer.parseInt(head.headers().path().toString().substring(1));
      ctx.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers()
                  .status("200")
                  .add("content-type", "application/json")
                  .addInt("content-length", bytes)));
      ctx.writeAndFlush(
          new DefaultHttp2DataFrame(ctx.alloc().buffer(bytes).writeZero(bytes), true));
    }
  }
}
