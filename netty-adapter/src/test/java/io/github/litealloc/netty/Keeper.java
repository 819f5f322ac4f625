package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the first number of each message as an order: that many bytes are taken and kept if it is
 * positive, everything is released if it is negative, and nothing happens for 0. Then the message
 * goes on.
 */
final class Keeper extends ChannelInboundHandlerAdapter {

  private final ByteBufAllocator allocator;
  private final List<ByteBuf> kept = new ArrayList<>();

  Keeper(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  static void keep(EmbeddedChannel channel, int bytes) {
    channel.writeInbound(order(bytes));
  }

  static ByteBuf order(int bytes) {
    return Unpooled.buffer(4).writeInt(bytes);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf order = (ByteBuf) message;
    int bytes = order.getInt(order.readerIndex());
    if (bytes > 0) {
      kept.add(allocator.directBuffer(bytes));
    } else if (bytes < 0) {
      releaseAll();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    releaseAll();
  }

  private void releaseAll() {
    kept.forEach(ByteBuf::release);
    kept.clear();
  }
}
