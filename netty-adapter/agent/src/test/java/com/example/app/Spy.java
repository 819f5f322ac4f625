package com.example.app;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;

/**
 * Notes the buffers that come by, first in a pipeline: those that were read, and those to write.
 */
final class Spy extends ChannelDuplexHandler {

  private final String where;

  Spy(String where) {
    this.where = where;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    note("read", message);
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    note("write", message);
    context.write(message, promise);
  }

  private void note(String what, Object seen) {
    Object message = seen instanceof DatagramPacket packet ? packet.content() : seen;
    // Arrays of the application's own are nobody's to give, what is empty has no bytes, and what is
    // read-only are Netty's constants, such as the end of a line.
    if (message instanceof ByteBuf buffer
        && buffer.isDirect()
        && buffer.capacity() > 0
        && !buffer.isReadOnly()) {
      Seen.buffer(where + ' ' + what, buffer);
    }
  }
}
