package io.github.litealloc.netty.matrix;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** The last handler of a pipeline: an exception there is how its side of the scenario ends. */
abstract class Side extends ChannelInboundHandlerAdapter {

  final Outcome outcome;

  Side(Outcome outcome) {
    this.outcome = outcome;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    outcome.failure(cause);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    outcome.failure(new IllegalStateException("the connection ended too early"));
    super.channelInactive(ctx);
  }
}
