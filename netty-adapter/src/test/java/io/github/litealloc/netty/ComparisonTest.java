package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our buffers compare as Netty's do, with each other and with Netty's. */
final class ComparisonTest {

  private static final int ROUNDS = 20_000;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().offLoop(OffLoopPolicy.ADOPT).build();
  private final Random random = new Random(17);

  @AfterEach
  void close() {
    allocator.assertNoneOutstanding();
    allocator.close();
  }

  @Test
  void equalsAndCompareTo_areThoseOfNettysBuffers() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = new byte[random.nextInt(round % 100 == 0 ? 5_000 : 40)];
      random.nextBytes(bytes);
      byte[] others = othersLike(bytes);
      ByteBuf netty = Unpooled.buffer().writeBytes(bytes);
      ByteBuf nettyOther = Unpooled.buffer().writeBytes(others);
      ByteBuf one = ours(bytes);
      ByteBuf other = ours(others);
      boolean isEqual = netty.equals(nettyOther);
      int order = netty.compareTo(nettyOther);
      int reverse = nettyOther.compareTo(netty);
      for (ByteBuf right : new ByteBuf[] {other, other.slice(), nettyOther}) {
        assertThat(one.equals(right)).isEqualTo(isEqual);
        assertThat(right.equals(one)).isEqualTo(isEqual);
        assertThat(one.compareTo(right)).isEqualTo(order);
        assertThat(right.compareTo(one)).isEqualTo(reverse);
      }
      assertThat(one.hashCode()).isEqualTo(netty.hashCode());
      one.release();
      other.release();
    }
  }

  /** The same, but for a byte, or a piece at its end, now and then. */
  private byte[] othersLike(byte[] bytes) {
    byte[] others = bytes.clone();
    if (random.nextBoolean() && others.length > 0) {
      others[random.nextInt(others.length)] = (byte) random.nextInt();
    }
    int length = random.nextInt(4) > 0 ? others.length : random.nextInt(others.length + 10);
    return Arrays.copyOf(others, length);
  }

  /** On the heap or not, with something before it, and something after it. */
  private ByteBuf ours(byte[] bytes) {
    int before = random.nextInt(3);
    int capacity = before + bytes.length + random.nextInt(3);
    ByteBuf buffer =
        random.nextInt(4) == 0 ? allocator.heapBuffer(capacity) : allocator.directBuffer(capacity);
    return buffer.writeZero(before).skipBytes(before).writeBytes(bytes);
  }

  @Test
  void equalsAndCompareTo_withAReleasedBuffer_areRefused() {
    ByteBuf live = ours(new byte[20]);
    ByteBuf released = ours(new byte[20]);
    released.release();
    assertThatThrownBy(() -> live.equals(released))
        .isInstanceOf(IllegalReferenceCountException.class);
    assertThatThrownBy(() -> released.compareTo(live))
        .isInstanceOf(IllegalReferenceCountException.class);
    live.release();
  }
}
