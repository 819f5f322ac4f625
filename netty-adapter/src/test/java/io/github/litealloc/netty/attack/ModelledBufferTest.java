package io.github.litealloc.netty.attack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The detectors detect. */
final class ModelledBufferTest {

  private final Dice dice = new Dice(1);

  @Test
  void verify_aByteThatSomebodyElseHasWritten_isFound() {
    ByteBuf buffer = Unpooled.directBuffer(100, 1_000);
    ModelledBuffer modelled = new ModelledBuffer(buffer, dice);
    for (int i = 0; i < 3_000; i++) {
      modelled.write(dice);
      modelled.read(dice);
      modelled.discard(dice);
      modelled.resize(dice, dice.below(1_000));
    }
    modelled.verify(dice);
    modelled.resize(dice, 50);

    buffer.setByte(17, ~buffer.getByte(17));

    assertThatThrownBy(() -> modelled.verify(dice))
        .isInstanceOf(WrongByteError.class)
        .hasMessageStartingWith("a wrong byte at 17");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                modelled.read(dice);
              }
            })
        .isInstanceOf(WrongByteError.class);
    assertThatThrownBy(() -> modelled.release(dice)).isInstanceOf(WrongByteError.class);
  }

  @Test
  void release_aLongBufferWithAWrongByte_isFoundAtItsEndsAlwaysAndElsewhereInTheLongRun() {
    for (int index : new int[] {0, 99_999, 50_000}) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  ByteBuf buffer = Unpooled.directBuffer(100_000);
                  ModelledBuffer modelled = new ModelledBuffer(buffer, dice);
                  buffer.setByte(index, ~buffer.getByte(index));
                  modelled.release(dice);
                  if (index != 50_000) {
                    throw new IllegalStateException("not found");
                  }
                }
              })
          .isInstanceOf(WrongByteError.class);
    }
  }

  @Test
  void release_notTheLastReference_isFound() {
    ModelledBuffer modelled = new ModelledBuffer(Unpooled.directBuffer(10).retain(), dice);

    assertThatThrownBy(() -> modelled.release(dice))
        .hasMessageStartingWith("not the last reference");
  }

  @Test
  void requireApart_oneByteInCommon_isFound() {
    ByteBuf memory = Unpooled.directBuffer(100);
    ByteBuf first = memory.slice(0, 50);
    OverlapError.requireApart(List.of(memory.slice(50, 50), first, memory.slice(20, 0)));

    assertThatThrownBy(() -> OverlapError.requireApart(List.of(memory.slice(49, 51), first)))
        .isInstanceOf(OverlapError.class);
  }
}
