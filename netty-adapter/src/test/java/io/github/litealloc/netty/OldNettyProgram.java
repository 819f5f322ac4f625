package io.github.litealloc.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Echoes bytes through whatever Netty is on the class path, with nothing that only 4.2 has. */
final class OldNettyProgram {

  static final String DONE = "all came back";

  private static final int BYTES = 500_000;

  private OldNettyProgram() {}

  public static void main(String[] arguments) throws Exception {
    try {
      LiteByteBufAllocator.builder();
    } catch (ExceptionInInitializerError e) {
      System.out.println("refused: " + e.getCause());
      return;
    }
    try (LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(8 << 20)
            .offLoop(OffLoopPolicy.ADOPT)
            .fallback(new UnpooledByteBufAllocator(true))
            .build()) {
      echo(allocator);
      ofThisThread(allocator);
      System.out.println("live: " + allocator.metric().liveBuffers());
      System.out.println("fallbacks: " + allocator.metric().fallbacks(FallbackReason.OFF_LOOP));
      allocator.closeAsync().get(30, TimeUnit.SECONDS);
    }
    System.out.println("Netty " + ByteBuf.class.getPackage().getImplementationVersion());
    System.out.println(DONE);
  }

  /** An adopted one. */
  private static void ofThisThread(LiteByteBufAllocator allocator) {
    ByteBuf buffer = allocator.buffer(10).writeLong(42);
    buffer.capacity(100_000).writeZero(90_000);
    ByteBuf slice = buffer.retainedSlice(0, 8);
    buffer.release();
    if (slice.readLong() != 42) {
      throw new IllegalStateException("not what was written");
    }
    slice.release();
    if (buffer.refCnt() != 0) {
      throw new IllegalStateException("still live");
    }
  }

  @SuppressWarnings("deprecation") // the only one that both have
  private static void echo(LiteByteBufAllocator allocator) throws Exception {
    EventLoopGroup group = new NioEventLoopGroup(2);
    CompletableFuture<Integer> received = new CompletableFuture<>();
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childOption(ChannelOption.ALLOCATOR, allocator)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(new MemoryPressureHandler(), new Echo());
                    }
                  })
              .bind("127.0.0.1", 0)
              .sync()
              .channel();
      Channel client =
          new Bootstrap()
              .group(group)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.ALLOCATOR, allocator)
              .handler(new Receiver(received))
              .connect(server.localAddress())
              .sync()
              .channel();
      client.writeAndFlush(client.alloc().directBuffer(BYTES).writeZero(BYTES)).sync();
      if (received.get(30, TimeUnit.SECONDS) != BYTES) {
        throw new IllegalStateException("bytes: " + received.get());
      }
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }
  }

  private static final class Receiver extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Integer> received;
    private int bytes;

    Receiver(CompletableFuture<Integer> received) {
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      bytes += buffer.readableBytes();
      if (!(buffer.alloc() instanceof LiteByteBufAllocator)) {
        received.completeExceptionally(new IllegalStateException(buffer.toString()));
      }
      buffer.release();
      if (bytes == BYTES) {
        received.complete(bytes);
      }
    }
  }
}
