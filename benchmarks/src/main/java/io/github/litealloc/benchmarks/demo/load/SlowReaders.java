package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.Loops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Clients that ask for more than they read: their answers wait in the server's memory. More and
 * more of them come, until there are enough. Safe for all threads.
 */
public final class SlowReaders implements AutoCloseable {

  private static final int ANSWER_BYTES = 256 << 10;
  private static final int REQUESTS = 4;
  private static final int READ_BYTES = 1_024;
  private static final int READ_MILLIS = 500;
  private static final int RECEIVE_BUFFER_BYTES = 16 << 10;
  private static final int MAX_READERS = 1_000;
  private static final int NEXT_MILLIS = 40;
  private static final int CLOSE_TIMEOUT_SECONDS = 5;

  private final EventLoopGroup loop = Loops.newGroup("demo-slow-reader", 1);
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Bootstrap bootstrap;
  private final BooleanSupplier enough;

  /**
   * Starts to connect.
   *
   * @param allocator for the few bytes that they write and read
   * @param server where to connect
   * @param enough says when no more of them are wanted; asked for each
   */
  public SlowReaders(ByteBufAllocator allocator, SocketAddress server, BooleanSupplier enough) {
    this.enough = enough;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WriteBufferWaterMark.DEFAULT)
            .remoteAddress(server)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    channel.pipeline().addLast(new Reader());
                  }
                });
    loop.scheduleWithFixedDelay(this::addOne, 0, NEXT_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void addOne() {
    if (channels.size() < MAX_READERS && !enough.getAsBoolean()) {
      bootstrap.connect();
    }
  }

  /** Returns how many there are. */
  public int count() {
    return channels.size();
  }

  private static final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      String request = "GET /?size=" + ANSWER_BYTES + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      ctx.writeAndFlush(
          ByteBufUtil.encodeString(
              ctx.alloc(),
              java.nio.CharBuffer.wrap(request.repeat(REQUESTS)),
              StandardCharsets.US_ASCII));
      readLater(ctx.channel());
    }

    private static void readLater(Channel channel) {
      channel
          .eventLoop()
          .schedule(
              () -> {
                if (channel.isActive()) {
                  channel.read();
                  readLater(channel);
                }
              },
              READ_MILLIS,
              TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Closes all of them, and ends their loop. Further calls do nothing. */
  public void end() {
    channels.close().awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Loops.end(loop);
  }

  @Override
  public void close() {
    end();
  }
}
