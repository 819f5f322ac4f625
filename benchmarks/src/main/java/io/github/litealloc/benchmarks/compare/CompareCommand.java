package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.LeakDetectionConverter;
import io.github.litealloc.benchmarks.MaxDirectOption;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.PercentConverter;
import io.github.litealloc.benchmarks.SecondsConverter;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.baseline.BaselineFile;
import io.github.litealloc.benchmarks.e2e.EndToEndOptions;
import io.github.litealloc.benchmarks.foreign.AllocatorReference;
import io.github.litealloc.benchmarks.foreign.ClassPath;
import io.github.litealloc.benchmarks.foreign.ProbedAllocator;
import io.github.litealloc.benchmarks.jmh.Times;
import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the comparison. */
@Command(
    name = "compare",
    description = {
      "Measures our strategies and Netty's Pooled, Adaptive and Unpooled allocators side by side on"
          + " an event-loop thread, and prints one table for each JDK and level of leak detection,"
          + " and one that says which targets are met.",
      "",
      "Each figure comes from several JVMs; the candidates take turns, with the same options. The"
          + " exit code is 1 if a run failed or a buffer of ours did not come from an arena; a missed"
          + " target is no failure. Ctrl-C ends it early, with exit code 1 and all that was measured.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class CompareCommand implements Callable<Integer> {

  private static final int MAX_FORKS = 50;
  private static final int MAX_WARM_UP_SECONDS = 60;

  /** Without limits of the user's own, the promise is five minutes and one minute. */
  private static final Duration FULL_LIMIT = Duration.ofSeconds(285);

  private static final Duration QUICK_LIMIT = Duration.ofSeconds(57);
  private static final Duration NO_LIMIT = Duration.ofDays(365);
  private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

  /** Some hundreds of rounds. */
  private static final Times FULL_TIMES = new Times(2, 2, 120);

  private static final Times QUICK_TIMES = new Times(2, 3, 120);
  private static final Times TARGET_TIMES = new Times(2, 3, 120);

  /** Some tens of slices. */
  private static final Times SLICE_TIMES = new Times(1, 1, 2_500);

  private static final Times QUICK_SLICE_TIMES = new Times(1, 1, 1_500);

  /** Some 2,000 samples. */
  private static final Times PROFILE_TIMES = new Times(3, 5, 500);

  private static final int FORKS = 3;

  private static final List<String> FULL_SCENARIOS =
      List.of("allocate-release-1024", "steady-state-1024-uniform", "steady-state-8192-geometric");
  private static final List<String> QUICK_SCENARIOS =
      List.of("allocate-release-1024", "steady-state-1024-uniform");
  private static final List<String> TARGET_SCENARIOS =
      List.of(
          "allocate-release-64",
          "allocate-release-1024",
          "allocate-release-16384",
          "cycle-16-1024",
          "steady-state-1024-uniform",
          "steady-state-1024-geometric",
          "steady-state-8192-uniform",
          "steady-state-8192-geometric",
          "steady-state-65536-uniform",
          "replace-in-order-1024",
          "replace-in-order-8192",
          "replace-in-order-65536",
          "remote-release-256",
          "steady-small-1024",
          "steady-small-read-write-1024",
          "steady-read-write-1024",
          "growth",
          "growth-65536",
          "retained-slice",
          "retained-duplicate",
          "get-byte",
          "set-byte",
          "get-long",
          "set-long",
          "mixed-width-access",
          "read-write",
          "int-short-le",
          "write-bytes-16",
          "write-bytes-256",
          "write-bytes-4096",
          "write-ascii",
          "write-utf8",
          "read-text",
          "search",
          "for-each-byte",
          "equals",
          "composite-read",
          "mixed-width-access-slice",
          "mixed-width-access-duplicate",
          "mixed-width-access-composite",
          "mixed-width-access-leak-aware");
  private static final List<String> QUICK_TARGET_SCENARIOS =
      List.of(
          "allocate-release-1024",
          "cycle-16-1024",
          "steady-state-1024-uniform",
          "steady-state-8192-geometric",
          "replace-in-order-8192",
          "remote-release-256",
          "growth",
          "retained-slice",
          "retained-duplicate",
          "get-byte",
          "set-byte",
          "get-long",
          "set-long",
          "mixed-width-access");
  private static final List<String> DEFAULT_STRATEGY = Candidate.STRATEGIES.subList(0, 1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description =
          "End within a minute: hybrid, pooled and adaptive, two scenarios, without leak detection."
              + " Without this option, the comparison ends within five minutes.")
  private boolean quick;

  @Option(
      names = "--targets",
      description =
          "Measure 41 scenarios, of every kind that has a target, hybrid and the peers,"
              + " whatever it takes: some 40 minutes for each JDK. With --quick fourteen, in ten.")
  private boolean targets;

  @Option(
      names = "--strategies",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Our candidates: hybrid, bump-free-list, segregated-bump, free-list (default: all; with"
              + " --quick or --targets: hybrid). The peers always take part, but for unpooled, which --quick alone leaves out.")
  private @Nullable List<String> strategies;

  @ArgGroup(
      exclusive = false,
      multiplicity = "0..*",
      heading =
          "An allocator of yours, measured beside ours and the peers; once more for each further"
              + " one:%n")
  private List<ForeignOptions> foreign = new ArrayList<>();

  @Option(
      names = "--scenarios",
      paramLabel = "NAMES",
      split = ",",
      description =
          "allocate-release-SIZE and cycle-16-SIZE (64, 256, 1024, 4096, 8192, 16384),"
              + " steady-state-LIVE-LIFETIME"
              + " (1024, 8192, 65536; uniform, geometric), replace-in-order-LIVE (the same),"
              + " steady-small-1024 (no size above 16 KiB), steady-small-read-write-1024,"
              + " steady-read-write-1024,"
              + " remote-release-SIZE (256, 4096), growth, growth-65536, retained-slice,"
              + " retained-duplicate, composite-read, and for each way of access, plain or ending in"
              + " -slice, -duplicate, -composite or -leak-aware:"
              + " get-byte, set-byte, get-long, set-long, mixed-width-access, read-write,"
              + " int-short-le, write-bytes-SIZE (16, 256, 4096), get-bytes, set-bytes,"
              + " write-ascii, write-utf8, read-text, search, for-each-byte, equals"
              + " (default: a selection of the first two; with --targets: of all kinds).")
  private @Nullable List<String> scenarios;

  @Mixin private RecordingOptions recordings;

  @Mixin private ThreadOptions threads;

  @Mixin private MaxDirectOption maxDirect;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "JVMs for each figure (default: 3, as far as the time allows; a number given here is"
              + " kept, whatever it takes).")
  private @Nullable Integer forks;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      converter = SecondsConverter.class,
      description =
          "How long each JVM runs before it is measured, such as 3s (default: a quarter of a second,"
              + " in which one thread is steady; several threads take longer).")
  private @Nullable Integer warmUpSeconds;

  @Option(
      names = "--leak-detection",
      paramLabel = "LEVELS",
      split = ",",
      converter = LeakDetectionConverter.class,
      description =
          "Netty's leak detection while measuring: simple, which is Netty's default, and disabled"
              + " (default: both; with --quick alone, disabled; with --e2e, simple).")
  private @Nullable List<LeakDetection> leakDetection;

  @Option(
      names = "--java",
      paramLabel = "PATHS",
      split = ",",
      description =
          "JDKs to measure on, each by its home or its java, 17 or newer (default: the one that"
              + " runs this).")
  private @Nullable List<Path> javas;

  @Option(
      names = "--profile",
      description =
          "Show for each missed target in which methods the time goes, ours and the peer's, from"
              + " runs of their own.")
  private boolean profile;

  @Option(names = "--markdown", description = "Print Markdown, to paste into a document.")
  private boolean markdown;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there, as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description =
          "Say what has changed since --json wrote that: ours, beside the peer that is the fastest now."
              + " The exit code is 1 if anything is worse by more than --margin.")
  private @Nullable Path baseline;

  @Option(
      names = "--margin",
      paramLabel = "PERCENT",
      converter = PercentConverter.class,
      defaultValue = "10",
      description =
          "How much worse is allowed, 0 to 1000, see --baseline (default: ${DEFAULT-VALUE}).")
  private Integer margin;

  @ArgGroup(exclusive = false, heading = "End to end:%n")
  private @Nullable EndToEndOptions endToEnd;

  /** One allocator that this program does not know. */
  static final class ForeignOptions {
    @Option(
        names = "--allocator",
        required = true,
        paramLabel = "[NAME=]CLASS[#MEMBER]",
        description =
            "Any ByteBufAllocator: made by the public constructor without parameters of CLASS, or"
                + " taken from its public static field or method MEMBER. NAME is what tables call"
                + " it (default: the name of CLASS without its package).")
    private String allocator = "";

    @Option(
        names = "--class-path",
        paramLabel = "PATH",
        description =
            "Jars and folders with its classes. In its JVMs they come before this program, so that"
                + " they may hold another version of it, or of Netty (all of Netty's jars, then).")
    private @Nullable String classPath;

    @Option(
        names = "--system-property",
        paramLabel = "KEY=VALUE",
        description = "For its JVMs only; may be repeated.")
    private List<String> systemProperties = new ArrayList<>();

    @Option(
        names = "--peer",
        description =
            "Let targets be about it, too, if it is the fastest. Without it, it is shown beside"
                + " ours.")
    private boolean peer;
  }

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public CompareCommand() {}

  @Override
  public Integer call() {
    if (endToEnd != null) {
      return endToEnd.run(
          spec,
          new EndToEndOptions.Shared(
              strategies,
              forks,
              warmUpSeconds,
              threads.loops(),
              maxDirect.bytes(new Options(spec)),
              quick,
              javas,
              leakDetection,
              markdown,
              json,
              baseline,
              margin),
          quick ? QUICK_LIMIT : FULL_LIMIT);
    }
    try {
      return compare(checkedPlan());
    } finally {
      recordings.deleteCopies();
    }
  }

  private int compare(ComparePlan plan) {
    // Now: it may be the file that is written at the end.
    PrintWriter progress = spec.commandLine().getErr();
    Baseline before = checkedBaseline(plan, progress);
    progress.printf(
        "%d scenarios x %d allocators x %d settings x %d forks: about %s%s%n",
        plan.scenarios().size(),
        plan.candidates().size(),
        plan.settings().size(),
        plan.rounds(),
        minutes(plan.estimate()),
        limit().equals(NO_LIMIT) ? "" : ", as far as " + minutes(limit()) + " allow");
    progress.flush();
    Interrupts.stopBy(() -> {}); // the rounds ask
    Comparison comparison =
        new CompareRounds(
                plan, new JmhForkRunner(), progress, System::nanoTime, Interrupts::happened)
            .run(limit());
    Map<ComparePlan.Run, Profile> profiles =
        profile && comparison.problem().isEmpty()
            ? Profiles.ofMissed(
                comparison,
                run -> JmhForkRunner.profile(plan, run, PROFILE_TIMES),
                PROFILE_TIMES.perRun(),
                progress)
            : Map.of();
    print(comparison, profiles);
    boolean isWorse = isWorse(before, comparison);
    // Last: if it fails, all of it has been said.
    if (json != null) {
      JsonFile.write(json, generator -> ComparisonJson.write(comparison, profiles, generator));
    }
    return comparison.fallbackShare() == 0 && comparison.problem().isEmpty() && !isWorse
        ? ExitCode.OK
        : ExitCode.SOFTWARE;
  }

  private boolean isWorse(@Nullable Baseline before, Comparison comparison) {
    if (before == null) {
      return false;
    }
    return BaselineText.print(
        before, before.changes(comparison, margin / 100.0), markdown, spec.commandLine().getOut());
  }

  private @Nullable Baseline checkedBaseline(ComparePlan plan, PrintWriter progress) {
    if (baseline == null) {
      return null;
    }
    Path file = baseline;
    Baseline before = BaselineFile.checked(new Options(spec), () -> Baseline.read(file));
    List<String> missing =
        before.missing(plan).stream()
            .map(run -> run.candidate() + ", " + run.scenario() + ", " + run.setting())
            .toList();
    long ours =
        plan.round(0).stream().filter(run -> run.candidate().role() == Contender.Role.OURS).count();
    BaselineFile.requireAny(new Options(spec), baseline, missing, Math.toIntExact(ours), progress);
    return before;
  }

  private void print(Comparison comparison, Map<ComparePlan.Run, Profile> profiles) {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      ComparisonMarkdown.print(comparison, out);
    } else {
      ComparisonText.print(comparison, out);
    }
    if (profile) {
      out.println();
      out.println(markdown ? "```text" : "profiles");
      ProfilesText.print(comparison, profiles, out);
      out.print(markdown ? "```\n" : "");
      out.flush();
    }
  }

  private static String minutes(Duration duration) {
    return duration.compareTo(TWO_MINUTES) < 0
        ? Text.count(duration.toSeconds(), "second")
        : Text.count(Math.round(duration.toSeconds() / 60.0), "minute");
  }

  private ComparePlan checkedPlan() {
    Options check = new Options(spec);
    check.writable("--json", json);
    check.range("--margin", margin, 0, 1_000);
    if (forks != null) {
      check.range("--forks", forks, 1, MAX_FORKS);
    }
    if (warmUpSeconds != null) {
      check.range("--warm-up", warmUpSeconds, 1, MAX_WARM_UP_SECONDS);
    }
    List<String> ours = strategies != null ? strategies : defaultStrategies();
    List<String> what = scenarios != null ? scenarios : defaultScenarios();
    check.names("--strategies", ours, Candidate.STRATEGIES);
    check.names("--scenarios", what, Scenario.ids());
    List<Setting> settings = settings(check);
    List<Contender> candidates =
        Stream.concat(ours.stream().distinct().map(Candidate::lite), peers())
            .map(Contender::of)
            .collect(Collectors.toCollection(ArrayList::new));
    List<Jdk> jdks = settings.stream().map(Setting::jdk).distinct().toList();
    for (ForeignOptions options : foreign) {
      candidates.add(checkedForeign(check, options, jdks, candidates));
    }
    return new ComparePlan(
        Stream.concat(
                what.stream().distinct().map(Scenario::of), recordings.scenarios(check).stream())
            .flatMap(each -> threads.on(check, each, jdks).stream())
            .toList(),
        candidates,
        settings,
        forks != null ? forks : FORKS,
        warmedUp(times()),
        warmedUp(quick ? QUICK_SLICE_TIMES : SLICE_TIMES),
        maxDirect.bytes(check));
  }

  private Stream<Candidate> peers() {
    // It is never the fastest there, and without it there is time for another fork of the others.
    return Candidate.PEERS.stream()
        .filter(peer -> !isInAHurry() || peer.kind() != AllocatorKind.UNPOOLED);
  }

  private static Contender checkedForeign(
      Options check, ForeignOptions options, List<Jdk> jdks, List<Contender> others) {
    int afterName = options.allocator.indexOf('=') + 1;
    AllocatorReference reference = AllocatorReference.of(options.allocator.substring(afterName));
    String name =
        afterName == 0 ? reference.simpleName() : options.allocator.substring(0, afterName - 1);
    if (reference.className().isEmpty() || name.isEmpty()) {
      throw check.refused("--allocator", options.allocator, "[NAME=]CLASS[#MEMBER]");
    }
    if (Stream.concat(others.stream().map(Contender::id), known()).anyMatch(name::equals)) {
      throw check.refused(
          "--allocator", options.allocator, "another NAME= than " + name + ", which is taken");
    }
    ClassPath classPath = checkedClassPath(check, options.classPath);
    List<String> jvmOptions = checkedProperties(check, options.systemProperties);
    String origin = "";
    for (Jdk jdk : jdks) {
      try {
        origin =
            ProbedAllocator.ask(
                jdk.executable(), jvmOptions, classPath.withThisProgram(), reference);
      } catch (IllegalArgumentException e) {
        throw check.refused(
            "--allocator",
            reference + ", which on " + jdk + ' ' + e.getMessage(),
            "a ByteBufAllocator that can be made there");
      }
    }
    return Contender.foreign(
        name,
        options.peer ? Contender.Role.PEER : Contender.Role.OTHER,
        reference,
        classPath,
        jvmOptions,
        origin);
  }

  private static Stream<String> known() {
    return Stream.concat(
        Candidate.STRATEGIES.stream(), Candidate.PEERS.stream().map(Candidate::id));
  }

  private static ClassPath checkedClassPath(Options check, @Nullable String classPath) {
    try {
      return classPath == null ? ClassPath.NONE : ClassPath.of(classPath);
    } catch (IllegalArgumentException e) {
      throw check.refused(
          "--class-path",
          String.valueOf(e.getMessage()),
          "jars and folders, with " + File.pathSeparator + " between them");
    }
  }

  private static List<String> checkedProperties(Options check, List<String> properties) {
    for (String property : properties) {
      if (property.indexOf('=') < 1) {
        throw check.refused("--system-property", property, "KEY=VALUE");
      }
    }
    return properties.stream().map(property -> "-D" + property).toList();
  }

  private List<Setting> settings(Options check) {
    return check.jdks("--java", javas).stream()
        .flatMap(jdk -> levels().stream().distinct().map(level -> new Setting(jdk, level)))
        .toList();
  }

  private List<LeakDetection> levels() {
    if (leakDetection != null) {
      return leakDetection;
    }
    return quick && !targets
        ? List.of(LeakDetection.DISABLED)
        : List.of(LeakDetection.SIMPLE, LeakDetection.DISABLED);
  }

  private List<String> defaultStrategies() {
    return quick || targets ? DEFAULT_STRATEGY : Candidate.STRATEGIES;
  }

  private List<String> defaultScenarios() {
    if (recordings.areGiven()) {
      return List.of();
    }
    if (targets) {
      return quick ? QUICK_TARGET_SCENARIOS : TARGET_SCENARIOS;
    }
    return quick ? QUICK_SCENARIOS : FULL_SCENARIOS;
  }

  private Times warmedUp(Times times) {
    return warmUpSeconds == null ? times : times.withWarmUp(Duration.ofSeconds(warmUpSeconds));
  }

  private Times times() {
    if (targets) {
      return quick ? FULL_TIMES : TARGET_TIMES;
    }
    return quick ? QUICK_TIMES : FULL_TIMES;
  }

  private Duration limit() {
    if (forks != null || targets || !foreign.isEmpty()) {
      return NO_LIMIT;
    }
    return quick ? QUICK_LIMIT : FULL_LIMIT;
  }

  private boolean isInAHurry() {
    return quick && limit().equals(QUICK_LIMIT);
  }
}
