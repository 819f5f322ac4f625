package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoomForBegunTest {

  private final RoomForBegun begun = new RoomForBegun();

  @Test
  void bytes_ofSeveral_addUpUntilThreeTicksAfterTheLast() {
    begun.add(100, 1);
    begun.add(50, 3);

    assertThat(begun.bytes(5)).isEqualTo(150);
    assertThat(begun.bytes(6)).isZero();
  }

  @Test
  void add_afterTheEnd_beginsAnew() {
    begun.add(100, 1);
    begun.add(50, 4);

    assertThat(begun.bytes(4)).isEqualTo(50);
  }

  @Test
  void add_ofNothingLeft_takesNoRoom() {
    begun.add(-100, 1);

    assertThat(begun.bytes(1)).isZero();
  }
}
