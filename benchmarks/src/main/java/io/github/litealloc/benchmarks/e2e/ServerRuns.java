package io.github.litealloc.benchmarks.e2e;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.LoopbackKeys;
import io.github.litealloc.benchmarks.Machine;
import io.github.litealloc.benchmarks.OutputFile;
import io.github.litealloc.benchmarks.Rounds;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.e2e.process.Dialogue;
import io.github.litealloc.benchmarks.e2e.process.LoadProcess;
import io.github.litealloc.benchmarks.e2e.process.ServerProcess;
import io.github.litealloc.benchmarks.jmh.JmhFork;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a plan: for each run a server in a JVM of its own, and a load in another process.
 *
 * @param plan what to run
 * @param serverOptions of the servers' JVMs, the last ones, which win
 */
record ServerRuns(EndToEndPlan plan, List<String> serverOptions) {

  private static final int START_SECONDS = 60;
  private static final int MORE_SECONDS = 60;
  private static final int MAX_WARM_UPS = 10;
  private static final String KEYS = "keys.p12";
  private static final String SCRIPT = "wrk.lua";

  /** A heap that neither grows nor faults in: what grows is about the allocator. */
  private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");

  /**
   * Runs.
   *
   * @param limit see {@link Rounds#run}
   * @param progress where to tell about it
   * @return the results of all that was reached
   */
  EndToEnd run(Duration limit, PrintWriter progress) {
    Interrupts.stopBy(() -> {}); // the rounds ask
    Machine machine = machine(); // now: later the load is our own
    Path folder = newFolder();
    try {
      if (plan.isEncrypted()) {
        LoopbackKeys.make(folder.resolve(KEYS));
      }
      writeScript(folder.resolve(SCRIPT));
      Rounds.Results<EndToEndPlan.Run, RunResult> results =
          new Rounds<EndToEndPlan.Run, RunResult>(
                  plan::round,
                  plan.rounds(),
                  run -> measure(run, folder),
                  EndToEndPlan.Run::setting,
                  ServerRuns::line,
                  progress,
                  System::nanoTime,
                  Interrupts::happened)
              .run(limit);
      return EndToEnd.of(plan, machine, jvmOptions(), results);
    } finally {
      TemporaryFiles.delete(folder);
    }
  }

  private Machine machine() {
    return Machine.here()
        .withJdk(
            plan.settings().stream()
                .map(setting -> setting.jdk().build())
                .distinct()
                .collect(Collectors.joining(", ")));
  }

  private static String line(EndToEndPlan.Run run, RunResult result) {
    return String.format(
        Locale.ROOT,
        "%-50s %-22s %,9.0f requests/s  p99 %,8.2f ms  resident +%s",
        run.setting(),
        run.candidate(),
        result.requestsPerSecond(),
        Math.max(0, result.load().p99Nanos()) / 1e6,
        result.peakResident() < 0 ? "?" : Text.bytes(result.peakResident()));
  }

  /** Returns the options of the servers' JVMs, but for that of leak detection. */
  List<String> jvmOptions() {
    List<String> own = LeakDetection.without(JmhFork.jvmOptions());
    List<String> options = new ArrayList<>();
    if (Stream.concat(own.stream(), serverOptions.stream()).noneMatch(o -> o.startsWith("-Xm"))) {
      options.addAll(HEAP);
    }
    options.addAll(own);
    options.add("-XX:MaxDirectMemorySize=" + plan.maxDirectBytes());
    options.addAll(serverOptions);
    return options;
  }

  private RunResult measure(EndToEndPlan.Run run, Path folder) {
    try (Conversation server =
        new Conversation("the server with " + run.candidate(), serverCommand(run, folder))) {
      int port = (int) server.hear(Dialogue.LISTENING, START_SECONDS).number(Dialogue.LISTENING);
      LoadReport load = load(run, port, server, folder);
      server.tell(Dialogue.END);
      ServerReport report = ServerReport.of(server.hear(Dialogue.DONE, MORE_SECONDS));
      return new RunResult(load, report);
    }
  }

  private LoadReport load(EndToEndPlan.Run run, int port, Conversation server, Path folder) {
    try {
      return run.setting().tool().isBuiltIn()
          ? builtIn(run, port, server)
          : program(run, port, server, folder);
    } catch (CommandFailure e) {
      // Who serves nobody ends the load, too.
      throw server.isAlive() ? e : server.ended();
    }
  }

  private List<String> serverCommand(EndToEndPlan.Run run, Path folder) {
    List<String> options = new ArrayList<>(jvmOptions());
    options.add(run.setting().leakDetection().jvmOption());
    return java(
        run.setting().jdk(),
        options,
        ServerProcess.class,
        run.candidate().id(),
        String.valueOf(plan.maxDirectBytes()),
        run.setting().protocol().name(),
        plan.isEncrypted() ? folder.resolve(KEYS).toString() : ServerProcess.NO_KEYS,
        String.valueOf(plan.loops()),
        String.valueOf(plan.bodyBytes()));
  }

  private static List<String> java(
      Jdk jdk, List<String> options, Class<?> program, String... args) {
    List<String> command = new ArrayList<>();
    command.add(jdk.executable().toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(args));
    return command;
  }

  private LoadReport builtIn(EndToEndPlan.Run run, int port, Conversation server) {
    List<String> command =
        java(
            Jdk.running(), // the same for all servers
            List.of("-Xmx512m", "-Dio.netty.leakDetection.level=disabled"),
            LoadProcess.class,
            String.valueOf(port),
            run.setting().protocol().name(),
            String.valueOf(plan.isEncrypted()),
            run.setting().shape().name(),
            String.valueOf(plan.connections()),
            String.valueOf(plan.loops()),
            String.valueOf(plan.bodyBytes()),
            String.valueOf(plan.warmUpSeconds()),
            String.valueOf(plan.seconds()));
    try (Conversation load = new Conversation("the built-in load", command)) {
      server.endWithIt(load.process());
      load.hear(Dialogue.BEGIN, START_SECONDS + plan.warmUpSeconds());
      server.tell(Dialogue.BEGIN);
      return LoadReport.of(load.hear(Dialogue.DONE, plan.seconds() + MORE_SECONDS));
    }
  }

  private LoadReport program(EndToEndPlan.Run run, int port, Conversation server, Path folder) {
    LoadProgram program =
        new LoadProgram(
            run.setting().tool(),
            Objects.requireNonNull(plan.programs().get(run.setting().tool())),
            (plan.isEncrypted() ? "https" : "http") + "://127.0.0.1:" + port + '/',
            plan.connections(),
            folder,
            server::endWithIt);
    // On a busy machine the first answer may take longer than a warm-up.
    for (int i = 0; plan.warmUpSeconds() > 0 && i < MAX_WARM_UPS; i++) {
      if (program.run(plan.warmUpSeconds()).requests() > 0) {
        break;
      }
    }
    server.tell(Dialogue.BEGIN);
    return program.run(plan.seconds());
  }

  private static void writeScript(Path file) {
    try (InputStream script = ServerRuns.class.getResourceAsStream(SCRIPT)) {
      if (script == null) {
        throw new IllegalStateException(SCRIPT + " is missing from this program");
      }
      byte[] bytes = script.readAllBytes();
      OutputFile.write(file, stream -> stream.write(bytes));
    } catch (IOException e) {
      throw CommandFailure.of("cannot write " + file, e);
    }
  }

  private static Path newFolder() {
    try {
      return TemporaryFiles.folder("lite-alloc-e2e");
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a temporary folder", e);
    }
  }
}
