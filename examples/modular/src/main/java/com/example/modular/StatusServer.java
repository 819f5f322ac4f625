package com.example.modular;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells whoever connects how much memory is in use: by the meters, if their module is there. */
public final class StatusServer implements AutoCloseable {

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("status").maxBytes(64L << 20).build();
  private final Supplier<String> status = hasMeters() ? new Meters(allocator) : this::figures;
  private final Channel channel;

  StatusServer(int port) {
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childHandler(new Status())
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  /** Serves until it is ended; the port is its argument, 7008 by default. */
  public static void main(String[] arguments) throws InterruptedException {
    int port = arguments.length == 0 ? 7008 : Integer.parseInt(arguments[0]);
    try (StatusServer server = new StatusServer(port)) {
      System.out.println("status on " + server.channel.localAddress());
      server.channel.closeFuture().await();
    }
  }

  /** Our module requires it {@code static}: it is there if the command line adds it. */
  private static boolean hasMeters() {
    return ModuleLayer.boot().findModule("io.github.litealloc.metrics").isPresent();
  }

  private String figures() {
    return "live buffers: " + allocator.metric().liveBuffers() + " (no meters)\n";
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    allocator.close();
  }

  @Sharable
  private final class Status extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext context) {
      ByteBuf answer = context.alloc().buffer();
      ByteBufUtil.writeUtf8(answer, status.get());
      context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
