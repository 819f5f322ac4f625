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
    Load load = new Load(12, 5, 512 * 1024, waitMillis);
    Outcome outcome = protocol.run(8, load, true, PATIENCE_MILLIS);
    assertThat(outcome.isComplete()).as("%s", outcome).isTrue();
    assertThat(outcome.receivedBytes()).isEqualTo(load.bytes());
    // One read brings up to five requests, for more than is left when it is made.
    assertThat(outcome.outsideBytes()).as("%s", outcome).isLessThan(load.bytes() / 4);
  }

  /**
   * Each connection asks for 5 MiB, with its first request or with the next ones. Those that have
   * asked for one answer each must not share the room that the rest of one takes.
   */
  @ParameterizedTest
  @CsvSource({
    "HTTP2, 0",
    "HTTP2, 700",
    "GRPC, 0",
    "GRPC, 700",
    "CREDITS, 0",
    "CREDITS, 700",
    "RSOCKET_BUFFERED, 0",
    "RSOCKET_BUFFERED, 700"
  })
  void answers_thatWaitForCredit_hardlyLeaveTheBudget(Protocol protocol, long waitMillis)
      throws Exception {
    Load load = new Load(20, 10, 512 * 1024, waitMillis);
    Outcome outcome = protocol.run(16, load, true, PATIENCE_MILLIS);
    assertThat(outcome.isComplete()).as("%s", outcome).isTrue();
    assertThat(outcome.outsideBytes()).as("%s", outcome).isLessThanOrEqualTo(load.bytes() / 20);
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
    Load load = new Load(12, 5, 512 * 1024, waitMillis);
    Outcome outcome = protocol.run(8, load, true, PATIENCE_MILLIS);
    assertThat(outcome.isComplete()).as("%s", outcome).isTrue();
    assertThat(outcome.outsideBytes()).as("%s", outcome).isLessThanOrEqualTo(load.bytes() / 100);
  }
}
