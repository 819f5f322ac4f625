package io.github.litealloc.netty.pressure;

import static io.github.litealloc.netty.Eventually.eventually;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A server with a small budget and, mostly, one event loop; and the event loop of its clients. */
final class Server implements AutoCloseable {

  static final String LOOP_NAME = "server-loop";

  final CountingFallback fallback = new CountingFallback();
  final LiteByteBufAllocator allocator;
  final MemoryPressureHandler pressure;
  final EventLoopGroup loop;
  final EventLoopGroup clientLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private InetSocketAddress address = new InetSocketAddress(0);

  Server(int budgetMebibytes) {
    this(budgetMebibytes, new MemoryPressureHandler());
  }

  Server(int budgetMebibytes, MemoryPressureHandler pressure) {
    this(budgetMebibytes, pressure, 1);
  }

  Server(int budgetMebibytes, MemoryPressureHandler pressure, int loops) {
    this.pressure = pressure;
    loop =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory(LOOP_NAME), NioIoHandler.newFactory());
    allocator =
        LiteByteBufAllocator.builder()
            .maxBytes((long) budgetMebibytes << 20)
            .fallback(fallback)
            .build();
  }

  /** Accepts connections with that pipeline. */
  Server listen(BiConsumer<MemoryPressureHandler, ChannelPipeline> pipeline) {
    return listen(new ServerBootstrap(), pipeline);
  }

  /** The same, but the system takes hardly anything of what peers do not read. */
  Server listenWithSmallSockets(BiConsumer<MemoryPressureHandler, ChannelPipeline> pipeline) {
    return listen(new ServerBootstrap().childOption(ChannelOption.SO_SNDBUF, 32 * 1024), pipeline);
  }

  private Server listen(
      ServerBootstrap bootstrap, BiConsumer<MemoryPressureHandler, ChannelPipeline> pipeline) {
    Channel channel =
        bootstrap
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1_024)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childHandler(initializer(to -> pipeline.accept(pressure, to)))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    address = (InetSocketAddress) channel.localAddress();
    return this;
  }

  Channel connect(Consumer<ChannelPipeline> pipeline) {
    return new Bootstrap()
        .group(clientLoop)
        .channel(NioSocketChannel.class)
        .handler(initializer(pipeline))
        .connect(address)
        .syncUninterruptibly()
        .channel();
  }

  private static ChannelInitializer<Channel> initializer(Consumer<ChannelPipeline> pipeline) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        pipeline.accept(channel.pipeline());
      }
    };
  }

  InetSocketAddress address() {
    return address;
  }

  /** All memory has come back. */
  void requireEmpty() throws InterruptedException {
    eventually(() -> allocator.metric().usedBytes() == 0, allocator::metric);
  }

  @Override
  public void close() {
    for (EventLoopGroup group : new EventLoopGroup[] {clientLoop, loop}) {
      group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly(20, TimeUnit.SECONDS);
    }
    allocator.close();
  }
}
