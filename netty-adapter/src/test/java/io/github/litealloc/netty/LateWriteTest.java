package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thread that was found entitled to write may come to it after another one has released the
 * buffer. Then it writes where the buffer was, not into those that have never had to do with it.
 */
final class LateWriteTest {

  private static final int BYTES = 40_000; // not kept by the loop, so the block is freed at once
  private static final byte OWN = 7;

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void set_afterTheChecks_ofABufferFreedMeanwhile_reachesNoOther(String strategy) throws Exception {
    try (TestLoop loop = new TestLoop();
        LiteByteBufAllocator allocator = TestAllocators.adopting(strategy)) {
      loop.run(
          () -> {
            List<ByteBuf> bystanders = new ArrayList<>();
            bystanders.add(filled(allocator)); // at the start of the chunk
            LiteByteBuf victim = (LiteByteBuf) TestAllocators.innermost(filled(allocator));
            bystanders.add(filled(allocator));
            victim.release();
            assertThat(victim.hasBlock()).isFalse();

            for (int index = 0; index < BYTES; index += Long.BYTES) {
              victim._setLong(index, -1); // what is left to do after the checks
            }
            for (ByteBuf bystander : bystanders) {
              assertThat(bystander.forEachByte(value -> value == OWN)).isEqualTo(-1);
              bystander.release();
            }
          });
    }
  }

  private static ByteBuf filled(LiteByteBufAllocator allocator) {
    ByteBuf buffer = allocator.directBuffer(BYTES);
    while (buffer.isWritable()) {
      buffer.writeByte(OWN);
    }
    return buffer;
  }
}
