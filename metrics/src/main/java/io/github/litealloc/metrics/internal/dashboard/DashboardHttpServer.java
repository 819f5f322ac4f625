package io.github.litealloc.metrics.internal.dashboard;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A small HTTP server on the loopback address: one daemon thread, memory of its own, and a fixed
 * limit on everything that a client can ask for. Safe for use by several threads.
 */
public final class DashboardHttpServer implements AutoCloseable {
  /*
   * The observer must not change what it observes: its memory is not ours, its thread is no event
   * loop of the application, and nobody can make it hold more than
   *
   *   32 connections x (64 KiB of written answers + one answer + 256 KiB of socket buffer).
   *
   * And it must outlive what it observes: its memory is taken at the start, its thread survives what
   * is thrown (ObserverThread), and the tick puts right what a moment without memory has left undone:
   * Netty stops accepting when an accept fails, and goes on by a task that may be lost.
   */

  static final int MAX_REQUEST_LINE_BYTES = 2_048;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int SEND_BUFFER_BYTES = 256 * 1024;
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;
  private static final int READ_BYTES = 4 * 1024;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);
  private static final String LOOPBACK = "127.0.0.1";

  private final Dashboard dashboard;
  private final ObserverMemory memory = new ObserverMemory();
  private final ConnectionList connections = new ConnectionList(System::nanoTime);
  private final ObserverThread thread;
  private final int port;
  private volatile Channel serverChannel;
  private volatile boolean closed;

  private DashboardHttpServer(Dashboard dashboard, int port) {
    this.dashboard = dashboard;
    thread = new ObserverThread("lite-alloc-dashboard", History.INTERVAL_MILLIS, this::tick);
    try {
      warmUp();
      thread.start();
      serverChannel = requireBound(bind(port).awaitUninterruptibly(), port);
    } catch (RuntimeException | Error e) {
      thread.close();
      memory.close();
      throw e;
    }
    this.port = ((InetSocketAddress) serverChannel.localAddress()).getPort();
  }

  /**
   * Starts a server.
   *
   * @param config what the page shows
   * @param registry what {@code /metrics} shows
   * @param port where to listen, 0 for any free port
   * @return a server that listens
   * @throws UncheckedIOException if the port cannot be had
   */
  public static DashboardHttpServer start(
      DashboardConfig config, PrometheusMeterRegistry registry, int port) {
    return new DashboardHttpServer(new Dashboard(config, registry), port);
  }

  /**
   * Answers each path once, while there is memory: what is used for the first time takes some, and
   * a class that has not found it then is of no use ever after.
   */
  private void warmUp() {
    for (String path : dashboard.endpoints().keySet()) {
      EmbeddedChannel channel = new EmbeddedChannel();
      channel.config().setAllocator(memory.allocator());
      addHandlers(channel);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      channel.writeInbound(
          memory.allocator().directBuffer().writeBytes(request.getBytes(StandardCharsets.UTF_8)));
      channel.finishAndReleaseAll();
    }
  }

  private RequestHandler addHandlers(Channel channel) {
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES);
    RequestHandler handler =
        new RequestHandler(channel, dashboard.endpoints(), dashboard.streams(), System::nanoTime);
    channel.pipeline().addLast(new HttpServerCodec(limits)).addLast(handler);
    return handler;
  }

  private ChannelFuture bind(int port) {
    return new ServerBootstrap()
        .group(thread.loop())
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.ALLOCATOR, memory.allocator())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.ALLOCATOR, memory.allocator())
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
        .childOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
        .childHandler(new Connections())
        .bind(LOOPBACK, port);
  }

  private static Channel requireBound(ChannelFuture bound, int port) {
    if (!bound.isSuccess()) {
      BindException problem =
          new BindException(
              "port: "
                  + port
                  + " (expected: a port of "
                  + LOOPBACK
                  + " that is free and that this user may take; 0 takes any): "
                  + bound.cause().getMessage());
      problem.initCause(bound.cause());
      throw new UncheckedIOException(problem);
    }
    return bound.channel();
  }

  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      RequestHandler handler = addHandlers(channel);
      if (!connections.add(handler)) {
        channel.close();
        return;
      }
      channel.closeFuture().addListener(closed -> connections.remove(handler));
    }
  }

  private void tick() {
    try {
      dashboard.tick();
    } finally {
      connections.closeLate();
      goOnListening();
    }
  }

  private void goOnListening() {
    Channel channel = serverChannel;
    if (closed || channel == null) {
      return;
    }
    if (!channel.isOpen()) {
      bind(port)
          .addListener(
              bound -> {
                if (bound.isSuccess()) {
                  serverChannel = ((ChannelFuture) bound).channel();
                }
              });
    } else if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  /** {@return the port where the server listens} */
  public int port() {
    return port;
  }

  /** Closes the port and all connections, and ends the thread. A second call does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    serverChannel.close();
    try {
      thread.loop().execute(connections::closeAll);
    } finally {
      thread.close();
      memory.close();
    }
  }
}
