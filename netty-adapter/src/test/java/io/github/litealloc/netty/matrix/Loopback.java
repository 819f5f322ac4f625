package io.github.litealloc.netty.matrix;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The two ends of a connection over 127.0.0.1 in one setting of the matrix: an event loop for the
 * servers, one for the clients, and one allocator for both. Closing it checks that all memory came
 * home.
 */
final class Loopback implements AutoCloseable {

  private final Setting setting;
  private final CheckedMemory memory;
  private final EventLoopGroup serverLoop;
  private final EventLoopGroup clientLoop;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  Loopback(Setting setting) {
    this.setting = setting;
    memory = new CheckedMemory(setting.strategy());
    serverLoop = new MultiThreadIoEventLoopGroup(1, setting.transport().ioHandler());
    clientLoop = new MultiThreadIoEventLoopGroup(1, setting.transport().ioHandler());
  }

  CheckedMemory memory() {
    return memory;
  }

  ByteBufAllocator allocator() {
    return memory.allocator();
  }

  EventLoopGroup serverLoop() {
    return serverLoop;
  }

  EventLoopGroup clientLoop() {
    return clientLoop;
  }

  /** Starts a server. TLS, where the setting wants it, comes first in each pipeline. */
  Channel serve(Consumer<ChannelPipeline> pipeline) throws Exception {
    boolean encrypted = setting.tls() != Tls.NONE;
    SslContext context = encrypted ? setting.tls().serverContext() : null;
    return new ServerBootstrap()
        .group(serverLoop)
        .channel(setting.transport().serverChannel())
        .option(ChannelOption.ALLOCATOR, allocator())
        .childOption(ChannelOption.ALLOCATOR, allocator())
        .childHandler(
            initializer(
                to -> {
                  if (context != null) {
                    to.addLast(Tls.serverHandler(context, allocator()));
                  }
                  pipeline.accept(to);
                }))
        .bind(NetUtil.LOCALHOST4, 0)
        .sync()
        .channel();
  }

  /** Connects a client to a server. */
  Channel connect(Channel server, Consumer<ChannelPipeline> pipeline) throws Exception {
    boolean encrypted = setting.tls() != Tls.NONE;
    SslContext context = encrypted ? setting.tls().client().build() : null;
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    return new Bootstrap()
        .group(clientLoop)
        .channel(setting.transport().clientChannel())
        .option(ChannelOption.ALLOCATOR, allocator())
        .handler(
            initializer(
                to -> {
                  if (context != null) {
                    to.addLast(Tls.clientHandler(context, allocator(), address.getPort()));
                  }
                  pipeline.accept(to);
                }))
        .connect(address)
        .sync()
        .channel();
  }

  /** Binds a datagram socket on one of the two loops. */
  Channel datagrams(EventLoopGroup loop, Consumer<ChannelPipeline> pipeline) throws Exception {
    return new Bootstrap()
        .group(loop)
        .channel(setting.transport().datagramChannel())
        .option(ChannelOption.ALLOCATOR, allocator())
        .handler(initializer(pipeline))
        .bind(NetUtil.LOCALHOST4, 0)
        .sync()
        .channel();
  }

  private ChannelHandler initializer(Consumer<ChannelPipeline> pipeline) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channels.add(channel);
        pipeline.accept(channel.pipeline());
      }
    };
  }

  @Override
  public void close() {
    try (memory) {
      try {
        channels.close().awaitUninterruptibly(Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS);
        memory.checkReturned();
      } finally {
        end(serverLoop);
        end(clientLoop);
      }
    }
  }

  private static void end(EventLoopGroup group) {
    group
        .shutdownGracefully(0, Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
