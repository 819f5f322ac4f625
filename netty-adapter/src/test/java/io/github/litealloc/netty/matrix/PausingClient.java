package io.github.litealloc.netty.matrix;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Stops reading at the first bytes that come, until the test sets AUTO_READ. */
final class PausingClient extends ChannelInboundHandlerAdapter {

  private boolean paused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!paused) {
      paused = true;
      ctx.channel().config().setAutoRead(false);
    }
    ctx.fireChannelRead(message);
  }
}
