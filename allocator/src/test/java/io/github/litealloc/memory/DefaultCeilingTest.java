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
  void bytes_largeMachine_isWhatTheJvmAllows() {
    assertThat(ceiling(1_000, 16_000, 1_000).bytes()).isEqualTo(1_000 * MIB);
  }

  @Test
  void bytes_smallContainer_isThreeQuartersOfWhatTheHeapLeaves() {
    assertThat(ceiling(1_000, 1_400, 1_000).bytes()).isEqualTo(300 * MIB);
    assertThat(ceiling(750, 2_000, 1_000).bytes()).isEqualTo(750 * MIB);
    assertThat(ceiling(751, 2_000, 1_000).bytes()).isEqualTo(750 * MIB);
  }

  @Test
  void bytes_nothingLeft_isTheLeastThatIsOfUse() {
    assertThat(ceiling(1_000, 1_000, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 500, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1, 8_000, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
  }

  @Test
  void explanation_namesAllThatDecides() {
    assertThat(ceiling(1_000, 1_400, 1_000).explanation())
        .isEqualTo(
            "lite-alloc may use 300 MiB off-heap: the smaller of 1000 MiB for direct buffers"
                + " (a test) and 3/4 of what 1400 MiB of memory (a fake) leave besides a heap of 1000 MiB."
                + " Set maxBytes to choose");
  }

  @Test
  void bytes_unlimitedOrAbsurdNumbers_staysWithinReason() {
    assertThat(ceiling(1_000, Long.MAX_VALUE / MIB, 1_000).bytes()).isEqualTo(1_000 * MIB);
    assertThat(ceiling(Long.MAX_VALUE / MIB, 2_000, 1_000).bytes()).isEqualTo(750 * MIB);
    assertThat(ceiling(64, 32, 64).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 4_000, Long.MAX_VALUE / MIB).bytes())
        .isEqualTo(DefaultCeiling.MIN_BYTES);
    assertThat(ceiling(1_000, 0, 1_000).bytes()).isEqualTo(DefaultCeiling.MIN_BYTES);
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
    assertThat(found.bytes()).isGreaterThanOrEqualTo(DefaultCeiling.MIN_BYTES);
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
