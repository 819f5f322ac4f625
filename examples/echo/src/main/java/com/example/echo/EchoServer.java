package com.example.echo;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;

/** Sends back what it gets: the least that a server on lite-alloc is. */
public final class EchoServer implements AutoCloseable {

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("echo").maxBytes(64L << 20).build();
  private final Channel channel;

  EchoServer(int port) {
    channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator) // of the accepted connections
            .childHandler(new Echo())
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  public static void main(String[] arguments) throws InterruptedException {
    try (EchoServer server = new EchoServer(7007)) {
      System.out.println("echo on " + server.channel.localAddress() + "; try: nc 127.0.0.1 7007");
      server.channel.closeFuture().await();
    }
  }

  Channel channel() {
    return channel;
  }

  LiteByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    allocator.close(); // last: its buffers are released by then
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }
}
