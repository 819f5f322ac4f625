package io.github.litealloc.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A proxy with one event-loop group for its clients and another for its backend, an echo server.
 * What one group reads the other writes, and so releases.
 */
final class LoopbackProxy implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 60;

  private final ByteBufAllocator allocator;
  private final EventLoopGroup front = group();
  private final EventLoopGroup back = group();
  private final EventLoopGroup echo = group();
  private final InetSocketAddress address;
  private final Queue<ByteBuf> passed = new ConcurrentLinkedQueue<>();

  LoopbackProxy(ByteBufAllocator allocator) throws InterruptedException {
    this.allocator = allocator;
    InetSocketAddress backend = listen(echo, new Echo());
    this.address =
        listen(
            front,
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel client) {
                connect(client, backend);
              }
            });
  }

  private static EventLoopGroup group() {
    return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  /** Where clients connect. */
  InetSocketAddress address() {
    return address;
  }

  private InetSocketAddress listen(EventLoopGroup group, ChannelHandler handler)
      throws InterruptedException {
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childHandler(handler)
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return (InetSocketAddress) server.localAddress();
  }

  private void connect(Channel client, InetSocketAddress backend) {
    client.config().setAutoRead(false);
    ChannelFuture connected =
        new Bootstrap()
            .group(back)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new Relay(client))
            .connect(backend);
    client.pipeline().addLast(new Relay(connected.channel()));
    connected.addListener(
        (ChannelFutureListener)
            future -> {
              if (future.isSuccess()) {
                client.read();
                future.channel().read();
              } else {
                client.close();
              }
            });
  }

  List<EventLoopGroup> groups() {
    return List.of(front, back, echo);
  }

  @Override
  public void close() {
    groups().forEach(group -> group.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS));
    groups().forEach(group -> group.terminationFuture().awaitUninterruptibly());
  }

  /**
   * Releases what Netty has lost. A message written to a channel of another loop, whose loop ends
   * at that moment, can stay in that loop's queue for ever: leak detection shows it was handed over
   * and never touched again. To be called when all loops have ended.
   *
   * @return how many there were
   */
  int releaseWhatWasDropped() {
    int dropped = 0;
    List<ByteBuf> youngestFirst = new ArrayList<>(passed);
    Collections.reverse(
        youngestFirst); // an older one may be of the same object, in an earlier life
    for (ByteBuf message : youngestFirst) {
      if (message.refCnt() > 0) {
        message.release(message.refCnt());
        dropped++;
      }
    }
    return dropped;
  }

  /** Writes what it reads to a channel of another loop, one piece at a time. */
  private final class Relay extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Relay(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      passed.add((ByteBuf) message);
      other
          .writeAndFlush(message)
          .addListener(
              written -> {
                if (written.isSuccess()) {
                  ctx.channel().read();
                } else {
                  ctx.channel().close();
                }
              });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      other.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @ChannelHandler.Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
