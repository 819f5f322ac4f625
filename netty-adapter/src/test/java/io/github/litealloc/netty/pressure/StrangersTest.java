package io.github.litealloc.netty.pressure;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who holds most of the budget and stalls stands still alone. */
final class StrangersTest {

  private static final int STRANGERS = 8;
  private static final int BUDGET_MEBIBYTES = 16;

  /** Long enough for all of them to come. */
  private static final int STALL_MILLIS = 1_000;

  /** Far more than all of them got in a minute when everybody took turns. */
  private static final int ANSWERS = 2_000;

  private final List<Stranger> strangers = new ArrayList<>();

  @AfterEach
  void closeStrangers() throws IOException {
    for (Stranger stranger : strangers) {
      stranger.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void honestClients_besideStrangersWhoHoldTheBudget_areServedOnAndOn(boolean isConnectedAnew)
      throws Exception {
    try (Server server = new Server(BUDGET_MEBIBYTES)) {
      server.listen(
          (pressure, to) -> {
            to.addLast(pressure);
            HonestServer.add(to);
          });
      try (HonestClient client = new HonestClient(server.address(), isConnectedAnew)) {
        eventually(() -> client.answers.get() > 100, client::failure);
        for (int i = 0; i < STRANGERS; i++) {
          strangers.add(Stranger.sending(server.address(), 4 << 20, (4 << 20) - 64 * 1024));
        }
        MemoryBudget budget = server.allocator.metric().budget();
        eventually(() -> budget.pressure() != MemoryPressure.NORMAL, () -> budget);
        long before = client.answers.get();
        eventually(() -> client.answers.get() > before + ANSWERS, client::failure);
        assertThat(client.failure()).isNull();
        assertThat(budget.pressure()).isNotEqualTo(MemoryPressure.NORMAL);
      }
    }
  }

  /**
   * They ask for answers that fill the memory, and do not read them. Who is known is served on.
   * Nobody can tell a newcomer from one more of them: newcomers wait until the strangers have taken
   * nothing for long enough, and nothing leaves the budget meanwhile.
   */
  @ParameterizedTest
  @CsvSource({
    "false, false",
    "false, true",
    "true, false",
    "true, true",
  })
  void honestClients_besideStrangersWhoDoNotRead_areServedOnAndOn(
      boolean isConnectedAnew, boolean comeFirst) throws Exception {
    MemoryPressureHandler handler =
        MemoryPressureHandler.builder().stallMillis(STALL_MILLIS).build();
    try (Server server = new Server(BUDGET_MEBIBYTES, handler)) {
      server.listenWithSmallSockets(
          (pressure, to) -> {
            to.addLast(pressure);
            HonestServer.add(to);
          });
      MemoryBudget budget = server.allocator.metric().budget();
      if (comeFirst) {
        enterAsking(server, budget);
      }
      try (HonestClient client = new HonestClient(server.address(), isConnectedAnew)) {
        eventually(() -> client.answers.get() > 100, client::failure);
        if (!comeFirst) {
          enterAsking(server, budget);
        }
        long before = client.answers.get();
        eventually(() -> client.answers.get() > before + ANSWERS, client::failure);
        assertThat(client.failure()).isNull();
        assertThat(server.fallback.bytes.get()).isZero();
        if (isConnectedAnew) {
          assertThat(handler.closedChannels()).isBetween(1L, (long) STRANGERS);
        }
      }
    }
  }

  /**
   * Of HTTP/2 only the streams that are not read are ended: their connection has others. Unless it
   * is not read either, with credit for all of them: then no reset gets through.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void newStreams_besideStreamsThatAreNotRead_areServed(boolean givesCredit) throws Exception {
    MemoryPressureHandler handler =
        MemoryPressureHandler.builder().stallMillis(STALL_MILLIS).build();
    Load many = new Load(1, 2 * BUDGET_MEBIBYTES, 1 << 20, 0);
    Load one = new Load(1, 1, 1 << 20, 0);
    Protocol.Progress ofStranger = new Protocol.Progress(many);
    Protocol.Progress honest = new Protocol.Progress(one);
    Protocol protocol = Protocol.HTTP2_STREAMS;
    try (Server server = new Server(BUDGET_MEBIBYTES, handler)) {
      Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
      server.listenWithSmallSockets(
          (pressure, to) -> {
            accepted.add(to.channel());
            protocol.server(to, many, pressure);
          });
      int windowBytes = givesCredit ? 64 << 20 : 64 << 10;
      Channel stranger = server.connect(to -> Protocol.http2Client(to, ofStranger, windowBytes));
      Channel client = server.connect(to -> protocol.client(one).accept(to, honest));
      ofStranger.settled.await();
      honest.settled.await();
      stranger.config().setAutoRead(false);
      protocol.ask(stranger, many, ofStranger);
      MemoryBudget budget = server.allocator.metric().budget();
      eventually(() -> budget.pressure() != MemoryPressure.NORMAL, () -> budget);
      protocol.ask(client, one, honest);

      assertThat(honest.complete.await(60, TimeUnit.SECONDS)).as("%s", honest.bytes).isTrue();
      // It may have found room while the memory was still filling.
      eventually(() -> handler.closedChannels() > 0, () -> budget);
      Channel ofStrangers = accepted.remove();
      eventually(() -> ofStrangers.isActive() == !givesCredit, () -> ofStrangers);
      assertThat(server.fallback.bytes.get()).isZero();
    }
  }

  /** Returns when there is no room for another one. */
  private void enterAsking(Server server, MemoryBudget budget) throws Exception {
    for (int i = 0; i < STRANGERS; i++) {
      strangers.add(Stranger.asking(server.address()));
    }
    eventually(
        () -> budget.maxBytes() - budget.reservedBytes() < HonestServer.LARGE_BYTES, () -> budget);
  }
}
