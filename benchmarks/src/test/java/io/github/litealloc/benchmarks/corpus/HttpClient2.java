package io.github.litealloc.benchmarks.corpus;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.io.Closeable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Four connections of HTTP/2, which clients share. */
final class HttpClient2 implements Closeable {

  private static final int CONNECTIONS = 4;

  private final EventLoopGroup loops = CorpusServer.newLoops();
  private final List<Channel> connections = new ArrayList<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final int port;

  HttpClient2(int port) {
    this.port = port;
  }

  /** Connections are made when they are needed, so that a recording has their beginnings. */
  synchronized CorpusLoad.Client newClient() throws InterruptedException {
    int number = clients.getAndIncrement();
    if (number < CONNECTIONS) {
      connections.add(
          new Bootstrap()
              .group(loops)
              .channel(NioSocketChannel.class)
              .handler(
                  CorpusServer.initializer(
                      channel -> channel.pipeline().addLast(Http2Bodies.client())))
              .connect(InetAddress.getLoopbackAddress(), port)
              .sync()
              .channel());
    }
    Channel connection = connections.get(number % CONNECTIONS);
    return new CorpusLoad.Client() {
      @Override
      public void request(SplittableRandom random) throws Exception {
        int bytes = random.nextInt(10) == 0 ? random.nextInt(65_536) : random.nextInt(2_000);
        HttpClient2.request(connection, bytes);
      }

      @Override
      public void close() {}
    };
  }

  private static void request(Channel connection, int bytes) throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection).handler(new Answer(end)).open().get();
    stream.writeAndFlush(
        new DefaultHttp2HeadersFrame(
            new DefaultHttp2Headers().method("GET").path("/" + bytes).scheme("http"), true));
    end.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
  }

  private static final class Answer extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final CompletableFuture<Void> end;

    Answer(CompletableFuture<Void> end) {
      this.end = end;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
      if (frame instanceof Http2DataFrame data && data.isEndStream()
          || frame instanceof Http2HeadersFrame head && head.isEndStream()) {
        end.complete(null);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end.completeExceptionally(new IllegalStateException("the stream has ended"));
    }
  }
}
