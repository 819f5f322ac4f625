package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReadRecordTest {

  private static final long ANSWER = 512 * 1024;
  private static final long REQUEST = 100;
  private static final long UNKNOWN = -1;

  private final ReadRecord record = new ReadRecord();

  private void asks(long bytes, long pendingBytes) {
    record.note(bytes, 1, REQUEST, pendingBytes, 0, true);
  }

  @Test
  void askedBytes_outputThatWaitsForCredit_addUp() {
    asks(ANSWER, ANSWER / 10);
    assertThat(record.waitsForCredit()).isTrue();
    asks(9 * ANSWER, ANSWER / 10);

    assertThat(record.askedBytes()).isEqualTo(10 * ANSWER);
    assertThat(record.costBytes()).isEqualTo(9 * ANSWER);
  }

  @Test
  void askedBytes_outputThatTheTransportHas_areTheLastOnes() {
    asks(ANSWER, ANSWER);
    asks(ANSWER, 2 * ANSWER);

    assertThat(record.waitsForCredit()).isFalse();
    assertThat(record.askedBytes()).isEqualTo(ANSWER);
  }

  @Test
  void askedBytes_transportDoesNotTell_areTheLastOnes() {
    asks(ANSWER, UNKNOWN);
    asks(ANSWER, UNKNOWN);

    assertThat(record.waitsForCredit()).isFalse();
    assertThat(record.askedBytes()).isEqualTo(ANSWER);
  }

  @Test
  void askedBytes_afterAReadThatCostsNothing_beginAnew() {
    asks(ANSWER, 0);
    record.note(0, 1, 13, 0, 1, true); // the update of a window
    assertThat(record.isTrusted()).isTrue();
    asks(ANSWER, 0);

    assertThat(record.askedBytes()).isEqualTo(ANSWER);
  }

  @Test
  void waitsForCredit_whatComesIn_never() {
    record.note(ANSWER, 1, ANSWER, 0, 0, true);

    assertThat(record.isCollecting()).isTrue();
    assertThat(record.waitsForCredit()).isFalse();
  }

  /** As when an aggregator joins what it has collected while the budget is full. */
  @Test
  void waitsForCredit_whatHasComeInIsCopied_never() {
    long piece = 64 * 1024;
    for (int i = 0; i < 100; i++) {
      record.note(piece, 1, piece, 0, i, true);
    }
    record.note(-piece, 1, piece, 0, 100, true);
    record.note(40 * piece, 1, piece, 0, 101, true);

    assertThat(record.waitsForCredit()).isFalse();
    assertThat(record.askedBytes()).isEqualTo(40 * piece);
  }
}
