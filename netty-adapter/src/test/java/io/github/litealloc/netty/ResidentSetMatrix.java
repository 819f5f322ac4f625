package io.github.litealloc.netty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every load of {@link ResidentSetProbe} in every mode of the JDKs whose homes {@code
 * -DresidentSet.java} lists, separated by commas. It writes the table of docs/memory.md, to {@code
 * target/resident-set.md}, and judges nothing. Ten minutes or more; not among the tests, but run by
 *
 * <pre>{@code
 * mvn test -pl allocator,netty-adapter -Dtest=ResidentSetMatrix \
 *     -Dsurefire.failIfNoSpecifiedTests=false -DresidentSet.java=$JAVA_17,$JAVA_25
 * }</pre>
 */
final class ResidentSetMatrix {

  /** Most of the time they wait for silence. */
  private static final int AT_ONCE = 4;

  private static final int SMALL_HEAP_MIB = 64;
  private static final int HEAP_MIB = 192;

  /** What is done, and with which words the table says so. */
  private record Load(String name, int heapMib, String... arguments) {}

  private record Column(String jdk, Path javaHome, ResidentSetMode mode) {}

  private static final List<Load> LOADS =
      List.of(
          new Load("budget 32 MiB", SMALL_HEAP_MIB, "budget", "32", "fixed", "1", "loop"),
          new Load("the same, off the loops", SMALL_HEAP_MIB, "budget", "32", "fixed", "1", "off"),
          new Load("random sizes", SMALL_HEAP_MIB, "budget", "32", "random", "1", "loop"),
          new Load("ten times the demand", SMALL_HEAP_MIB, "budget", "32", "fixed", "10", "loop"),
          new Load("both", SMALL_HEAP_MIB, "budget", "32", "random", "10", "loop"),
          new Load("budget 10 MiB, both", SMALL_HEAP_MIB, "budget", "10", "random", "10", "loop"),
          new Load("burst, `hybrid`", HEAP_MIB, "burst", "128", "mixed", "hybrid", "1"),
          new Load("burst, `free-list`", HEAP_MIB, "burst", "128", "mixed", "free-list", "1"),
          new Load(
              "burst, `segregated-bump`",
              HEAP_MIB,
              "burst",
              "128",
              "mixed",
              "segregated-bump",
              "1"),
          new Load(
              "burst, `bump-free-list`", HEAP_MIB, "burst", "128", "mixed", "bump-free-list", "1"),
          new Load("ten bursts in a row", HEAP_MIB, "burst", "128", "mixed", "hybrid", "10"),
          new Load("burst of 64 B (24 MiB)", HEAP_MIB, "burst", "128", "64", "hybrid", "1"),
          new Load("burst of 1 KiB", HEAP_MIB, "burst", "128", "1024", "hybrid", "1"),
          new Load("burst of 16 KiB", HEAP_MIB, "burst", "128", "16384", "hybrid", "1"),
          new Load("burst of 256 KiB", HEAP_MIB, "burst", "128", "262144", "hybrid", "1"),
          new Load("burst of 4 MiB", HEAP_MIB, "burst", "128", "4194304", "hybrid", "1"),
          new Load("one-offs of 64 MiB", HEAP_MIB, "one-off", "64", "3"),
          new Load(
              "eight bursts, each on new loops", HEAP_MIB, "loops", "64", "mixed", "hybrid", "8"),
          survivors("hybrid"),
          survivors("free-list"),
          survivors("segregated-bump"),
          survivors("bump-free-list"));

  private static Load survivors(String strategy) {
    String name = "burst, 1 % lives on, `" + strategy + "`";
    return new Load(name, HEAP_MIB, "survivors", "128", "mixed", strategy);
  }

  @TempDir private Path folder;

  @Test
  void everyLoad_inEveryMode_isWrittenDown() throws Exception {
    List<Column> columns = new ArrayList<>();
    for (String home :
        System.getProperty("residentSet.java", JavaProcess.HOME.toString()).split(",")) {
      Path javaHome = Path.of(home);
      String version =
          JavaProcess.run(
              folder, List.of(javaHome.resolve("bin").resolve("java").toString(), "--version"));
      String number = version.split("\\s+")[1];
      for (ResidentSetMode mode : ResidentSetMode.of(Runtime.Version.parse(number).feature())) {
        columns.add(new Column(number, javaHome, mode));
      }
    }
    ExecutorService runs = Executors.newFixedThreadPool(AT_ONCE);
    try {
      Files.writeString(Path.of("target", "resident-set.md"), table(columns, runs));
    } finally {
      runs.shutdownNow();
    }
  }

  private String table(List<Column> columns, ExecutorService runs) throws Exception {
    List<List<Future<String>>> cells = new ArrayList<>();
    for (Load load : LOADS) {
      List<Future<String>> row = new ArrayList<>();
      for (Column column : columns) {
        row.add(runs.submit(() -> cell(load, column)));
      }
      cells.add(row);
    }
    StringBuilder table = new StringBuilder("| load |");
    columns.forEach(
        each -> table.append(' ').append(each.jdk).append(' ').append(each.mode).append(" |"));
    table.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
    for (int i = 0; i < LOADS.size(); i++) {
      table.append("| ").append(LOADS.get(i).name()).append(" |");
      for (Future<String> cell : cells.get(i)) {
        table.append(' ').append(cell.get()).append(" |");
      }
      table.append('\n');
    }
    return table.toString();
  }

  /** By how much the process has grown, what is reserved then, and what was refused. */
  private String cell(Load load, Column column) {
    try {
      ResidentSetMode.Shown shown =
          column.mode.run(folder, column.javaHome, load.heapMib(), load.arguments());
      String cell = String.format("%+d", shown.grown());
      boolean isBudget = load.arguments()[0].equals("budget");
      if (!isBudget && shown.reserved() > 0) {
        cell += " (" + shown.reserved() + ")";
      }
      return isBudget && load.arguments()[3].equals("1") && shown.refused() > 0
          ? cell + ", " + shown.refused() + " refused"
          : cell;
    } catch (Exception | AssertionError e) {
      return "failed";
    }
  }
}
