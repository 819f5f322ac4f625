package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For how long closed arenas are looked after. */
final class ArenaRegistryTest {

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
  private final ArenaRegistry arenas = new ArenaRegistry();

  @AfterEach
  void close() {
    allocator.close();
  }

  /** Makes a buffer in an arena of its own, whose loop has ended. */
  private LiteByteBuf left() throws Exception {
    LiteByteBuf buffer;
    try (TestLoop loop = new TestLoop()) {
      buffer = loop.call(() -> (LiteByteBuf) allocator.directBuffer(1_000));
    }
    eventually(() -> !buffer.arena().isOpen(), allocator::metric);
    return buffer;
  }

  private int looks() {
    int looks = 1;
    while (arenas.lookAfterEnds()) {
      assertThat(++looks).isLessThan(1_000);
    }
    return looks;
  }

  /** Or it would keep a clock running, and with it the loader of an application. */
  @Test
  void lookAfterEnds_aBufferThatNobodyReleases_comesToAnEnd() throws Exception {
    LiteByteBuf first = left();
    LiteByteBuf second = left();
    arenas.add(first.arena());
    arenas.add(second.arena());

    int looks = looks();
    assertThat(looks).isGreaterThan(2);
    assertThat(arenas.lookAfterEnds()).as("nothing has come back").isFalse();
    second.release();
    assertThat(looks()).as("something has").isGreaterThanOrEqualTo(looks);
    first.release();
  }

  @Test
  void lookAfterEnds_nothingClosed_isOver() throws Exception {
    assertThat(arenas.lookAfterEnds()).isFalse();
    try (TestLoop loop = new TestLoop()) {
      LiteByteBuf open = loop.call(() -> (LiteByteBuf) allocator.directBuffer(1_000));
      arenas.add(open.arena());
      assertThat(arenas.lookAfterEnds()).isFalse();
      loop.run(open::release);
    }
  }
}
