package io.github.litealloc.memory;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the JVM's management beans tell of its limits. They may be missing (an image without their
 * modules), be of another kind, or refuse to answer: each question answers {@link #UNKNOWN} then,
 * and never throws.
 */
final class JvmLimits {

  static final long UNKNOWN = 0;

  private JvmLimits() {}

  /** The value of {@code -XX:MaxDirectMemorySize}; {@link #UNKNOWN} also if it is not set. */
  static long maxDirectMemorySize() {
    try {
      return Beans.maxDirectMemorySize();
    } catch (RuntimeException | LinkageError e) {
      return UNKNOWN;
    }
  }

  /** The memory of the machine or container, as far as the JDK can see. */
  static long totalMemoryBytes() {
    try {
      return Beans.totalMemoryBytes();
    } catch (RuntimeException | LinkageError e) {
      return UNKNOWN;
    }
  }

  /** Apart, so that the class around it can be loaded where the beans' classes are missing. */
  private static final class Beans {

    static long maxDirectMemorySize() {
      HotSpotDiagnosticMXBean bean =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return bean == null
          ? UNKNOWN
          : Math.max(
              UNKNOWN, Long.parseLong(bean.getVMOption("MaxDirectMemorySize").getValue().strip()));
    }

    static long totalMemoryBytes() {
      OperatingSystemMXBean bean = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      return bean == null ? UNKNOWN : Math.max(UNKNOWN, bean.getTotalMemorySize());
    }
  }
}
