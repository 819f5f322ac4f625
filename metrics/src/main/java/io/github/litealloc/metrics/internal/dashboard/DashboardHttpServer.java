package io.github.litealloc.metrics.internal.dashboard;

import io.github.litealloc.netty.LiteAllocatorMetric;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small HTTP server on the loopback address: one daemon thread, an allocator of its own, and a
 * fixed limit on everything that a client can ask for. Safe for use by several threads.
 */
public final class DashboardHttpServer implements AutoCloseable {
  /*
   * The observer must not change what it observes: its buffers are unpooled and not ours, its thread
   * is no event loop of the application, and nobody can make it hold more than
   *
   *   32 connections x (64 KiB of written answers + one answer + 256 KiB of socket buffer).
   */

  static final int MAX_CONNECTIONS = 32;
  static final int MAX_REQUEST_LINE_BYTES = 2_048;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int IDLE_SECONDS = 60;
  private static final int SEND_BUFFER_BYTES = 256 * 1024;
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;
  private static final int READ_BYTES = 4 * 1024;
  private static final WriteBufferWaterMark WRITE_BUFFER =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);
  private static final String LOOPBACK = "127.0.0.1";

  private static final System.Logger LOG = System.getLogger(DashboardHttpServer.class.getName());

  private final EventLoopGroup group;
  private final ChannelGroup connections;
  private final Dashboard dashboard;
  private final Channel serverChannel;

  private DashboardHttpServer(Dashboard dashboard, int port) {
    this.dashboard = dashboard;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("lite-alloc-dashboard", true), NioIoHandler.newFactory());
    connections = new DefaultChannelGroup(group.next(), true);
    try {
      serverChannel = bind(port);
    } catch (RuntimeException | Error e) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw e;
    }
    group.next().scheduleAtFixedRate(this::tick, 0, History.INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts a server.
   *
   * @param allocators what the page shows
   * @param registry what {@code /metrics} shows
   * @param port where to listen, 0 for any free port
   * @return a server that listens
   * @throws UncheckedIOException if the port cannot be had
   */
  public static DashboardHttpServer start(
      List<LiteAllocatorMetric> allocators, PrometheusMeterRegistry registry, int port) {
    return new DashboardHttpServer(new Dashboard(allocators, registry), port);
  }

  private Channel bind(int port) {
    ByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .childOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
            .childHandler(new Connections())
            .bind(LOOPBACK, port)
            .awaitUninterruptibly();
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
      if (connections.size() >= MAX_CONNECTIONS) {
        channel.close();
        return;
      }
      connections.add(channel);
      HttpDecoderConfig limits =
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
              .setMaxHeaderSize(MAX_HEADER_BYTES);
      channel
          .pipeline()
          .addLast(new IdleStateHandler(0, 0, IDLE_SECONDS))
          .addLast(new HttpServerCodec(limits))
          .addLast(
              new RequestHandler(
                  new Guard(((InetSocketAddress) channel.localAddress()).getPort()),
                  dashboard.endpoints(),
                  dashboard.streams()));
    }
  }

  private void tick() {
    try {
      dashboard.tick();
    } catch (RuntimeException e) {
      // Thrown on, it would silently end all ticks.
      LOG.log(System.Logger.Level.WARNING, "the dashboard missed a second", e);
    }
  }

  /** {@return the port where the server listens} */
  public int port() {
    return ((InetSocketAddress) serverChannel.localAddress()).getPort();
  }

  /** Closes the port and all connections, and ends the thread. A second call does nothing. */
  @Override
  public void close() {
    serverChannel.close();
    connections.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    if (!group.next().inEventLoop()) {
      group.terminationFuture().awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }
}
