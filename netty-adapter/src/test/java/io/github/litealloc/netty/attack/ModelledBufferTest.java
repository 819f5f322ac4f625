package io.github.litealloc.netty.attack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The detector detects. */
final class ModelledBufferTest {

  private final Random random = new Random(1);

  @Test
  void verify_aByteThatSomebodyElseHasWritten_isFound() {
    ByteBuf buffer = Unpooled.directBuffer(100, 1_000);
    ModelledBuffer modelled = new ModelledBuffer(buffer, random);
    for (int i = 0; i < 1_000; i++) {
      modelled.write(random);
      modelled.read(random);
      modelled.discard(random);
      modelled.resize(random, random.nextInt(1_000));
    }
    modelled.verify();
    modelled.resize(random, 50);

    buffer.setByte(17, ~buffer.getByte(17));

    assertThatThrownBy(modelled::verify).hasMessageStartingWith("a wrong byte at 17");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                modelled.read(random);
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void release_notTheLastReference_isFound() {
    ModelledBuffer modelled = new ModelledBuffer(Unpooled.directBuffer(10).retain(), random);

    assertThatThrownBy(modelled::release).hasMessageStartingWith("not the last reference");
  }
}
