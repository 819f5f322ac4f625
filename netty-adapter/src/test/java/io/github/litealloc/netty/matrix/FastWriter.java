package io.github.litealloc.netty.matrix;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * A server's handler that sends the payload: as long as the channel is writable in pieces of mixed
 * sizes, and some small pieces more, which are parked until the other side reads.
 */
final class FastWriter extends Side {

  private static final int LARGE_BYTES = 30_000;
  private static final int SMALL_BYTES = 9;
  private static final int PARKED = 500;

  /** The channel has become unwritable. */
  final Outcome parked = new Outcome("filling the connection");

  private final Payload payload;
  private final long totalBytes;
  private long position;

  FastWriter(Payload payload, long totalBytes) {
    super(new Outcome("the fast writer"));
    this.payload = payload;
    this.totalBytes = totalBytes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel()
        .config()
        .setOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 << 10, 64 << 10));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (ctx.pipeline().first() == this) { // no TLS before it
      write(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent) {
      write(ctx);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable() && position > 0) {
      write(ctx);
    }
  }

  private void write(ChannelHandlerContext ctx) {
    while (ctx.channel().isWritable() && position < totalBytes) {
      writePiece(ctx, LARGE_BYTES);
      writePiece(ctx, SMALL_BYTES);
      ctx.flush();
    }
    if (!ctx.channel().isWritable() && !parked.isDone()) {
      for (int i = 0; i < PARKED; i++) {
        writePiece(ctx, SMALL_BYTES);
      }
      ctx.flush();
      parked.success();
    }
    if (position == totalBytes) {
      outcome.success();
    }
  }

  private void writePiece(ChannelHandlerContext ctx, int bytes) {
    int count = (int) Math.min(bytes, totalBytes - position);
    ctx.write(payload.buffer(ctx.alloc(), position, count));
    position += count;
  }

  /** What is not written is the test's subject, or noticed by the reader. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    outcome.success();
  }
}
