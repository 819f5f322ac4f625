package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DefaultCeilingTest {

  private static final long MIB = 1024 * 1024;

  private static DefaultCeiling ceiling(long direct, long system, long heap) {
    return new DefaultCeiling(direct * MIB, "a test", system * MIB, "a fake", heap * MIB);
  }

  @Test
  void bytes_largeMachine_isThreeQuartersOfWhatTheJvmAllows() {
    assertThat(ceiling(1_000, 16_000, 1_000).bytes()).isEqualTo(750 * MIB);
  }

  @Test
  void bytes_smallContainer_isThreeQuartersOfWhatTheHeapLeaves() {
    assertThat(ceiling(1_000, 1_400, 1_000).bytes()).isEqualTo(300 * MIB);
    assertThat(ceiling(996, 2_000, 1_000).bytes()).isEqualTo(747 * MIB);
    assertThat(ceiling(1_004, 2_000, 1_000).bytes()).isEqualTo(750 * MIB);
  }

  @Test
  void bytes_nothingLeft_isTheLeastThatIsOfUse() {
    assertThat(ceiling(1_000, 1_000, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 500, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
  }

  @Test
  void bytes_littleDirectMemory_isNeverMoreThanItsLimit() {
    assertThat(ceiling(1, 8_000, 1_000).bytes()).isEqualTo(3 * MIB / 4);
    assertThat(ceiling(16, 8_000, 1_000).bytes()).isEqualTo(12 * MIB);
    assertThat(ceiling(16, 500, 1_000).bytes()).isEqualTo(12 * MIB);
    assertThat(ceiling(0, 8_000, 1_000).bytes()).isEqualTo(ChunkStore.CHUNK_UNIT_BYTES);
  }

  @Test
  void explanation_namesAllThatDecides() {
    assertThat(ceiling(1_000, 1_400, 1_000).explanation())
        .isEqualTo(
            "lite-alloc may use 300 MiB off-heap: 3/4 of the smaller of 1000 MiB for direct buffers"
                + " (a test) and 400 MiB besides the heap (1400 MiB of memory: a fake; a heap of"
                + " 1000 MiB). Set maxBytes to choose");
    assertThat(ceiling(1_000, 500, 1_000).explanation())
        .startsWith("lite-alloc may use 16 MiB off-heap, the least that is of use: 3/4 of");
  }

  @Test
  void bytes_unlimitedOrAbsurdNumbers_staysWithinReason() {
    long unlimited = Long.MAX_VALUE / MIB;
    assertThat(ceiling(1_000, unlimited, 1_000).bytes()).isEqualTo(750 * MIB);
    assertThat(ceiling(unlimited, 2_000, 1_000).bytes()).isEqualTo(750 * MIB);
    assertThat(ceiling(64, 32, 64).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 4_000, unlimited).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 0, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
  }

  @Test
  void find_jvmThatTellsNothing_goesByHeapAndWhatLinuxTells(@TempDir Path root) throws Exception {
    long heap = Runtime.getRuntime().maxMemory();
    DefaultCeiling silent =
        DefaultCeiling.find(root, JvmLimits.UNKNOWN, JvmLimits.UNKNOWN, JvmLimits.UNKNOWN);
    assertThat(silent.directBytes()).isEqualTo(heap);
    assertThat(silent.systemBytes()).isEqualTo(DefaultCeiling.UNKNOWN);
    assertThat(silent.bytes()).isEqualTo(heap / 4 * 3);
    assertThat(silent.explanation()).contains("which cannot be told");

    Files.createDirectories(root.resolve("proc"));
    Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 16384000 kB\n");
    DefaultCeiling linux =
        DefaultCeiling.find(root, JvmLimits.UNKNOWN, JvmLimits.UNKNOWN, JvmLimits.UNKNOWN);
    assertThat(linux.systemBytes()).isEqualTo(16_384_000L * 1024);
  }

  /** Netty counts our chunks, too: beyond its limit it would refuse what our budget allows. */
  @Test
  void find_limitOfNettys_isTheLimitIfItIsTheSmaller(@TempDir Path root) {
    DefaultCeiling netty = DefaultCeiling.find(root, 64 * MIB, 8_000 * MIB, 16 * MIB);
    assertThat(netty.directBytes()).isEqualTo(16 * MIB);
    assertThat(netty.directOrigin()).isEqualTo("-Dio.netty.maxDirectMemory");
    assertThat(netty.bytes()).isEqualTo(12 * MIB);

    assertThat(DefaultCeiling.find(root, 8 * MIB, 8_000 * MIB, 16 * MIB).directBytes())
        .isEqualTo(8 * MIB);
    assertThat(DefaultCeiling.find(root, 8 * MIB, 8_000 * MIB, -1).directBytes())
        .isEqualTo(8 * MIB);
  }

  @Test
  void systemOrigin_lessThanTheMachineHas_isTheContainersLimit(@TempDir Path directory)
      throws Exception {
    Path meminfo = directory.resolve("meminfo");
    Files.writeString(meminfo, "MemTotal:       16384000 kB\nMemFree:         1000 kB\n");
    assertThat(DefaultCeiling.systemOrigin(512 * MIB, meminfo))
        .isEqualTo("the container's limit, on a machine with 16000 MiB");
    assertThat(DefaultCeiling.systemOrigin(16_384_000L * 1024, meminfo))
        .isEqualTo("the machine, no container limit");
  }

  @Test
  void systemOrigin_notToBeRead_saysSo(@TempDir Path directory) throws Exception {
    Path meminfo = directory.resolve("meminfo");
    String unknown = "the machine or the container's limit";
    assertThat(DefaultCeiling.systemOrigin(1, meminfo)).isEqualTo(unknown);
    Files.writeString(meminfo, "MemTotal: plenty\n");
    assertThat(DefaultCeiling.systemOrigin(1, meminfo)).isEqualTo(unknown);
    assertThat(DefaultCeiling.systemOrigin(1, directory)).isEqualTo(unknown);
  }

  @Test
  void find_thisProcess_knowsItsLimits() {
    DefaultCeiling found = DefaultCeiling.find();
    assertThat(found.heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
    assertThat(found.systemBytes()).isGreaterThan(0);
    assertThat(found.directBytes()).isGreaterThan(0);
    assertThat(found.bytes()).isPositive();
    assertThat(found.explanation()).contains(found.directOrigin());
  }

  @Test
  void find_limitThatTheJdkDoesNotTell_isTheContainersLimit(@TempDir Path root) throws Exception {
    Path group = Files.createDirectories(root.resolve("sys/fs/cgroup/slice"));
    Path process = Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(group.resolve("memory.max"), 64 * MIB + "\n");
    Files.writeString(process.resolve("cgroup"), "0::/slice/app\n");
    Files.writeString(
        process.resolve("mountinfo"), "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    Files.writeString(root.resolve("proc/meminfo"), "MemTotal: 16384000 kB\n");

    DefaultCeiling found = DefaultCeiling.find(root);
    assertThat(found.systemBytes()).isEqualTo(64 * MIB);
    assertThat(found.systemOrigin())
        .isEqualTo("the container's limit, on a machine with 16000 MiB");
    assertThat(found.bytes()).isLessThanOrEqualTo(48 * MIB);
  }
}
