package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.ByteSizeConverter;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.MaxDirectOption;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.SecondsConverter;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.baseline.BaselineFile;
import io.github.litealloc.benchmarks.baseline.ChangeTable;
import io.github.litealloc.benchmarks.demo.load.LoadShape;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options of {@code compare --e2e}, and what it does. */
public final class EndToEndOptions {

  private static final int MAX_FORKS = 50;
  private static final int MAX_SECONDS = 60 * 60;
  private static final int MAX_CONNECTIONS = 10_000;
  private static final int MAX_LOOPS = 256;
  private static final long MAX_BODY_BYTES = 4 << 20;
  private static final long MIN_BUDGET_BYTES = 1 << 20;

  private static final int FORKS = 3;
  private static final int SECONDS = 3;
  private static final int WARM_UP_SECONDS = 2;
  private static final int QUICK_FORKS = 3;
  private static final int QUICK_SECONDS = 1;
  private static final int QUICK_WARM_UP_SECONDS = 1;

  private static final Duration NO_LIMIT = Duration.ofDays(365);

  /** Options of compare that are for this, too. */
  private static final Set<String> SHARED =
      Set.of(
          "--strategies",
          "--forks",
          "--warm-up",
          "--loops",
          MaxDirectOption.NAME,
          "--java",
          "--leak-detection",
          "--markdown",
          "--json",
          "--baseline",
          "--margin",
          "--quick");

  private static final int MAX_MARGIN = 1_000;

  private static final List<Candidate> PEERS =
      List.of(Candidate.peer(AllocatorKind.POOLED), Candidate.peer(AllocatorKind.ADAPTIVE));

  @Option(
      names = "--e2e",
      required = true,
      description =
          "Measure the demo's servers under load, one process for each allocator, in turn: hybrid (or"
              + " --strategies), pooled and adaptive. Takes --quick, --forks, --warm-up, --loops,"
              + " --max-direct, --java, --leak-detection (default: simple), --markdown, --json, --baseline and"
              + " --margin, and what follows.")
  @SuppressWarnings("UnusedVariable") // that it is given makes picocli make all of these
  private boolean isAsked;

  @Option(
      names = "--protocols",
      paramLabel = "NAMES",
      split = ",",
      description = "http1, http2 (default: both).")
  private @Nullable List<String> protocols;

  @Option(
      names = "--loads",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Who sends requests: built-in; wrk, for http1; h2load, for http2 (default: all that are"
              + " installed; with --quick one for each protocol).")
  private @Nullable List<String> loads;

  @Option(
      names = "--traffic",
      paramLabel = "NAMES",
      split = ",",
      description =
          "steady; bursts, a third of the time, and silence; slow-readers, one connection in four,"
              + " of 1 MiB and more (default: steady). The last two are for built-in.")
  private @Nullable List<String> traffic;

  @Option(names = "--tls", description = "Encrypt everything, by the JDK's engine.")
  private boolean isEncrypted;

  @Option(
      names = "--budget",
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "Ceiling of the direct memory of each server, as in 32m: our budget, and the JVM's limit"
              + " for everybody. Failed requests are a result, then; with --max-direct, which is the same"
              + " ceiling, they are a failure (default: 1g).")
  private @Nullable Long budget;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = SecondsConverter.class,
      description = "Load that counts, for each server, as in 10s (default: 3s; with --quick: 1s).")
  private @Nullable Integer duration;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Connections of the load (default: 16).")
  private int connections = 16;

  @Option(
      names = "--body-size",
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "Size of bodies; around which they are, with built-in; at most 4m (default: 1k).")
  private Long bodySize = 1_024L;

  /** Where programs are; another one in tests. */
  private final String searchPath = Optional.ofNullable(System.getenv("PATH")).orElse("");

  /** Under what a server is measured, whatever it runs on. */
  private record Load(Protocol protocol, LoadTool tool, LoadShape shape) {}

  /** Made by picocli. */
  public EndToEndOptions() {}

  /**
   * What compare's own options say.
   *
   * @param strategies of ours, if any were named
   * @param forks servers for each figure, if said
   * @param warmUpSeconds before anything counts, if said
   * @param loops event loops of each server, and of the built-in load, if said; one number
   * @param maxDirectBytes the ceiling of direct memory of each server, if said
   * @param isQuick whether to end within a minute, about
   * @param javas JDKs of the servers, if any were named
   * @param leakDetection levels in the servers, if any were named
   * @param isMarkdown whether to print Markdown
   * @param json where to write the results, if anywhere
   * @param baseline what to compare with, if anything
   * @param margin how many per cent worse is allowed
   */
  public record Shared(
      @Nullable List<String> strategies,
      @Nullable Integer forks,
      @Nullable Integer warmUpSeconds,
      List<Integer> loops,
      OptionalLong maxDirectBytes,
      boolean isQuick,
      @Nullable List<Path> javas,
      @Nullable List<LeakDetection> leakDetection,
      boolean isMarkdown,
      @Nullable Path json,
      @Nullable Path baseline,
      int margin) {}

