package io.github.litealloc.benchmarks.demo;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/**
 * A handler of somebody else, which throws now and then, and releases what it was given before it
 * does. Confined to its channel's event loop.
 */
final class FaultyHandler extends ChannelDuplexHandler {

  private final Provoked provoked;

  FaultyHandler(Provoked provoked) {
    this.provoked = provoked;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      provoked.maybeThrow();
    } catch (Throwable e) {
      ReferenceCountUtil.release(message);
      throw e;
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    try {
      provoked.maybeThrow();
    } catch (Throwable e) {
      ReferenceCountUtil.release(message);
      throw e;
    }
    ctx.write(message, promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (Provoked.isProvoked(cause)) {
      ctx.close();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
