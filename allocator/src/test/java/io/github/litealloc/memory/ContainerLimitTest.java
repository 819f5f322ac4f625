package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder stands in for the root of a Linux system. */
final class ContainerLimitTest {

  private static final long MIB = 1024 * 1024;
  private static final String V1_UNLIMITED = "9223372036854771712";

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void process(String groups, String mounts) throws IOException {
    write("proc/self/cgroup", groups);
    write("proc/self/mountinfo", "22 1 0:20 / / rw,relatime - ext4 /dev/vda rw\n" + mounts);
  }

  private void v2(String group, String rootGroup) throws IOException {
    process(
        "0::" + group + "\n",
        "30 23 0:26 " + rootGroup + " /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
  }

  private void v1(String group, String rootGroup) throws IOException {
    process(
        "11:cpu,cpuacct:" + group + "\n4:memory:" + group + "\n1:name=systemd:" + group + "\n",
        "35 25 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n36 25 0:31 "
            + rootGroup
            + " /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n");
  }

  private long limit() {
    return new ContainerLimit(root).bytes();
  }

  @Test
  void v2_ownGroupHasALimit_isThat() throws Exception {
    v2("/app", "/");
    write("sys/fs/cgroup/app/memory.max", 256 * MIB + "\n");
    assertThat(limit()).isEqualTo(256 * MIB);
  }

  @Test
  void v2_aGroupAroundHasTheLeastLimit_isThat() throws Exception {
    v2("/system.slice/app/worker", "/");
    write("sys/fs/cgroup/system.slice/app/worker/memory.max", "max\n");
    write("sys/fs/cgroup/system.slice/app/memory.max", 512 * MIB + "\n");
    write("sys/fs/cgroup/system.slice/memory.max", 300 * MIB + "\n");
    assertThat(limit()).isEqualTo(300 * MIB);
    write("sys/fs/cgroup/system.slice/app/worker/memory.max", 200 * MIB + "\n");
    assertThat(limit()).isEqualTo(200 * MIB);
  }

  @Test
  void v2_containerThatSeesItsOwnGroupOnly_isThatOfTheFolder() throws Exception {
    write("sys/fs/cgroup/memory.max", 256 * MIB + "\n");
    v2("/", "/"); // a namespace of its own
    assertThat(limit()).isEqualTo(256 * MIB);
    v2("/docker/abc", "/docker/abc"); // the host's
    assertThat(limit()).isEqualTo(256 * MIB);
    v2("/docker/abc", "/docker/other");
    assertThat(limit()).isEqualTo(256 * MIB);
    v2("/../../docker/abc", "/"); // moved there from outside
    assertThat(limit()).isEqualTo(256 * MIB);
    v2("/docker/abc/child", "/docker/abc");
    write("sys/fs/cgroup/child/memory.max", 128 * MIB + "\n");
    assertThat(limit()).isEqualTo(128 * MIB);
  }

  @Test
  void v2_noLimit_isNone() throws Exception {
    v2("/app", "/");
    write("sys/fs/cgroup/app/memory.max", "max\n");
    assertThat(limit()).isEqualTo(ContainerLimit.NONE);
  }

  @Test
  void v1_ownGroupHasALimit_isThat() throws Exception {
    v1("/app", "/");
    write("sys/fs/cgroup/memory/app/memory.limit_in_bytes", 256 * MIB + "\n");
    write("sys/fs/cgroup/cpu/app/memory.limit_in_bytes", "1\n"); // not where the limit is
    assertThat(limit()).isEqualTo(256 * MIB);
  }

  @Test
  void v1_aGroupAroundHasTheLimit_isThat() throws Exception {
    v1("/slice/app", "/");
    write("sys/fs/cgroup/memory/slice/app/memory.limit_in_bytes", V1_UNLIMITED + "\n");
    write(
        "sys/fs/cgroup/memory/slice/app/memory.stat",
        "cache 0\nhierarchical_memory_limit " + 256 * MIB + "\ntotal_cache 0\n");
    assertThat(limit()).isEqualTo(256 * MIB);
  }

  @Test
  void v1_containerThatSeesItsOwnGroupOnly_isThatOfTheFolder() throws Exception {
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 256 * MIB + "\n");
    v1("/docker/abc", "/docker/abc");
    assertThat(limit()).isEqualTo(256 * MIB);
    v1("/docker/abc", "/");
    assertThat(limit()).isEqualTo(256 * MIB);
  }

  @Test
  void v1_besideAV2WithoutMemory_isThatOfV1() throws Exception {
    process(
        "4:memory:/app\n0::/app\n",
        "36 25 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            + "37 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    write("sys/fs/cgroup/memory/app/memory.limit_in_bytes", 256 * MIB + "\n");
    write("sys/fs/cgroup/unified/app/cgroup.procs", "1\n");
    assertThat(limit()).isEqualTo(256 * MIB);
  }

  @Test
  void bytes_nothingToBeRead_isNone() {
    assertThat(limit()).isEqualTo(ContainerLimit.NONE);
  }

  @Test
  void bytes_absurdFiles_isNone() throws Exception {
    process(
        "nothing\n\n0::\n0::/\u0000\n4:memory:\n", " - \n- - -\n1 2 3 4 5\n1 2 3 / - cgroup2\n");
    assertThat(limit()).isEqualTo(ContainerLimit.NONE);
    v2("/app", "/");
    for (String text : new String[] {"", "\n", "-1\n", "much\n", "99999999999999999999\n"}) {
      write("sys/fs/cgroup/app/memory.max", text);
      assertThat(limit()).isEqualTo(ContainerLimit.NONE);
    }
    v2("", "/");
    assertThat(limit()).isEqualTo(ContainerLimit.NONE);
  }
}
