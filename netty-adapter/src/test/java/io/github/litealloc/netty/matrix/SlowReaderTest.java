package io.github.litealloc.netty.matrix;

import io.netty.channel.Channel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A reader that pauses, while the writer's buffers wait. */
final class SlowReaderTest {

  private static final long BYTES = 8 << 20;

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void writes_parkedUntilTheReaderGoesOn_arriveUnchanged(Setting setting) throws Exception {
    Payload payload = new Payload(4);
    FastWriter server = new FastWriter(payload, BYTES);
    CheckingClient client = new CheckingClient(payload, BYTES, channel -> {});
    PausingClient pause = new PausingClient();
    try (Loopback net = new Loopback(setting)) {
      Channel channel =
          net.connect(net.serve(to -> to.addLast(server)), to -> to.addLast(pause, client));
      pause.paused.await();
      server.parked.await();
      channel.config().setAutoRead(true);
      client.outcome.await();
      server.outcome.await();
    }
  }
}
