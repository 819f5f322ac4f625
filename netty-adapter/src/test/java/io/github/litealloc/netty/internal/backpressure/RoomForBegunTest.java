package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RoomForBegunTest {

  private final RoomForBegun begun = new RoomForBegun();
  private final Object peer = new Object();
  private final Object other = new Object();

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void bytes_ofSeveral_endOneAfterTheOther() {
    begun.keep(peer, 100, millis(0));
    begun.keep(other, 50, millis(40));

    assertThat(begun.bytes(millis(59))).isEqualTo(150);
    assertThat(begun.bytes(millis(60))).isEqualTo(50);
    assertThat(begun.bytes(millis(100))).isZero();
  }

  /** Many small requests of one peer must not take more and more room. */
  @Test
  void keep_forTheSameAgain_replacesWhatWasKept() {
    for (int i = 0; i < 1_000; i++) {
      begun.keep(peer, 100, millis(10 * i));
    }

    assertThat(begun.bytes(millis(10_000))).isEqualTo(100);
  }

  @Test
  void forget_beforeTheEnd_leavesTheOthers() {
    begun.keep(peer, 100, millis(0));
    begun.keep(other, 50, millis(0));
    begun.forget(peer);

    assertThat(begun.bytes(millis(1))).isEqualTo(50);
  }

  @Test
  void keep_ofNothingLeft_takesNoRoom() {
    begun.keep(peer, 100, millis(0));
    begun.keep(peer, -1, millis(0));

    assertThat(begun.bytes(millis(1))).isZero();
  }
}
