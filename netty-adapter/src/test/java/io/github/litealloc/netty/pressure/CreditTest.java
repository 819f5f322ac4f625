package io.github.litealloc.netty.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Peers that must send something before they get more: updates of windows, for which answers wait
 * that fill the memory. With back-pressure they get everything, and nearly all of it from the
 * budget. {@link Experiment} is the same at large.
 */
final class CreditTest {

  private static final long PATIENCE_MILLIS = 60_000;

  /** Each connection asks for 2.5 MiB; the budget has room for three of them. */
  @ParameterizedTest
  @CsvSource({
    "TCP, 0",
    "TCP, 500",
    "HTTP1, 0",
    "HTTP1, 500",
    "HTTP2, 0",
    "HTTP2, 500",
    "HTTP2_STREAMS, 0",
    "HTTP2_STREAMS, 500",
    "GRPC, 0",
    "GRPC, 500",
    "CREDITS, 0",
    "CREDITS, 500",
    "RSOCKET_BUFFERED, 0",
    "RSOCKET_BUFFERED, 500"
  })
  void answers_ofSeveralTimesTheBudget_allComeFromIt(Protocol protocol, long waitMillis)
      throws Exception {
    // One read brings up to five requests, for more than is left when it is made.
    requireWithin(8, protocol, new Load(12, 5, 512 * 1024, waitMillis), 25);
  }

  private static void requireWithin(int mebibytes, Protocol protocol, Load load, int percentOutside)
      throws Exception {
    Outcome outcome = protocol.run(mebibytes, load, true, PATIENCE_MILLIS);
    assertThat(outcome.isComplete()).as("%s", outcome).isTrue();
    assertThat(outcome.receivedBytes()).isEqualTo(load.bytes());
    assertThat(outcome.outsideBytes())
        .as("%s", outcome)
        .isLessThanOrEqualTo(load.bytes() / 100 * percentOutside);
  }

  /**
   * Each connection asks for 5 MiB, with its first request or with the next ones. Those that have
   * asked for one answer each must not share the room that the rest of one takes; and over plain
   * TCP what the transport takes at once needs room all the same.
   */
  @ParameterizedTest
  @CsvSource({
    "TCP, 0, 0",
    "TCP, 1500, 0",
    "HTTP2, 0, 5",
    "HTTP2, 1500, 5",
    "GRPC, 0, 5",
    "GRPC, 1500, 5",
    "CREDITS, 0, 5",
    "CREDITS, 1500, 5",
    "RSOCKET_BUFFERED, 0, 5",
    "RSOCKET_BUFFERED, 1500, 5"
  })
  void answers_ofPeersThatAskForMuch_hardlyLeaveTheBudget(
      Protocol protocol, long waitMillis, int percentOutside) throws Exception {
    requireWithin(16, protocol, new Load(30, 10, 512 * 1024, waitMillis), percentOutside);
  }

  /** The help that each protocol has: what it brings by one read is bounded. */
  @ParameterizedTest
  @CsvSource({
    "HTTP2_STREAMS, 0",
    "HTTP2_STREAMS, 500",
    "GRPC_READY, 0",
    "GRPC_READY, 500",
    "RSOCKET, 0",
    "RSOCKET, 500",
    "RSOCKET_CREDIT, 0",
    "RSOCKET_CREDIT, 500"
  })
  void answers_withTheHelpOfTheProtocol_hardlyLeaveASmallBudget(Protocol protocol, long waitMillis)
      throws Exception {
    requireWithin(8, protocol, new Load(12, 5, 512 * 1024, waitMillis), 1);
  }
}
