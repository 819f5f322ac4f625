package com.example.proxy;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Passes bytes on, between two groups of event loops: what is read on a loop of one group is
 * written, and so released, on a loop of the other. The buffers go back to the arenas they are
 * from.
 */
public final class Proxy implements AutoCloseable {

  private final EventLoopGroup front =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final EventLoopGroup back = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("proxy").maxBytes(64L << 20).build();
  private final SocketAddress target;
  private final Channel channel;

  Proxy(int port, SocketAddress target) {
    this.target = target;
    channel =
        new ServerBootstrap()
            .group(front)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.AUTO_READ, false) // until there is somebody to pass it on to
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    connect(client);
                  }
                })
            .bind("127.0.0.1", port)
            .syncUninterruptibly()
            .channel();
  }

  private void connect(Channel client) {
    new Bootstrap()
        .group(back)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.ALLOCATOR, allocator)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new PassOn(client))
        .connect(target)
        .addListener(
            (ChannelFutureListener)
                connected -> {
                  if (connected.isSuccess()) {
                    client.pipeline().addLast(new PassOn(connected.channel()));
                    client.read();
                    connected.channel().read();
                  } else {
                    client.close();
                  }
                });
  }

  public static void main(String[] arguments) throws InterruptedException {
    try (Proxy proxy = new Proxy(8081, new InetSocketAddress("127.0.0.1", 8080))) {
      System.out.println("127.0.0.1:8081 passes on to 127.0.0.1:8080");
      proxy.channel.closeFuture().await();
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
    front.shutdownGracefully(0, 5, TimeUnit.SECONDS);
    back.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    front.terminationFuture().syncUninterruptibly();
    allocator.close();
  }

  /** Writes what is read to the other side, and reads on when that is sent: so nothing piles up. */
  private static final class PassOn extends ChannelInboundHandlerAdapter {

    private final Channel other;

    PassOn(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      other
          .writeAndFlush(message)
          .addListener(
              (ChannelFutureListener)
                  sent -> {
                    if (sent.isSuccess()) {
                      context.channel().read();
                    } else {
                      context.close();
                    }
                  });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