  /**
   * Measures, prints and writes.
   *
   * @param spec the command
   * @param shared what its own options say
   * @param limit how long it may take, if nothing was said that takes longer
   * @return the exit code
   */
  public int run(CommandSpec spec, Shared shared, Duration limit) {
    PrintWriter progress = spec.commandLine().getErr();
    Options check = new Options(spec);
    EndToEndPlan plan = checkedPlan(check, given(spec), shared, progress);
    Optional<EndToEndBaseline> before = checkedBaseline(check, shared.baseline(), plan, progress);
    boolean isLimited =
        shared.forks() == null
            && duration == null
            && shared.warmUpSeconds() == null
            && traffic == null
            && shared.strategies() == null
            && shared.javas() == null
            && shared.leakDetection() == null;
    progress.printf(
        "%s x %s x %s: about %s%s%n",
        Text.count(plan.settings().size(), "setting"),
        Text.count(plan.candidates().size(), "allocator"),
        Text.count(plan.rounds(), "fork"),
        Text.count(plan.estimate().toSeconds(), "second"),
        isLimited ? ", as far as " + Text.count(limit.toSeconds(), "second") + " allow" : "");
    progress.flush();
    EndToEnd results = new ServerRuns(plan, List.of()).run(isLimited ? limit : NO_LIMIT, progress);
    boolean isWorse = print(results, before, shared, spec.commandLine().getOut());
    // Last: if it fails, all of it has been said.
    if (shared.json() != null) {
      JsonFile.write(shared.json(), generator -> EndToEndJson.write(results, generator));
    }
    boolean isFailed = budget == null && results.hasFailures();
    return results.problem().isEmpty() && !isFailed && !isWorse ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static boolean print(
      EndToEnd results, Optional<EndToEndBaseline> before, Shared shared, PrintWriter out) {
    if (shared.isMarkdown()) {
      EndToEndMarkdown.print(results, out);
    } else {
      EndToEndText.print(results, out);
    }
    if (before.isEmpty()) {
      return false;
    }
    ChangeTable changes = before.get().changes(results, shared.margin() / 100.0);
    changes.print(
        before.get().file().name(), EndToEndBaseline.EXPLANATION, shared.isMarkdown(), out);
    return changes.isAnythingWorse();
  }

  /** Reads it now: it may be the file that is written at the end. */
  private static Optional<EndToEndBaseline> checkedBaseline(
      Options check, @Nullable Path file, EndToEndPlan plan, PrintWriter progress) {
    if (file == null) {
      return Optional.empty();
    }
    EndToEndBaseline baseline = BaselineFile.checked(check, () -> EndToEndBaseline.read(file));
    List<String> others = baseline.otherOptions(plan);
    if (!others.isEmpty()) {
      throw check.refused(
          "--baseline",
          file + ", measured with other options than these",
          String.join(" ", others) + ", as then; or measure it anew");
    }
    BaselineFile.requireAny(
        check,
        file,
        baseline.missing(plan).stream().map(run -> run.candidate() + ", " + run.setting()).toList(),
        plan.settings().size() * plan.ours().size(),
        progress);
    return Optional.of(baseline);
  }

  /** Returns the names of all options that were given. */
  private static List<String> given(CommandSpec spec) {
    return spec.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .toList();
  }

  private EndToEndPlan checkedPlan(
      Options check, List<String> given, Shared shared, PrintWriter progress) {
    for (String option : given) {
      boolean isOwn =
          Stream.of(EndToEndOptions.class.getDeclaredFields())
              .map(field -> field.getAnnotation(Option.class))
              .anyMatch(own -> own != null && List.of(own.names()).contains(option));
      if (!isOwn && !SHARED.contains(option)) {
        throw check.refused(
            option,
            "together with --e2e",
            "without it; --e2e takes its own options, and "
                + String.join(", ", new TreeSet<>(SHARED)));
      }
    }
    boolean isQuick = shared.isQuick();
    check.writable("--json", shared.json());
    check.range("--margin", shared.margin(), 0, MAX_MARGIN);
    int forks = or(shared.forks(), isQuick ? QUICK_FORKS : FORKS);
    int seconds = or(duration, isQuick ? QUICK_SECONDS : SECONDS);
    int warmUp = or(shared.warmUpSeconds(), isQuick ? QUICK_WARM_UP_SECONDS : WARM_UP_SECONDS);
    check.range("--forks", forks, 1, MAX_FORKS);
    check.range("--duration", seconds, 1, MAX_SECONDS);
    check.range("--warm-up", warmUp, 0, MAX_SECONDS);
    check.range("--connections", connections, 1, MAX_CONNECTIONS);
    int loops = loops(check, shared.loops());
    check.range("--body-size", bodySize, 0, MAX_BODY_BYTES);
    OptionalLong ceiling = shared.maxDirectBytes();
    if (budget != null) {
      check.range("--budget", budget, MIN_BUDGET_BYTES, Long.MAX_VALUE);
      if (ceiling.isPresent()) {
        throw check.refused(
            MaxDirectOption.NAME,
            "together with --budget",
            "one of them: both are the ceiling of direct memory, and with --budget failed requests are"
                + " a result");
      }
      ceiling = OptionalLong.of(budget);
    }
    List<String> ours =
        shared.strategies() != null ? shared.strategies() : Candidate.STRATEGIES.subList(0, 1);
    check.names("--strategies", ours, Candidate.STRATEGIES);
    Map<LoadTool, Path> programs = new EnumMap<>(LoadTool.class);
    List<Load> loadsOfEach = loads(check, isQuick, programs, progress);
    List<LeakDetection> levels =
        shared.leakDetection() != null
            ? shared.leakDetection().stream().distinct().toList()
            : List.of(LeakDetection.SIMPLE);
    List<EndToEndPlan.Setting> settings = new ArrayList<>();
    for (Jdk jdk : check.jdks("--java", shared.javas())) {
      for (LeakDetection level : levels) {
        loadsOfEach.forEach(
            load ->
                settings.add(
                    new EndToEndPlan.Setting(
                        load.protocol(), load.tool(), load.shape(), jdk, level)));
      }
    }
    return new EndToEndPlan(
        settings,
        Stream.concat(ours.stream().distinct().map(Candidate::lite), PEERS.stream()).toList(),
        forks,
        warmUp,
        seconds,
        connections,
        loops,
        bodySize.intValue(),
        isEncrypted,
        ceiling,
        programs);
  }

  private static int loops(Options check, List<Integer> given) {
    if (given.size() > 1) {
      throw check.refused("--loops", given.toString(), "one number with --e2e");
    }
    int loops = given.isEmpty() ? Runtime.getRuntime().availableProcessors() : given.get(0);
    check.range("--loops", loops, 1, MAX_LOOPS);
    return loops;
  }

  private static int or(@Nullable Integer given, int otherwise) {
    return given == null ? otherwise : given;
  }

  private List<Load> loads(
      Options check, boolean isQuick, Map<LoadTool, Path> programs, PrintWriter progress) {
    List<Protocol> spoken =
        named(check, "--protocols", protocols, Protocol.values(), List.of(Protocol.values()));
    List<LoadShape> shapes =
        named(check, "--traffic", traffic, LoadShape.values(), List.of(LoadShape.STEADY));
    List<LoadTool> tools =
        named(check, "--loads", loads, LoadTool.values(), List.of(LoadTool.values()));
    if (shapes.contains(LoadShape.SLOW_READERS)) {
      check.range("--connections", connections, 4, MAX_CONNECTIONS);
    }
    for (LoadTool tool : tools) {
      if (tool.isBuiltIn() || spoken.stream().noneMatch(tool::speaks)) {
        continue;
      }
      Optional<Path> program = tool.find(searchPath);
      if (program.isPresent()) {
        programs.put(tool, program.get());
      } else if (loads != null) {
        throw check.refused(
            "--loads", tool + ", which is not on the PATH", "built-in, or " + tool.howToInstall());
      } else {
        progress.println("without " + tool + ", which is not on the PATH: " + tool.howToInstall());
      }
    }
    List<Load> found = new ArrayList<>();
    for (Protocol protocol : spoken) {
      for (LoadShape shape : shapes) {
        List<LoadTool> able =
            tools.stream()
                .filter(tool -> tool.isBuiltIn() || programs.containsKey(tool))
                .filter(tool -> tool.speaks(protocol) && tool.can(shape))
                .toList();
        if (able.isEmpty()) {
          progress.println(
              "without " + id(shape) + " over " + id(protocol) + ": no load can do that");
        } else if (isQuick && loads == null) { // the leaner one, if there is one
          able = able.subList(able.size() - 1, able.size());
        }
        able.forEach(tool -> found.add(new Load(protocol, tool, shape)));
      }
    }
    if (found.isEmpty()) {
      throw check.refused(
          "--loads",
          tools + " for " + spoken + ", " + shapes,
          "built-in; or, steady, wrk for http1 and h2load for http2");
    }
    return found;
  }

  /** Returns the constants of names, each once. */
  private static <E extends Enum<E>> List<E> named(
      Options check, String option, @Nullable List<String> given, E[] all, List<E> otherwise) {
    if (given == null) {
      return otherwise;
    }
    check.names(option, given, Arrays.stream(all).map(EndToEndOptions::id).toList());
    return Arrays.stream(all).filter(each -> given.contains(id(each))).toList();
  }

  private static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
