package io.github.litealloc.netty.matrix;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream of bytes in pieces of all sizes, and its end. */
final class StreamTest {

  /** Writes of one byte, around the sizes of TLS records and of chunks, and larger ones. */
  private static final int[] PIECE_BYTES = {
    1, 1, 2, 15, 16, 17, 255, 1_000, 4_096, 16_383, 16_384, 16_385, 65_536, 70_001, 300_000, 1, 9, 3
  };

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void echo_piecesOfAllSizesThenTheEndOfOneDirection_arriveUnchanged(Setting setting)
      throws Exception {
    Payload payload = new Payload(1);
    boolean encrypted = setting.tls() != Tls.NONE;
    long expected = encrypted ? total() : total() + CheckingEcho.TRAILER_BYTES;
    CheckingEcho server = new CheckingEcho(payload);
    CheckingClient client =
        new CheckingClient(
            payload,
            expected,
            channel -> {
              ChannelFuture sent = send(channel, payload);
              if (!encrypted) {
                sent.addListener(done -> ((DuplexChannel) channel).shutdownOutput());
              }
            });
    try (Loopback net = new Loopback(setting)) {
      Channel channel = net.connect(net.serve(to -> to.addLast(server)), to -> to.addLast(client));
      client.outcome.await();
      if (encrypted) {
        channel.pipeline().get(SslHandler.class).closeOutbound();
      }
      server.outcome.await();
    }
  }

  private static int total() {
    int total = 0;
    for (int bytes : PIECE_BYTES) {
      total += bytes;
    }
    return total;
  }

  private static ChannelFuture send(Channel channel, Payload payload) {
    ChannelFuture last = null;
    long position = 0;
    for (int bytes : PIECE_BYTES) {
      last = channel.writeAndFlush(payload.buffer(channel.alloc(), position, bytes));
      position += bytes;
    }
    return Objects.requireNonNull(last);
  }
}
