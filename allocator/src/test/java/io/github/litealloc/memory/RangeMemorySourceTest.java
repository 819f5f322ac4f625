package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs where native access is enabled, as the build does it from Java 22 on. */
final class RangeMemorySourceTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int RANGE_UNITS = 16;

  private LinuxMemory linux;
  private RangeMemorySource source;

  @BeforeEach
  void open() {
    assumeTrue(LinuxMemory.find().isPresent());
    linux = LinuxMemory.find().orElseThrow();
    source = source(linux);
  }

  private static RangeMemorySource source(LinuxMemory linux) {
    return new RangeMemorySource(linux, (long) RANGE_UNITS * UNIT, false, MemorySource.jdk());
  }

  @Test
  void allocate_anySize_isADirectBigEndianBufferOfExactlyThatOnPages() {
    for (int bytes : new int[] {1, 16, UNIT, 300_000}) {
      MemorySource.Memory memory = source.allocate(bytes);
      ByteBuffer buffer = memory.buffer();
      assertThat(buffer.isDirect()).isTrue();
      assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
      assertThat(buffer.capacity()).isEqualTo(bytes);
      assertThat(memory.address() % memory.pageBytes()).isZero();
      buffer.put(0, (byte) 1);
      buffer.put(bytes - 1, (byte) 2);
      memory.release();
    }
    assertThat(source.takenBytes()).isZero();
  }

  @Test
  void allocate_manyAtOnce_noneShareAByte() {
    Random random = new Random(1);
    List<MemorySource.Memory> live = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      if (live.size() > 40 || !live.isEmpty() && random.nextBoolean()) {
        MemorySource.Memory memory = live.remove(random.nextInt(live.size()));
        long stamp = memory.address();
        assertThat(memory.buffer().getLong(0)).isEqualTo(stamp);
        assertThat(memory.buffer().getLong(memory.buffer().capacity() - 8)).isEqualTo(stamp);
        memory.release();
      } else {
        MemorySource.Memory memory = source.allocate(16 + random.nextInt(4 * UNIT));
        memory.buffer().putLong(0, memory.address());
        memory.buffer().putLong(memory.buffer().capacity() - 8, memory.address());
        live.add(memory);
      }
    }
  }

  @Test
  void allocate_rangeIsFull_reservesAnotherOne() {
    for (int i = 0; i < 3 * RANGE_UNITS; i++) {
      source.allocate(UNIT).buffer().put(0, (byte) 1);
    }
    assertThat(source.takenBytes()).isEqualTo(3L * RANGE_UNITS * UNIT);
  }

  @Test
  void allocate_moreThanARange_comesFromTheNextSource() {
    MemorySource.Memory memory = source.allocate((RANGE_UNITS + 1) * UNIT);
    assertThat(memory.buffer().capacity()).isEqualTo((RANGE_UNITS + 1) * UNIT);
    assertThat(memory.pageBytes()).isZero();
    memory.release();
  }

  @Test
  void allocate_noOtherRangeToBeHad_comesFromTheNextSource() {
    RangeMemorySource limited =
        source(
            new LinuxMemory() {
              private int reserved;

              @Override
              long reserve(long bytes) {
                return reserved++ == 0 ? super.reserve(bytes) : 0;
              }
            });
    for (int i = 0; i < 2 * RANGE_UNITS; i++) {
      limited.allocate(UNIT).buffer().put(0, (byte) 1);
    }
    assertThat(limited.takenBytes()).isEqualTo((long) RANGE_UNITS * UNIT);
  }

  @Test
  void new_kernelRefuses_throws() {
    LinuxMemory refusing =
        new LinuxMemory() {
          @Override
          long reserve(long bytes) {
            return 0;
          }
        };
    assertThatThrownBy(() -> source(refusing)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void release_staleView_readsZerosAndHarmsNobody() {
    MemorySource.Memory memory = source.allocate(UNIT);
    ByteBuffer stale = memory.buffer();
    stale.putLong(0, 42);
    memory.release();
    assertThat(stale.getLong(0)).isZero();
  }

  @Test
  void release_kernelRefuses_memoryIsKept() {
    boolean[] isLocked = {false};
    RangeMemorySource locked =
        source(
            new LinuxMemory() {
              @Override
              boolean giveBack(long address, long bytes) {
                return !isLocked[0] && super.giveBack(address, bytes);
              }
            });
    MemorySource.Memory memory = locked.allocate(UNIT);
    memory.buffer().putLong(0, 42);
    isLocked[0] = true;
    assertThatThrownBy(memory::release).hasMessageContaining("locked");
    assertThat(memory.buffer().getLong(0)).isEqualTo(42);
    assertThat(locked.takenBytes()).isEqualTo(UNIT);
    isLocked[0] = false;
    memory.release();
    assertThat(locked.takenBytes()).isZero();
  }

  @Test
  void release_manyChunks_processIsAsSmallAsBefore() throws Exception {
    RangeMemorySource large = new RangeMemorySource(linux, 1L << 30, false, MemorySource.jdk());
    long before = 0;
    for (int round = 0; round < 3; round++) {
      List<MemorySource.Memory> all = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        all.add(touched(large.allocate(4 * UNIT)));
      }
      assertThat(residentBytes()).isGreaterThan(64L << 20);
      all.forEach(MemorySource.Memory::release);
      before = round == 0 ? residentBytes() : before;
    }
    assertThat(residentBytes() - before).isLessThan(8L << 20);
  }

  @Test
  void handBack_somePages_areZeroAndTheRestIsNot() {
    MemorySource.Memory memory = touched(source.allocate(UNIT));
    int page = memory.pageBytes();
    memory.handBack(page, 2 * page);
    assertThat(memory.buffer().get(page - 1)).isZero(); // one byte a page is written
    assertThat(memory.buffer().get(0)).isEqualTo((byte) 1);
    assertThat(memory.buffer().get(page)).isZero();
    assertThat(memory.buffer().get(2 * page)).isZero();
    assertThat(memory.buffer().get(3 * page)).isEqualTo((byte) 1);
    memory.release();
  }

  private static MemorySource.Memory touched(MemorySource.Memory memory) {
    for (int at = 0; at < memory.buffer().capacity(); at += memory.pageBytes()) {
      memory.buffer().put(at, (byte) 1);
    }
    return memory;
  }

  private static long residentBytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
    return Long.parseLong(pages) * LinuxMemory.find().orElseThrow().pageBytes();
  }
}
