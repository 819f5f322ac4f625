package io.github.litealloc.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's own command by which the C library gives its free memory back to the system: that of
 * {@code jcmd System.trim_native_heap}, which HotSpot has on Linux with glibc from 17.0.9 on. Its
 * first use loads the management beans. Never throws.
 */
final class TrimCommand implements NativeHeap.Trimmer {

  static final TrimCommand INSTANCE = new TrimCommand();

  private static final long UNKNOWN = -1;
  private static final Path STATUS = Path.of("/proc/self/status");

  private TrimCommand() {}

  private static boolean isThinkable() {
    return System.getProperty("os.name", "").startsWith("Linux") && hasModule("jdk.management");
  }

  private static boolean hasModule(String name) {
    return ModuleLayer.boot().findModule(name).isPresent();
  }

  @Override
  public @Nullable String whyNot() {
    try {
      if (!isThinkable()) {
        return "it takes Linux and the module jdk.management";
      }
      return Beans.hasCommand() ? null : "this JVM has no command for it";
    } catch (RuntimeException | LinkageError e) {
      return "the management beans do not answer: " + e;
    }
  }

  @Override
  public boolean trim() {
    try {
      return Beans.trim();
    } catch (RuntimeException | LinkageError e) {
      return false;
    }
  }

  /** What the system says. It is not asked often. */
  @Override
  public long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException | RuntimeException e) {
      // Not to be known then.
    }
    return UNKNOWN;
  }

  /** Apart, so that the class around it can be loaded where the beans' classes are missing. */
  private static final class Beans {

    private static final String BEAN = "com.sun.management:type=DiagnosticCommand";
    private static final String COMMAND = "systemTrimNativeHeap";
    private static final String NOT_WITH_THIS_C_LIBRARY = "Not available";

    static boolean hasCommand() {
      try {
        for (var operation :
            ManagementFactory.getPlatformMBeanServer()
                .getMBeanInfo(new ObjectName(BEAN))
                .getOperations()) {
          if (operation.getName().equals(COMMAND)) {
            return true;
          }
        }
        return false;
      } catch (JMException e) {
        return false;
      }
    }

    static boolean trim() {
      try {
        Object answer =
            ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName(BEAN), COMMAND, new Object[0], new String[0]);
        return answer instanceof String text && !text.contains(NOT_WITH_THIS_C_LIBRARY);
      } catch (JMException e) {
        return false;
      }
    }
  }
}
