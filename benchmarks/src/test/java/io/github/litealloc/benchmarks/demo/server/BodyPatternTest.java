package io.github.litealloc.benchmarks.demo.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyPatternTest {

  private static final long SEED = 42;

  private static ByteBuf body(long seed, int position, int length) {
    ByteBuf body = Unpooled.buffer(Math.max(1, length));
    BodyPattern.write(body, seed, position, length);
    return body;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 1_000, BodyPattern.PERIOD - 1, BodyPattern.PERIOD, 3 * BodyPattern.PERIOD + 7})
  void countWrong_rightBody_isZero(int length) {
    ByteBuf body = body(SEED, 0, length);

    assertThat(body.readableBytes()).isEqualTo(length);
    assertThat(BodyPattern.countWrong(body, SEED, 0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 499, 999})
  void countWrong_oneByteChanged_isOne(int index) {
    ByteBuf body = body(SEED, 0, 1_000);
    body.setByte(index, body.getByte(index) ^ 1);

    assertThat(BodyPattern.countWrong(body, SEED, 0)).isEqualTo(1);
  }

  @Test
  void countWrong_bytesOfAnotherSeed_isNearlyAll() {
    ByteBuf body = body(SEED + 1, 0, 1_000);

    assertThat(BodyPattern.countWrong(body, SEED, 0)).isGreaterThan(900);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 256, 4_096, 65_536, 1 << 20})
  void countWrong_bytesFromAPowerOfTwoAway_isNearlyAll(int distance) {
    ByteBuf body = body(SEED, distance, 1_000);

    assertThat(BodyPattern.countWrong(body, SEED, 0)).isGreaterThan(900);
  }

  @Test
  void countWrong_inParts_comparesEachPartAtItsPosition() {
    ByteBuf first = body(SEED, 0, 300);
    ByteBuf second = body(SEED, 300, 70_000);

    assertThat(BodyPattern.countWrong(second, SEED, 300)).isZero();
    assertThat(BodyPattern.countWrong(Unpooled.wrappedBuffer(first, second), SEED, 0)).isZero();
  }

  @Test
  void countWrong_leavesTheBufferUnread() {
    ByteBuf body = body(SEED, 0, 100);
    BodyPattern.countWrong(body, SEED, 0);

    assertThat(body.readerIndex()).isZero();
    assertThat(body.readableBytes()).isEqualTo(100);
  }
}
