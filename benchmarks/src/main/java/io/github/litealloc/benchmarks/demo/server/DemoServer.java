package io.github.litealloc.benchmarks.demo.server;

import io.github.litealloc.benchmarks.CommandFailure;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HTTP server of the demo, on the loopback address only. Safe for all threads. */
public final class DemoServer implements AutoCloseable {

  /** The largest body that is taken or made. */
  public static final int MAX_BODY_BYTES = 16 << 20;

  private static final int BACKLOG = 1_024;
  private static final int CLOSE_TIMEOUT_SECONDS = 5;

  private final EventLoopGroup loops;
  private final ServerExtras extras;
  private final ServerFigures figures = new ServerFigures();

  /** Closes what is added after it was closed: a connection accepted at the last moment. */
  private final ChannelGroup channels =
      new DefaultChannelGroup("demo-server", GlobalEventExecutor.INSTANCE, true);

  private final InetSocketAddress address;

  /**
   * Starts to serve HTTP/1.1.
   *
   * @param allocator for every buffer of the server
   * @param loops how many event loops accept and serve
   * @param port where to listen, 0 for a free port
   * @param bodyBytes the size of the body of a GET that asks for none
   * @throws CommandFailure if the port cannot be had
   */
  public DemoServer(ByteBufAllocator allocator, int loops, int port, int bodyBytes) {
    this(allocator, loops, port, bodyBytes, ServerExtras.NONE);
  }

  /**
   * Starts to serve HTTP/1.1, and to do something besides.
   *
   * @param allocator for every buffer of the server
   * @param loops how many event loops accept and serve
   * @param port where to listen, 0 for a free port
   * @param bodyBytes the size of the body of a GET that asks for none
   * @param extras what it does besides, or wrongly
   * @throws CommandFailure if the port cannot be had
   */
  public DemoServer(
      ByteBufAllocator allocator, int loops, int port, int bodyBytes, ServerExtras extras) {
    this(allocator, loops, port, bodyBytes, Protocol.HTTP1, null, extras);
  }

  /**
   * Starts to serve.
   *
   * @param allocator for every buffer of the server
   * @param loops how many event loops accept and serve
   * @param port where to listen, 0 for a free port
   * @param bodyBytes the size of the body of a GET that asks for none
   * @param protocol what clients must speak
   * @param tls what encrypts it, if anything does
   * @throws CommandFailure if the port cannot be had
   */
  public DemoServer(
      ByteBufAllocator allocator,
      int loops,
      int port,
      int bodyBytes,
      Protocol protocol,
      @Nullable SslContext tls) {
    this(allocator, loops, port, bodyBytes, protocol, tls, ServerExtras.NONE);
  }

  private DemoServer(
      ByteBufAllocator allocator,
      int loops,
      int port,
      int bodyBytes,
      Protocol protocol,
      @Nullable SslContext tls,
      ServerExtras extras) {
    this.extras = extras;
    this.loops = Loops.newGroup("demo-server", loops);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(this.loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    switch (protocol) {
                      case HTTP1 -> serveConnection(channel, bodyBytes);
                      case HTTP2 -> serveStreams(channel, bodyBytes);
                    }
                  }
                });
    // Of this host only. It is ::1 where the JVM was told to prefer that.
    InetSocketAddress asked = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    ChannelFuture bound = bootstrap.bind(asked).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Loops.end(this.loops);
      throw new CommandFailure(
          "cannot listen on " + text(asked) + ": " + bound.cause().getMessage(), bound.cause());
    }
    channels.add(bound.channel());
    this.address = (InetSocketAddress) bound.channel().localAddress();
  }

  private void serveConnection(Channel channel, int bodyBytes) {
    channel
        .pipeline()
        .addLast(new HttpServerCodec())
        .addLast(new HttpServerKeepAliveHandler())
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES));
    extras.pipeline().accept(channel.pipeline());
    channel.pipeline().addLast(new DemoHandler(figures, bodyBytes, extras));
  }

  private void serveStreams(Channel channel, int bodyBytes) {
    channel
        .pipeline()
        .addLast(Http2FrameCodecBuilder.forServer().build())
        .addLast(
            new Http2MultiplexHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    // Netty gives streams the default allocator, whatever their connection has.
                    stream.config().setAllocator(channel.alloc());
                    stream
                        .pipeline()
                        .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                        .addLast(new DemoHandler(figures, bodyBytes, extras));
                  }
                }));
  }

  /** Returns an address as it stands in a URI: {@code 127.0.0.1:80}, {@code [::1]:80}. */
  private static String text(InetSocketAddress address) {
    return NetUtil.toSocketAddressString(address);
  }

  public InetSocketAddress address() {
    return address;
  }

  public URI uri() {
    return URI.create("http://" + text(address) + '/');
  }

  public ServerFigures figures() {
    return figures;
  }

  /** Closes all connections and ends the event loops. Further calls do nothing. */
  public void end() {
    channels.close().awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Loops.end(loops);
  }

  @Override
  public void close() {
    end();
  }
}
