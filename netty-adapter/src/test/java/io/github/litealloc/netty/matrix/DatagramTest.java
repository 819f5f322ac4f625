package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** UDP: the buffer that is received into is far larger than the datagram. */
final class DatagramTest {

  private static final int MAX_BYTES = 65_507;
  private static final int[] BYTES = {1, 9, 512, 1_472, 1_473, 9_000, 16_384, 60_000, MAX_BYTES};
  private static final int GATHERED = 12;

  private final Payload payload = new Payload(6);

  @ParameterizedTest
  @MethodSource(Setting.WITHOUT_TLS)
  void echo_datagramsOfAllSizes_arriveUnchanged(Setting setting) throws Exception {
    Echo server = new Echo();
    try (Loopback net = new Loopback(setting)) {
      Channel bound = net.datagrams(net.serverLoop(), to -> to.addLast(server));
      Client client = new Client((InetSocketAddress) bound.localAddress());
      net.datagrams(net.clientLoop(), to -> to.addLast(client));
      client.outcome.await();
    }
  }

  private static void useLargeBuffers(Channel channel) {
    channel
        .config()
        .setOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_536));
  }

  private final class Echo extends Side {

    Echo() {
      super(new Outcome("the echoing socket"));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      useLargeBuffers(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      // Each datagram starts at the position that is its length.
      payload.check(packet.content(), packet.content().readableBytes());
      ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      outcome.success();
    }
  }

  /** Has one datagram under way at a time, so that none can be dropped; in the end several. */
  private final class Client extends Side {

    private final InetSocketAddress server;
    private int sent;
    private int gathered;

    Client(InetSocketAddress server) {
      super(new Outcome("the asking socket"));
      this.server = server;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      useLargeBuffers(ctx.channel());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      send(ctx, payload.buffer(ctx.alloc(), BYTES[0], BYTES[0]));
      ctx.flush();
    }

    private void send(ChannelHandlerContext ctx, ByteBuf content) {
      ctx.write(new DatagramPacket(content, server)).addListener(outcome.failing());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf content = ((DatagramPacket) message).content();
      int bytes = content.readableBytes();
      try {
        payload.check(content, bytes);
      } finally {
        content.release();
      }
      if (sent < BYTES.length - 1) {
        sent++;
        send(ctx, payload.buffer(ctx.alloc(), BYTES[sent], BYTES[sent]));
        ctx.flush();
      } else if (gathered == 0) {
        gathered = 1;
        for (int i = 0; i < GATHERED; i++) {
          send(ctx, composite(ctx, 1_000 + i));
        }
        ctx.flush();
      } else if (++gathered > GATHERED) {
        outcome.success();
      }
    }

    /** One datagram from several buffers of one chunk. */
    private ByteBuf composite(ChannelHandlerContext ctx, int bytes) {
      CompositeByteBuf all = ctx.alloc().compositeDirectBuffer();
      int head = 9;
      all.addComponent(true, payload.buffer(ctx.alloc(), bytes, head));
      all.addComponent(true, payload.buffer(ctx.alloc(), bytes + head, head));
      int rest = bytes - 2 * head;
      all.addComponent(true, payload.buffer(ctx.alloc(), bytes + 2L * head, rest));
      return all;
    }
  }
}
