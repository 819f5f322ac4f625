package com.example.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelBootstrap;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamChannelBootstrap;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** QUIC with nothing but Netty: a stream whose bytes come back. */
final class QuicApplication {

  private static final int BYTES = 100_000;
  private static final String PROTOCOL = "echo";

  private QuicApplication() {}

  /** Where an application may say which allocator its channels have; nowhere, unless it does. */
  interface Places {

    default Bootstrap datagrams(Bootstrap bootstrap) {
      return bootstrap;
    }

    default QuicServerCodecBuilder server(QuicServerCodecBuilder builder) {
      return builder;
    }

    default QuicChannelBootstrap client(QuicChannelBootstrap bootstrap) {
      return bootstrap;
    }

    default QuicStreamChannelBootstrap stream(QuicStreamChannelBootstrap bootstrap) {
      return bootstrap;
    }

    /** First in the pipeline of each stream. */
    default ChannelHandler[] inStreams() {
      return new ChannelHandler[0];
    }
  }

  static void run() throws Exception {
    run(new Places() {});
  }

  static void run(Places places) throws Exception {
    X509Bundle certificate =
        new CertificateBuilder()
            .subject("CN=localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      ChannelHandler serverCodec =
          places
              .server(new QuicServerCodecBuilder())
              .sslContext(
                  QuicSslContextBuilder.forServer(
                          certificate.getKeyPair().getPrivate(),
                          null,
                          certificate.getCertificatePath())
                      .applicationProtocols(PROTOCOL)
                      .build())
              .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
              .maxIdleTimeout(30, TimeUnit.SECONDS)
              .initialMaxData(10_000_000)
              .initialMaxStreamDataBidirectionalRemote(1_000_000)
              .initialMaxStreamsBidirectional(10)
              .streamHandler(new Streams(places))
              .build();
      Channel server = bind(group, serverCodec, places);
      ChannelHandler clientCodec =
          new QuicClientCodecBuilder()
              .sslContext(
                  QuicSslContextBuilder.forClient()
                      .trustManager(InsecureTrustManagerFactory.INSTANCE)
                      .applicationProtocols(PROTOCOL)
                      .build())
              .maxIdleTimeout(30, TimeUnit.SECONDS)
              .initialMaxData(10_000_000)
              .initialMaxStreamDataBidirectionalLocal(1_000_000)
              .build();
      QuicChannel connection =
          places
              .client(QuicChannel.newBootstrap(bind(group, clientCodec, places)))
              .streamHandler(new Streams(places))
              .remoteAddress(server.localAddress())
              .connect()
              .get(30, TimeUnit.SECONDS);
      CompletableFuture<Integer> answered = new CompletableFuture<>();
      QuicStreamChannel stream =
          places.stream(connection.newStreamBootstrap())
              .type(QuicStreamType.BIDIRECTIONAL)
              .handler(
                  new ChannelInitializer<QuicStreamChannel>() {
                    @Override
                    protected void initChannel(QuicStreamChannel created) {
                      created.pipeline().addLast(places.inStreams()).addLast(new Answer(answered));
                    }
                  })
              .create()
              .get(30, TimeUnit.SECONDS);
      ByteBuf request = stream.alloc().buffer(BYTES).writeZero(BYTES);
      Seen.buffer("QUIC client", request);
      stream.writeAndFlush(request);
      int bytes = answered.get(30, TimeUnit.SECONDS);
      if (bytes != BYTES) {
        throw new IllegalStateException(bytes + " bytes came back");
      }
      connection.close().sync();
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  private static Channel bind(EventLoopGroup group, ChannelHandler codec, Places places)
      throws Exception {
    return places
        .datagrams(new Bootstrap())
        .group(group)
        .channel(NioDatagramChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Spy("QUIC datagram"), codec);
              }
            })
        .bind(new InetSocketAddress("127.0.0.1", 0))
        .sync()
        .channel();
  }

  private static final class Streams extends ChannelInitializer<QuicStreamChannel> {
    private final Places places;

    Streams(Places places) {
      this.places = places;
    }

    @Override
    protected void initChannel(QuicStreamChannel stream) {
      stream.pipeline().addLast(places.inStreams()).addLast(new Spy("QUIC server"), new Echo());
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
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
      ByteBuf buffer = (ByteBuf) message;
      Seen.buffer("QUIC client read", buffer);
      bytes += buffer.readableBytes();
      buffer.release();
      if (bytes == BYTES) {
        answered.complete(bytes);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      answered.completeExceptionally(cause);
    }
  }
}
