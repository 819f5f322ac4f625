package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.internal.backpressure.RoomForReads.OfGate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RoomForReadsTest {

  private static final long NANOS = RoomForReads.NANOS;

  private final RoomForReads room = new RoomForReads();
  private final OfGate gate = room.enter();
  private final OfGate other = room.enter();

  @Test
  void bytes_ofReadsThatAreUnderWay_areThoseOfAllGates() {
    room.begin(gate, 100, 0);
    room.begin(other, 50, 1);
    assertThat(room.bytes(2)).isEqualTo(150);
    room.end(gate, 100);
    assertThat(room.bytes(2)).isEqualTo(50);
    room.end(other, 50);
    assertThat(room.bytes(2)).isZero();
  }

  /** What a channel hands on may have another one of the same event loop read. */
  @Test
  void bytes_ofReadsWithinEachOther_addUp() {
    room.begin(gate, 100, 0);
    room.begin(gate, 30, 0);
    assertThat(room.bytes(0)).isEqualTo(130);
    room.end(gate, 30);
    assertThat(room.bytes(0)).isEqualTo(100);
    room.end(gate, 100);
    assertThat(room.bytes(0)).isZero();
  }

  @Test
  void bytes_ofAReadThatDoesNotComeToAnEnd_endWithTime() {
    room.begin(gate, 100, 0);
    room.begin(other, 50, NANOS / 2);
    assertThat(room.bytes(NANOS - 1)).isEqualTo(150);
    assertThat(room.bytes(NANOS)).isEqualTo(50);
    assertThat(room.bytes(NANOS + NANOS / 2 - 1)).isEqualTo(50);
    assertThat(room.bytes(NANOS + NANOS / 2)).isZero();
  }

  /** Its end must not take what another one has kept meanwhile. */
  @Test
  void end_ofAReadWhoseTimeIsOver_takesNothing() {
    room.begin(gate, 100, 0);
    room.begin(other, 50, NANOS / 2);
    assertThat(room.bytes(NANOS)).isEqualTo(50);
    room.end(gate, 100);
    assertThat(room.bytes(NANOS)).isEqualTo(50);
    room.begin(gate, 20, NANOS);
    assertThat(room.bytes(NANOS)).isEqualTo(70);
  }

  @Test
  void leave_inTheMiddleOfARead_endsItForEver() {
    room.begin(gate, 100, 0);
    room.leave(gate);
    assertThat(room.bytes(0)).isZero();
    room.end(gate, 100);
    assertThat(room.bytes(0)).isZero();
    room.begin(gate, 100, 0); // a message that a handler of the ended channel hands on
    assertThat(room.bytes(0)).isZero();
  }

  /** Nor is it kept for longer because others begin and end meanwhile. */
  @Test
  void bytes_ofAReadWhoseEndWasLost_endThoughItsGateReadsOn() {
    room.begin(gate, 100, 0);
    for (long nanos = NANOS / 8; nanos < NANOS; nanos += NANOS / 8) {
      assertThat(room.begin(gate, 10, nanos)).isEqualTo(100);
      room.end(gate, 10);
    }
    assertThat(room.begin(gate, 10, NANOS)).isZero();
    assertThat(room.bytes(NANOS)).isEqualTo(10);
    room.end(gate, 10);
    assertThat(room.bytes(NANOS)).isZero();
  }

  /** Each hears what the other has said before: one of two sees the other, and one does not. */
  @Test
  void begin_onTwoThreadsAtOnce_isSeenByOneOfThem() throws Exception {
    int rounds = 5_000;
    AtomicInteger sawTheOther = new AtomicInteger();
    CyclicBarrier barrier = new CyclicBarrier(2);
    List<Future<?>> both = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (OfGate mine : List.of(gate, other)) {
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    barrier.await(60, TimeUnit.SECONDS);
                    if (room.begin(mine, 1, 0) == 1) {
                      sawTheOther.incrementAndGet();
                    }
                    barrier.await(60, TimeUnit.SECONDS);
                    room.end(mine, 1);
                  }
                  return null;
                }));
      }
      for (Future<?> each : both) {
        each.get(120, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sawTheOther).hasValue(rounds);
    assertThat(room.bytes(0)).isZero();
  }
}
