package io.github.litealloc.benchmarks.memory;

import io.github.litealloc.SizeClasses;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.jmh.NetworkSizes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how much of its blocks each strategy wastes. */
@Command(
    name = "waste",
    description =
        "Tells which part of its blocks each strategy wastes by rounding requests up, for each"
            + " range of requests and for the sizes that servers use, and how much an arena"
            + " reserves for what is live.",
    mixinStandardHelpOptions = true)
public final class WasteCommand implements Callable<Integer> {

  private static final int LARGEST = 32 * 1024;

  /** Below, one granule of 16 bytes is a large share of any block. */
  private static final int WORST_FROM = 129;

  /** How many blocks live at a time. */
  private static final List<Integer> LIVE = List.of(64, 1_024, 8_192);

  private static final int DRAWS = 100_000;
  private static final long SIZE_SEED = 29;
  private static final String CLASS_ROW = "%15s %8s %8s %8s%n";

  @Spec private CommandSpec spec;

  @Option(
      names = "--classes",
      description = "Print each size class of segregated-bump and hybrid, too.")
  private boolean classes;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public WasteCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<StrategyFactory> strategies =
        Stream.concat(
                Candidate.STRATEGIES.stream().map(Strategies::named),
                Stream.of(Strategies.segregatedBump("crate-classes", SizeClasses.CRATE)))
            .toList();
    List<Waste> wastes =
        strategies.stream().map(strategy -> Waste.of(strategy, NetworkSizes.LARGEST)).toList();
    if (classes) {
      printClasses(SizeClasses.NETWORK, out);
      out.println();
    }
    print(wastes, out);
    out.println();
    printLive(strategies, out);
    out.flush();
    return ExitCode.OK;
  }

  private static void print(List<Waste> wastes, PrintWriter out) {
    out.printf("%-16s", "requests");
    wastes.forEach(waste -> out.printf("%18s", waste.name()));
    out.println();
    for (int to = 16; to <= LARGEST; to *= 2) {
      int from = to == 16 ? 1 : to / 2 + 1;
      printShares(Text.count(from) + " - " + Text.count(to), wastes, from, to, out);
    }
    out.println();
    printShares("1 - " + Text.count(LARGEST), wastes, 1, LARGEST, out);
    int[] network = NetworkSizes.sequence(DRAWS, SIZE_SEED);
    out.printf("%-16s", "as servers ask");
    wastes.forEach(waste -> out.printf("%18s", percent(waste.averageShare(network))));
    out.println();
    out.printf("%-16s", "worst");
    for (Waste waste : wastes) {
      int worst = waste.worst(WORST_FROM, LARGEST);
      out.printf("%18s", percent(waste.share(worst)) + " at " + Text.count(worst));
    }
    out.println();
    out.println();
    out.printf(
        "Share of the blocks' bytes that nobody asked for, each request of a range once; worst: of"
            + " one request of %d bytes or more.%n",
        WORST_FROM);
    out.println("crate-classes: segregated-bump with the crate's 16, 32, 64 and 128 bytes.");
  }

  private static void printLive(List<StrategyFactory> strategies, PrintWriter out) {
    out.printf("%-16s", "live");
    strategies.forEach(strategy -> out.printf("%18s", strategy.name()));
    out.println();
    for (int live : LIVE) {
      out.printf("%-16s", Text.count(live));
      for (StrategyFactory strategy : strategies) {
        double ratio = LiveWaste.reservedPerRequested(strategy, live);
        out.printf("%18s", String.format(Locale.ROOT, "%.2f", ratio));
      }
      out.println();
    }
    out.println();
    out.println(
        "Bytes that an arena has reserved for each that was requested, on average, while blocks of"
            + " sizes as servers ask take each other's place at random.");
  }

  private static void printShares(
      String range, List<Waste> wastes, int from, int to, PrintWriter out) {
    out.printf("%-16s", range);
    wastes.forEach(waste -> out.printf("%18s", percent(waste.averageShare(from, to))));
    out.println();
  }

  private static void printClasses(SizeClasses sizeClasses, PrintWriter out) {
    Waste waste = new Waste("classes", each -> sizeClasses.bytes(sizeClasses.classOf(each)));
    out.printf(CLASS_ROW, "requests", "block", "average", "worst");
    int from = 1;
    for (int each = 0; each < sizeClasses.count(); each++) {
      int to = sizeClasses.bytes(each);
      out.printf(
          CLASS_ROW,
          Text.count(from) + " - " + Text.count(to),
          Text.count(to),
          percent(waste.averageShare(from, to)),
          percent(waste.share(from)));
      from = to + 1;
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
