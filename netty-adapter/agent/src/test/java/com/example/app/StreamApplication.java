package com.example.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** HTTP/2 with nothing but Netty, whose stream channels nobody gives an allocator. */
final class StreamApplication {

  private static final int BYTES = 5_000;

  private StreamApplication() {}

  static void run() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                      connection
                          .pipeline()
                          .addLast(
                              Http2FrameCodecBuilder.forServer().build(),
                              new Http2MultiplexHandler(new Echo()));
                    }
                  })
              .bind("127.0.0.1", 0)
              .sync()
              .channel();
      Channel client =
          new Bootstrap()
              .group(group)
              .channel(NioSocketChannel.class)
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                      connection
                          .pipeline()
                          .addLast(
                              Http2FrameCodecBuilder.forClient().build(),
                              new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                    }
                  })
              .connect(server.localAddress())
              .sync()
              .channel();
      Http2StreamChannel stream =
          new Http2StreamChannelBootstrap(client)
              .handler(new Answer(answered))
              .open()
              .sync()
              .getNow();
      ByteBuf request = stream.alloc().buffer(BYTES).writeZero(BYTES);
      Seen.buffer("client stream", request);
      stream.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().method("POST").path("/").scheme("http").authority("x")));
      stream.writeAndFlush(new DefaultHttp2DataFrame(request, true));
      int bytes = answered.get(30, TimeUnit.SECONDS);
      if (bytes != BYTES) {
        throw new IllegalStateException(bytes + " bytes came back");
      }
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  @io.netty.channel.ChannelHandler.Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2DataFrame data) {
        ByteBuf copy = context.alloc().buffer().writeBytes(data.content());
        Seen.buffer("server stream", copy);
        boolean isLast = data.isEndStream();
        data.release();
        context.writeAndFlush(new DefaultHttp2DataFrame(copy, isLast));
      } else {
        context.writeAndFlush(
            new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
      }
    }
  }

  private static final class Answer extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Integer> answered;
    private int bytes;

    Answer(CompletableFuture<Integer> answered) {
      this.answered = answered;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2DataFrame data) {
        bytes += data.content().readableBytes();
        boolean isLast = data.isEndStream();
        data.release();
        if (isLast) {
          answered.complete(bytes);
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      answered.completeExceptionally(cause);
    }
  }
}
