package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.Spread;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.TimeLeft;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what the books of each strategy need. */
@Command(
    name = "footprint",
    description =
        "Weighs what each strategy keeps on the heap for a live block and for a free one (with JOL,"
            + " in a JVM of its own), blocks of the sizes that servers use.",
    mixinStandardHelpOptions = true)
public final class FootprintCommand implements Callable<Integer> {

  private static final String ROW = "%-16s %12s %15s %12s %15s%n";

  /** From here on the JVM warns of what JOL does, unless it is told that this is known. */
  private static final int WARNS_OF_UNSAFE = 24;

  @Spec private CommandSpec spec;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the field
  public FootprintCommand() {}

  @Override
  public Integer call() {
    List<Footprint> footprints = Footprint.parse(runProbe());
    boolean isComplete = !Interrupts.happened();
    if (footprints.isEmpty()) {
      throw new CommandFailure(Rounds.INTERRUPTED + ", before there was any result", null);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("JDK  " + System.getProperty("java.runtime.version"));
    if (!isComplete) {
      out.println("INCOMPLETE  " + Rounds.INTERRUPTED);
    }
    out.println();
    out.printf(ROW, "strategy", "B/live block", "min-max", "B/free block", "min-max");
    for (Footprint footprint : footprints) {
      Spread live = footprint.perLiveBlock();
      Spread free = footprint.perFreeBlock();
      out.printf(
          ROW,
          footprint.strategy(),
          decimal(live.median()),
          decimal(live.min()) + " - " + decimal(live.max()),
          decimal(free.median()),
          decimal(free.min()) + " - " + decimal(free.max()));
    }
    List<Integer> blocks = FootprintProbe.BLOCKS;
    out.println();
    out.printf(
        "Heap bytes, median and extremes of %s to %s blocks: arrays grow by doubling, so the"
            + " minimum is full ones.%n",
        Text.count(blocks.get(0)), Text.count(blocks.get(blocks.size() - 1)));
    out.println(
        "Each block carries its share of what its chunk needs, but for the JDK's cleaner. The arena is"
            + " unchecked.");
    out.flush();
    return isComplete ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String decimal(double bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes);
  }

  private void tell(List<String> lines, long elapsedNanos) {
    Optional<Footprint.Sample> sample = Footprint.sample(lines.get(lines.size() - 1));
    if (sample.isPresent()) {
      long done = lines.stream().filter(line -> Footprint.sample(line).isPresent()).count();
      PrintWriter progress = spec.commandLine().getErr();
      progress.printf(
          Locale.ROOT,
          "%d of %d  %-16s %,6d blocks%s%n",
          done,
          FootprintProbe.MEASUREMENTS,
          sample.get().strategy(),
          sample.get().blocks(),
          TimeLeft.afterShare(elapsedNanos, done / (double) FootprintProbe.MEASUREMENTS));
      progress.flush();
    }
  }

  private static List<String> probeCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Djol.magicFieldOffset=true"); // else it cannot weigh records and lambdas
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(FootprintProbe.class.getName());
    return command;
  }

  /** Returns what it has printed; what there is, if a signal has ended it. */
  private List<String> runProbe() {
    Interrupts.stopBy(() -> {}); // the probe is a child, and ends with that
    try {
      Path log = TemporaryFiles.file("lite-alloc-footprint", ".log");
      Process probe = new ProcessBuilder(probeCommand()).redirectError(log.toFile()).start();
      probe.getOutputStream().close();
      List<String> lines = new ArrayList<>();
      long started = System.nanoTime();
      try (var output = probe.inputReader()) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          lines.add(line);
          tell(lines, System.nanoTime() - started);
        }
      }
      int exitCode = probe.waitFor();
      if (exitCode != 0 && !Interrupts.happenedJustNow()) {
        throw new CommandFailure("the probe ended with " + exitCode + "; see " + log, null);
      }
      Files.delete(log);
      return lines;
    } catch (IOException e) {
      throw CommandFailure.of("cannot run the probe", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }
}
