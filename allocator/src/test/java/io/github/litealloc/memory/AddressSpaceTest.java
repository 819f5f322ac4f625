package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AddressSpaceTest {

  private static final String HEADER =
      "Limit                     Soft Limit           Hard Limit           Units     \n";

  @TempDir private Path folder;

  private LinuxMemory linux;

  @BeforeEach
  void findCalls() {
    assumeTrue(LinuxMemory.find().isPresent());
    linux = LinuxMemory.find().orElseThrow();
  }

  @Test
  void obstacle_addressesCostNothing_isNone() throws Exception {
    assertThat(space("unlimited", "1").obstacle(linux)).isNull();
    assertThat(space("unlimited", "0").obstacle(linux)).isNull();
  }

  @Test
  void obstacle_nothingIsTold_isNone() {
    assertThat(new AddressSpace(folder.resolve("a"), folder.resolve("b")).obstacle(linux)).isNull();
  }

  @Test
  void obstacle_addressSpaceIsLimited_saysTheLimit() throws Exception {
    assertThat(space("20480000000", "0").obstacle(linux))
        .isEqualTo("the address space is limited to 20480000000 bytes (ulimit -v)");
  }

  @Test
  void obstacle_strictOvercommit_saysSo() throws Exception {
    assertThat(space("unlimited", "2").obstacle(linux)).contains("vm.overcommit_memory=2");
  }

  @Test
  void obstacle_memoryIsLocked_saysSo() throws Exception {
    LinuxMemory locked =
        new LinuxMemory() {
          @Override
          boolean giveBack(long address, long bytes) {
            return false; // EINVAL, as madvise answers for locked pages
          }
        };
    assertThat(space("unlimited", "0").obstacle(locked)).contains("locked");
  }

  @Test
  void obstacle_kernelHasNoPageLeft_isOne() throws Exception {
    LinuxMemory refusing =
        new LinuxMemory() {
          @Override
          long reserve(long bytes) {
            return 0;
          }
        };
    assertThat(space("unlimited", "0").obstacle(refusing)).isNotNull();
  }

  private AddressSpace space(String limit, String overcommit) throws IOException {
    Path limits = folder.resolve("limits");
    Files.writeString(
        limits,
        HEADER
            + "Max file size             unlimited            unlimited            bytes     \n"
            + "Max address space         "
            + limit
            + "          unlimited            bytes     \n");
    Path policy = folder.resolve("overcommit");
    Files.writeString(policy, overcommit + "\n");
    return new AddressSpace(limits, policy);
  }
}
