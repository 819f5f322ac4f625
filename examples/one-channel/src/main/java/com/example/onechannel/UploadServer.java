package com.example.onechannel;

import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A server that stays on Netty's allocator, but for one kind of channel: uploads, which have a
 * budget of their own, so that they cannot take what the rest of the process needs. An upload that
 * finds no room is closed.
 */
public final class UploadServer implements AutoCloseable {

  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
  private final LiteByteBufAllocator uploads =
      LiteByteBufAllocator.builder()
          .name("uploads")
          .strategy("free-list") // large buffers
          .maxBytes(32L << 20)
          .whenExhausted(ExhaustionPolicy.THROW) // and nothing from elsewhere
          .build();
  private final Channel queries;
  private final Channel uploading;

  UploadServer(int queryPort, int uploadPort) {
    queries = bind(queryPort, ByteBufAllocator.DEFAULT);
    uploading = bind(uploadPort, uploads);
  }

  private Channel bind(int port, ByteBufAllocator allocator) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel connection) {
                connection.config().setAllocator(allocator); // this channel only
                connection.pipeline().addLast(new Count());
              }
            })
        .bind("127.0.0.1", port)
        .syncUninterruptibly()
        .channel();
  }

  public static void main(String[] arguments) throws InterruptedException {
    try (UploadServer server = new UploadServer(7001, 7002)) {
      System.out.println("queries on 127.0.0.1:7001, uploads on 127.0.0.1:7002");
      server.uploading.closeFuture().await();
    }
  }

  Channel queries() {
    return queries;
  }

  Channel uploading() {
    return uploading;
  }

  LiteByteBufAllocator uploads() {
    return uploads;
  }

  @Override
  public void close() {
    queries.close().syncUninterruptibly();
    uploading.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    uploads.close();
  }

  /** Answers each piece with the number of its bytes. */
  private static final class Count extends SimpleChannelInboundHandler<ByteBuf> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf piece) {
      ByteBuf answer = context.alloc().directBuffer(Integer.BYTES);
      context.writeAndFlush(answer.writeInt(piece.readableBytes()));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
