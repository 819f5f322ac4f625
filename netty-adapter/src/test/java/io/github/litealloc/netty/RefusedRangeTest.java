package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a range of addresses would take from a process what it needs for other things, the next
 * source serves, and a line in the log says why. Strict overcommit concerns the whole machine, so
 * no test turns it on: {@code AddressSpaceTest} has it.
 */
final class RefusedRangeTest {

  private static final int FIRST_JDK_WITH_A_RANGE = 22;
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final String NO_RANGE = "reserves no range";
  private static final String LOCKED = "locked everything";

  /** Locks what is mapped and what will be, then goes on with a small application. */
  private static final String LOCKING =
      """
      import static java.lang.foreign.ValueLayout.JAVA_INT;

      import java.lang.foreign.FunctionDescriptor;
      import java.lang.foreign.Linker;
      import java.lang.invoke.MethodHandle;
      import java.lang.reflect.Method;

      public class Locking {
        private static final int CURRENT_AND_FUTURE = 3;

        public static void main(String[] args) throws Throwable {
          Linker linker = Linker.nativeLinker();
          MethodHandle lock =
              linker.downcallHandle(
                  linker.defaultLookup().find("mlockall").orElseThrow(),
                  FunctionDescriptor.of(JAVA_INT, JAVA_INT));
          if ((int) lock.invokeExact(CURRENT_AND_FUTURE) != 0) {
            System.out.println("may lock nothing");
            return;
          }
          System.out.println("%s");
          Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
          main.setAccessible(true);
          main.invoke(null, (Object) new String[] {args[1]});
        }
      }
      """
          .formatted(LOCKED);

  @TempDir private Path folder;

  @BeforeAll
  static void require() {
    assumeThat(File.separatorChar).isEqualTo('/');
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(FIRST_JDK_WITH_A_RANGE);
  }

  @Test
  void start_nothingRefuses_hasARangeAndSaysNothing() throws Exception {
    assertThat(JavaProcess.run(folder, application(List.of())))
        .contains(LeastImageProbe.DONE)
        .doesNotContain(NO_RANGE);
  }

  @Test
  void start_addressSpaceIsLimited_isServedByTheNextSourceAndSaysWhy() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -v 12000000 && exec \"$@\"", "sh");
    assertThat(JavaProcess.run(folder, application(limited)))
        .contains(LeastImageProbe.DONE)
        .containsOnlyOnce(NO_RANGE)
        .contains("(ulimit -v)");
  }

  @Test
  void start_memoryIsLocked_isServedByTheNextSourceAndSaysWhy() throws Exception {
    Path source = folder.resolve("Locking.java");
    Files.writeString(source, LOCKING);
    List<String> command = new ArrayList<>(java());
    command.addAll(
        List.of(source.toString(), LeastImageProbe.class.getName(), LeastImageProbe.SAYS_NOTHING));
    String printed = JavaProcess.run(folder, command);
    assumeThat(printed).contains(LOCKED); // only with the right to
    assertThat(printed)
        .contains(LeastImageProbe.DONE)
        .containsOnlyOnce(NO_RANGE)
        .contains("memory is locked");
  }

  private static List<String> application(List<String> before) {
    List<String> command = new ArrayList<>(before);
    command.addAll(java());
    command.addAll(List.of(LeastImageProbe.class.getName(), LeastImageProbe.SAYS_NOTHING));
    return command;
  }

  private static List<String> java() {
    return List.of(
        JavaProcess.tool("java").toString(),
        "-Xmx64m",
        NATIVE_ACCESS,
        "-cp",
        System.getProperty("java.class.path"));
  }
}
