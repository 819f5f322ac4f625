package io.github.litealloc.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server on 127.0.0.1 with real event loops. */
final class LoopbackServer implements AutoCloseable {

  /** Small, so that what a client does not read stays in the server's memory. */
  private static final int SOCKET_BUFFER_BYTES = 16 * 1024;

  private static final int TIMEOUT_MILLIS = 30_000;

  private final EventLoopGroup loops;
  private final Channel channel;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  LoopbackServer(LiteByteBufAllocator allocator, int loops, Consumer<SocketChannel> initializer) {
    this.loops = new MultiThreadIoEventLoopGroup(loops, NioIoHandler.newFactory());
    this.channel =
        new ServerBootstrap()
            .group(this.loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1_024)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel child) {
                    initializer.accept(child);
                    child.pipeline().addLast(new FailureRecorder());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect((InetSocketAddress) channel.localAddress(), TIMEOUT_MILLIS);
    return socket;
  }

  EventLoopGroup loops() {
    return loops;
  }

  /** What reached the end of a pipeline. */
  Queue<Throwable> failures() {
    return failures;
  }

  @Override
  public void close() {
    loops
        .shutdownGracefully(0, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(TIMEOUT_MILLIS);
  }

  private final class FailureRecorder extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failures.add(cause);
      context.close();
    }
  }

  /** Sends everything back, by buffers that start small and grow. */
  static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf received = (ByteBuf) message;
      try {
        context.write(context.alloc().directBuffer(16).writeBytes(received));
      } finally {
        received.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }
  }
}
