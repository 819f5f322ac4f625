package io.github.litealloc.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether addresses are free of charge in a process, as Linux tells it.
 *
 * @param limits the file with the process's limits
 * @param overcommit the file with the kernel's policy for memory that was promised
 */
record AddressSpace(Path limits, Path overcommit) {

  private static final Pattern LIMIT =
      Pattern.compile("(?m)^Max address space +(\\S+)", Pattern.CASE_INSENSITIVE);
  private static final String UNLIMITED = "unlimited";
  private static final String STRICT = "2";

  static AddressSpace ofProcess() {
    return new AddressSpace(
        Path.of("/proc/self/limits"), Path.of("/proc/sys/vm/overcommit_memory"));
  }

  /** {@return why no large range of addresses should be reserved; {@code null} if it may} */
  @Nullable String obstacle(LinuxMemory linux) {
    Matcher limit = LIMIT.matcher(read(limits));
    if (limit.find() && !limit.group(1).toLowerCase(Locale.ROOT).equals(UNLIMITED)) {
      return "the address space is limited to " + limit.group(1) + " bytes (ulimit -v)";
    }
    if (read(overcommit).strip().equals(STRICT)) {
      return "the kernel counts addresses as memory (vm.overcommit_memory=2)";
    }
    return isLocked(linux) ? "the process's memory is locked" : null;
  }

  /** What is mapped in such a process is resident at once: tried with one page. */
  private static boolean isLocked(LinuxMemory linux) {
    int bytes = linux.pageBytes();
    long address = linux.reserve(bytes);
    if (address == 0) {
      return true;
    }
    boolean canGoBack = linux.giveBack(address, bytes);
    linux.unreserve(address, bytes);
    return !canGoBack;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, US_ASCII);
    } catch (IOException | RuntimeException e) {
      return ""; // not told: then it is tried
    }
  }
}
