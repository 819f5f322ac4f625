package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.Arena;
import io.github.litealloc.Blocks;
import io.github.litealloc.support.Threads;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class JdkMemorySourceTest {

  private static final int BYTES = ChunkStore.CHUNK_UNIT_BYTES;
  private static final boolean FREES_AT_ONCE = Runtime.version().feature() >= 22;

  private final MemorySource source = MemorySource.jdk();

  @Test
  void allocate_anySize_isADirectBigEndianBufferOfExactlyThat() {
    assertThat(source.name()).isEqualTo("jdk");
    for (int bytes : new int[] {1, 16, BYTES, 300_000}) {
      MemorySource.Memory memory = source.allocate(bytes);
      ByteBuffer buffer = memory.buffer();
      assertThat(buffer.isDirect()).isTrue();
      assertThat(buffer.isReadOnly()).isFalse();
      assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
      assertThat(buffer.capacity()).isEqualTo(bytes);
      assertThat(buffer.alignmentOffset(0, Blocks.GRANULE_BYTES)).isZero();
      assertThat(memory.buffer()).isSameAs(buffer);
      buffer.put(0, (byte) 1);
      buffer.put(bytes - 1, (byte) 2);
      assertThat(buffer.get(bytes - 1)).isEqualTo((byte) 2);
      memory.release();
    }
  }

  @Test
  void address_whereThePlatformTells_isThatOfTheBuffer() {
    MemorySource.Memory memory = source.allocate(BYTES);
    if (FREES_AT_ONCE) {
      assertThat(memory.address()).isNotZero();
      assertThat(memory.address() % 4096).isEqualTo(memory.buffer().alignmentOffset(0, 4096));
    } else {
      assertThat(memory.address()).isZero();
    }
    memory.release();
  }

  @Test
  void address_ofABlock_isThatOfItsChunkAndItsOffset() {
    long address = 1L << 40;
    ChunkStore telling = store(address);
    Arena arena = Arena.builder().store(telling).build();
    arena.allocate(4096);
    long block = arena.allocate(4096);
    assertThat(Blocks.offset(block)).isPositive();
    assertThat(arena.address(block)).isEqualTo(address + Blocks.offset(block));
    arena.reset();
    arena.close();

    Arena without = Arena.builder().store(store(0)).build();
    assertThat(without.address(without.allocate(4096))).isZero();
    without.reset();
    without.close();
  }

  /** Memory of the JDK, of which an address is told that is not its own. */
  private ChunkStore store(long address) {
    MemorySource telling =
        new MemorySource() {
          @Override
          public Memory allocate(int bytes) {
            Memory memory = source.allocate(bytes);
            return new Memory() {
              @Override
              public ByteBuffer buffer() {
                return memory.buffer();
              }

              @Override
              public long address() {
                return address;
              }

              @Override
              public void release() {
                memory.release();
              }
            };
          }

          @Override
          public String name() {
            return "telling";
          }
        };
    return ChunkStore.builder()
        .source(telling)
        .budget(MemoryBudget.unlimited("b"))
        .decayMillis(0)
        .build();
  }

  @Test
  void release_whereThePlatformFreesAtOnce_endsTheBuffer() {
    MemorySource.Memory memory = source.allocate(BYTES);
    memory.release();
    if (FREES_AT_ONCE) {
      assertThatThrownBy(() -> memory.buffer().get(0)).isInstanceOf(IllegalStateException.class);
    } else {
      assertThat(memory.buffer().get(0)).isZero();
    }
  }

  @Test
  void release_onAnotherThread_works() throws Exception {
    MemorySource.Memory memory = source.allocate(BYTES);
    memory.buffer().putInt(0, 42);
    Threads.run(
        () -> {
          assertThat(memory.buffer().getInt(0)).isEqualTo(42);
          memory.release();
        });
  }

  @Test
  void arena_onJdkMemory_tellsAddressesAndGivesAllBack() {
    MemoryBudget budget = MemoryBudget.unlimited("jdk");
    ChunkStore store = ChunkStore.builder().budget(budget).decayMillis(0).build();
    try (Arena arena = Arena.builder().store(store).build()) {
      arena.allocate(100);
      long block = arena.allocate(100, 64);
      if (FREES_AT_ONCE) {
        assertThat(arena.address(block)).isNotZero();
        assertThat(arena.address(block) % 64).isZero();
      } else {
        assertThat(arena.address(block)).isZero();
      }
      assertThat(arena.buffer(block).alignmentOffset(Blocks.offset(block), 64)).isZero();
      arena.reset();
    }
    assertThat(budget.reservedBytes() - budget.uncollectedBytes()).isZero();
    if (FREES_AT_ONCE) {
      assertThat(budget.reservedBytes()).isZero();
    }
  }
}
