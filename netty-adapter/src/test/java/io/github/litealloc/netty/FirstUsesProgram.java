package io.github.litealloc.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has everything of ours that an operation uses for the first time fail, one after the other, each
 * with a fresh copy of the library. Prints what was wrong afterwards, and at the end how many
 * trials there were.
 */
final class FirstUsesProgram {

  static final String NOTHING_FAILS = "litealloc.test.firstUses.nothingFails";
  static final String BEGIN = "=== the operation begins";
  static final String END = "=== the operation has ended";

  /** Of those that fail, one in so many does. */
  private static final int STEP = Integer.getInteger("litealloc.test.firstUses.step", 1);

  private FirstUsesProgram() {}

  private record Outcome(Set<String> used, @Nullable Throwable end, String faults) {}

  private static Outcome attempt(String operation, boolean isOnLoop, @Nullable String failing)
      throws Exception {
    FirstUses.Trial trial =
        (FirstUses.Trial)
            new FirstUses.Loader()
                .loadClass(FirstUsesCase.class.getName())
                .getConstructor(String.class, boolean.class)
                .newInstance(operation, isOnLoop);
    trial.prepare();
    Throwable end = null;
    FirstUses.begin(failing);
    if (failing == null) {
      System.out.println(BEGIN);
    }
    try {
      trial.operate();
    } catch (Throwable e) {
      end = e;
    }
    if (failing == null) {
      System.out.println(END);
    }
    Set<String> used = FirstUses.end();
    String faults;
    try {
      faults = trial.faults();
    } catch (Throwable e) {
      faults = " " + e;
    }
    return new Outcome(used, end, faults);
  }

  public static void main(String[] arguments) throws Exception {
    String wanted = System.getProperty("litealloc.test.firstUses.operations", ".*");
    int uses = 0;
    int trials = 0;
    List<String> faults = new ArrayList<>();
    for (String operation : FirstUsesCase.operations()) {
      for (boolean isOnLoop : new boolean[] {true, false}) {
        if (!operation.matches(wanted)) {
          continue;
        }
        String where = operation + (isOnLoop ? ", on a loop" : "");
        Outcome whole = attempt(operation, isOnLoop, null);
        if (!whole.faults().isEmpty() || whole.end() != null) {
          faults.add(where + ":" + whole.faults() + (whole.end() == null ? "" : " " + whole.end()));
        }
        for (String use : whole.used()) {
          if (uses++ % STEP != 0 || Boolean.getBoolean(NOTHING_FAILS)) {
            continue;
          }
          trials++;
          Outcome cut = attempt(operation, isOnLoop, use);
          if (!cut.faults().isEmpty()) {
            faults.add(where + ", " + use + ":" + cut.faults());
          }
        }
      }
    }
    faults.forEach(System.out::println);
    System.out.println("trials: " + trials + ", faults: " + faults.size());
    System.exit(faults.isEmpty() ? 0 : 1);
  }
}
