package io.github.litealloc.netty.matrix;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Stops reading at the first bytes that come, until the test sets AUTO_READ. */
final class PausingClient extends ChannelInboundHandlerAdapter {

  /** It has stopped: AUTO_READ set to true before would be undone. */
  final Outcome paused = new Outcome("the first bytes");

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!paused.isDone()) {
      ctx.channel().config().setAutoRead(false);
      paused.success();
    }
    ctx.fireChannelRead(message);
  }
}
