package io.github.litealloc.netty;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to have direct memory, and {@link ResidentSetProbe} in a JVM that has it so.
 *
 * @param name what tables call it
 * @param isFreed whether what is given back is freed then, and not by the collector only
 * @param options of the JVM
 */
record ResidentSetMode(String name, boolean isFreed, List<String> options) {

  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final Pattern GROWN = Pattern.compile("grown by (-?\\d+) MiB");
  private static final Pattern RESERVED = Pattern.compile("reserved (\\d+) MiB");
  private static final Pattern LIVE = Pattern.compile("live (\\d+) KiB");
  private static final Pattern REFUSED =
      Pattern.compile("refused (\\d+) of (\\d+), by the collector (\\d+), in the last half (\\d+)");

  /** What a run has shown, in MiB and numbers of requests; what lives on, in KiB. */
  record Shown(
      int grown,
      int reserved,
      int liveKib,
      long refused,
      long byCollector,
      long refusedLate,
      String printed) {}

  /** Whether free pages of a chunk go back while others of it are in use. */
  boolean isByPage() {
    return options.contains(NATIVE_ACCESS);
  }

  /** All that a JDK of that version has. */
  static List<ResidentSetMode> of(int feature) {
    List<ResidentSetMode> modes = new ArrayList<>();
    if (feature < 22) {
      modes.add(new ResidentSetMode("Unsafe", true, List.of("-Dio.netty.noUnsafe=false")));
      modes.add(new ResidentSetMode("noUnsafe", false, List.of("-Dio.netty.noUnsafe=true")));
      return modes;
    }
    modes.add(new ResidentSetMode("bare", true, List.of()));
    if (feature >= 24) {
      modes.add(new ResidentSetMode("native access", true, List.of(NATIVE_ACCESS)));
      modes.add(
          new ResidentSetMode(
              "Unsafe",
              true,
              List.of("--sun-misc-unsafe-memory-access=allow", "-Dio.netty.noUnsafe=false")));
    }
    return modes;
  }

  /** With a heap that is there from the start, so that it cannot be what grows. */
  Shown run(Path folder, Path javaHome, int heapMib, String... load) throws Exception {
    return run(folder, javaHome, heapMib, ResidentSetProbe.class, load);
  }

  /** The same with another program. */
  Shown run(Path folder, Path javaHome, int heapMib, Class<?> probe, String... load)
      throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-Xms" + heapMib + "m",
                "-Xmx" + heapMib + "m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // what the optimising compiler holds comes and goes
                "-XX:MaxDirectMemorySize=1g",
                "-Dlitealloc.test.rounds=" + Integer.getInteger("litealloc.test.rounds", 60)));
    all.addAll(options);
    String printed = JavaProcess.run(folder, javaHome, all, probe, List.of(load));
    Matcher refused = REFUSED.matcher(printed);
    Matcher live = LIVE.matcher(printed);
    boolean isBudget = refused.find();
    return new Shown(
        (int) first(GROWN, printed),
        (int) first(RESERVED, printed),
        live.find() ? Integer.parseInt(live.group(1)) : 0,
        isBudget ? Long.parseLong(refused.group(1)) : 0,
        isBudget ? Long.parseLong(refused.group(3)) : 0,
        isBudget ? Long.parseLong(refused.group(4)) : 0,
        printed);
  }

  private static long first(Pattern pattern, String printed) {
    Matcher found = pattern.matcher(printed);
    if (!found.find()) {
      throw new AssertionError(pattern + " is not in what was printed: " + printed);
    }
    return Long.parseLong(found.group(1));
  }

  @Override
  public String toString() {
    return name;
  }
}
