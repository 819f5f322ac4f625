package io.github.litealloc.benchmarks.demo.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.util.concurrent.TimeUnit;

/** Reads a little of a connection, and again after a while. For one channel. */
final class SlowReading extends ChannelInboundHandlerAdapter {

  /** What one read takes, and what the system keeps for it. */
  static final int READ_BYTES = 16 << 10;

  private static final long EVERY_MILLIS = 10;

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
    ctx.channel()
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1));
    readAndAgain(ctx);
    ctx.fireChannelActive();
  }

  private static void readAndAgain(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      ctx.read();
      ctx.executor().schedule(() -> readAndAgain(ctx), EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
