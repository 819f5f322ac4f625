package io.github.litealloc.benchmarks.corpus;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.URI;

/**
 * Passes WebSocket frames on between clients, which one group of loops serves, and a server, which
 * another one talks to.
 */
final class WebSocketProxy {

  private static final int MAX_HANDSHAKE_BYTES = 8 << 10;

  private WebSocketProxy() {}

  /**
   * The proxy.
   *
   * @param backLoops who talk to the server behind it
   * @param backPort where that listens
   */
  static CorpusServer.Setup front(EventLoopGroup backLoops, int backPort) {
    return channel ->
        channel
            .pipeline()
            .addLast(
                new HttpServerCodec(),
                new HttpObjectAggregator(MAX_HANDSHAKE_BYTES),
                new WebSocketServerProtocolHandler("/"),
                new Front(backLoops, backPort));
  }

  /** A server that sends each frame back. */
  static CorpusServer.Setup echo() {
    return channel ->
        channel
            .pipeline()
            .addLast(
                new HttpServerCodec(),
                new HttpObjectAggregator(MAX_HANDSHAKE_BYTES),
                new WebSocketServerProtocolHandler("/"),
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object frame) {
                    ctx.writeAndFlush(frame);
                  }
                });
  }

  /** The client's side; reads nothing before the other side is there. */
  private static final class Front extends ChannelInboundHandlerAdapter {
    private final EventLoopGroup backLoops;
    private final int backPort;

    Front(EventLoopGroup backLoops, int backPort) {
      this.backLoops = backLoops;
      this.backPort = backPort;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
        ctx.channel().config().setAutoRead(false);
        new Bootstrap()
            .group(backLoops)
            .channel(NioSocketChannel.class)
            .handler(CorpusServer.initializer(back -> setUp(back, ctx, backPort)))
            .connect(InetAddress.getLoopbackAddress(), backPort);
      }
    }

    private static void setUp(Channel back, ChannelHandlerContext front, int port) {
      back.pipeline()
          .addLast(
              new HttpClientCodec(),
              new HttpObjectAggregator(MAX_HANDSHAKE_BYTES),
              new WebSocketClientProtocolHandler(
                  WebSocketClientHandshakerFactory.newHandshaker(
                      URI.create("ws://127.0.0.1:" + port + '/'),
                      WebSocketVersion.V13,
                      null,
                      false,
                      new DefaultHttpHeaders())),
              new PassOn(front.channel()) {
                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                  if (event
                      == WebSocketClientProtocolHandler.ClientHandshakeStateEvent
                          .HANDSHAKE_COMPLETE) {
                    front.pipeline().replace(front.handler(), null, new PassOn(ctx.channel()));
                    front.channel().config().setAutoRead(true);
                  }
                }
              });
    }
  }

  private static class PassOn extends ChannelInboundHandlerAdapter {
    private final Channel other;

    PassOn(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof WebSocketFrame frame) {
        other.writeAndFlush(frame);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      other.close();
    }
  }
}
