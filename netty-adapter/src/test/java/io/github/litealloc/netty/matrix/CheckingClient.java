package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.function.Consumer;

/** Writes what it is told to as soon as it is connected, and checks what it reads. */
final class CheckingClient extends Side {

  private final Payload payload;
  private final long expectedBytes;
  private final Consumer<Channel> writer;
  private long position;

  /**
   * Makes a client.
   *
   * @param expectedBytes how much of the payload is to be read for a good outcome
   * @param writer runs on the event loop
   */
  CheckingClient(Payload payload, long expectedBytes, Consumer<Channel> writer) {
    super(new Outcome("the client"));
    this.payload = payload;
    this.expectedBytes = expectedBytes;
    this.writer = writer;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    writer.accept(ctx.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      position = payload.check(buffer, position);
    } finally {
      buffer.release();
    }
    if (position > expectedBytes) {
      throw new AssertionError(position + " bytes read (expected: " + expectedBytes + ")");
    }
    if (position == expectedBytes) {
      outcome.success();
    }
  }
}
