package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * Checks what it reads and writes the same buffers back. When the other side has shut down its
 * output, sends the {@link #TRAILER_BYTES} bytes that come next, and closes; with TLS it only
 * closes.
 */
final class CheckingEcho extends Side {

  static final int TRAILER_BYTES = 5_000;

  private final Payload payload;
  private long position;

  CheckingEcho(Payload payload) {
    super(new Outcome("the echoing server"));
    this.payload = payload;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      position = payload.check(buffer, position);
    } catch (AssertionError e) {
      buffer.release();
      throw e;
    }
    ctx.write(buffer).addListener(outcome.failing());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.writeAndFlush(payload.buffer(ctx.alloc(), position, TRAILER_BYTES))
          .addListener(outcome.failing())
          .addListener(future -> outcome.success())
          .addListener(ChannelFutureListener.CLOSE);
    } else if (event instanceof SslCloseCompletionEvent) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    outcome.success();
  }
}
