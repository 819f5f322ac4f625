package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.ByteSizeConverter;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.SecondsConverter;
import io.github.litealloc.benchmarks.demo.load.LoadGenerator;
import io.github.litealloc.benchmarks.demo.load.RequestMix;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import io.github.litealloc.memory.ChunkStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the demo. */
@Command(
    name = "demo",
    description = {
      "Runs a Netty HTTP server on a chosen allocator, under a load that checks every answer, and"
          + " shows live what the allocator does.",
      "",
      "Server and load run in this process, each on event loops of its own, both on the chosen"
          + " allocator, on 127.0.0.1 only. Ctrl-C ends it in order. The exit code is 1 if an"
          + " answer was wrong or missing, a buffer leaked, or memory was in use at the end. What a"
          + " scenario does wrong on purpose is undone before that.",
      "",
      "To check every buffer for leaks: java -Dio.netty.leakDetection.level=paranoid -jar ...",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class DemoCommand implements Callable<Integer> {

  private static final int DEFAULT_SECONDS = 30;
  private static final int MAX_SECONDS = 7 * 24 * 60 * 60;
  private static final int MAX_CONNECTIONS = 10_000;
  private static final int MAX_LOOPS = 256;
  private static final int MAX_PORT = 65_535;

  /** Less is exhausted all the time. */
  private static final long MIN_SOAK_BYTES = 8L << 20;

  private static final long MAX_BODY_BYTES = DemoServer.MAX_BODY_BYTES / RequestMix.LARGEST;

  @Spec private CommandSpec spec;

  @Option(
      names = "--allocator",
      paramLabel = "NAME",
      defaultValue = "lite",
      converter = AllocatorConverter.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private AllocatorKind allocator;

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description =
          "How lite finds its blocks: hybrid, bump-free-list, segregated-bump or free-list"
              + " (default: hybrid).")
  private @Nullable String strategy;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      defaultValue = "calm",
      converter = ScenarioConverter.class,
      description = {
        "What is to be seen (default: ${DEFAULT-VALUE}). calm: small requests with a wave of large ones;"
            + " burst: bursts and silence, memory goes back; pressure: more than the budget holds;"
            + " slow-readers: clients that do not take their answers; off-loop: a server that"
            + " allocates on threads of its own; leak: one that forgets to release. The last four"
            + " bring the page to WATCH or ACT."
      })
  private Scenario scenario;

  @Option(
      names = "--soak",
      description =
          "Soak for an hour, or for --duration, in a JVM with a heap of 512 MiB: connections cut,"
              + " loops ended, memory exhausted, strategies swapped, exceptions, slow readers. Then"
              + " nothing may be left, and the process may hardly have grown; else the exit code"
              + " is 1. With a budget of 64m, or --max-bytes.")
  private boolean soak;

  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "Ceiling of what lite reserves, as in 10m; beyond it, buffers come from the fallback"
              + " allocator (default: what the JVM allows of direct memory; pressure 16m, slow-readers 48m, leak"
              + " 64m).")
  private @Nullable Long maxBytes;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = SecondsConverter.class,
      description =
          "When to stop, in seconds, or as in 10s, 5m; 0 serves until stopped (default: 30s, or"
              + " until --requests are done).")
  private @Nullable Integer duration;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Stop the load after N requests (default: no limit).")
  private @Nullable Long requests;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Connections of the built-in load; 0 for none, to bring your own client"
              + " (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description =
          "Event loops of the server, and as many of the load (default: one for each core).")
  private int loops = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--body-size",
      paramLabel = "SIZE",
      defaultValue = "1k",
      converter = ByteSizeConverter.class,
      description =
          "Size around which bodies are, from a few bytes to four times this"
              + " (default: ${DEFAULT-VALUE}).")
  private Long bodySize;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the server; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--dashboard-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the dashboard; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int dashboardPort;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the summary there, as JSON.")
  private @Nullable Path json;

  private static final class AllocatorConverter extends EnumConverter<AllocatorKind> {
    AllocatorConverter() {
      super(AllocatorKind.class);
    }
  }

  private static final class ScenarioConverter extends EnumConverter<Scenario> {
    ScenarioConverter() {
      super(Scenario.class);
    }
  }

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (soak) {
      return soak();
    }
    DemoOptions options = checkedOptions();
    PrintWriter out = spec.commandLine().getOut();
    Demo demo = new Demo(options, out);
    Interrupts.stopBy(demo::stop);
    DemoSummary summary = demo.run();
    summary.print(out);
    if (json != null) {
      JsonFile.write(json, summary::writeTo);
    }
    return summary.allWell() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private int soak() throws InterruptedException {
    SoakOptions options = checkedSoakOptions();
    if (!SoakResult.isHeapFixed()) {
      return SoakProcess.run(
          spec.root().commandLine().getParseResult().originalArgs(), options.maxBytes());
    }
    PrintWriter out = spec.commandLine().getOut();
    Soak soaking = new Soak(options, out);
    Interrupts.stopBy(soaking::stop);
    SoakResult result = soaking.run();
    result.print(out);
    if (json != null) {
      JsonFile.write(json, result::writeTo);
    }
    return result.allWell() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private SoakOptions checkedSoakOptions() {
    Options check = new Options(spec);
    checkLimits(check);
    check.range("--connections", connections, 1, MAX_CONNECTIONS);
    String expected = "without --soak";
    if (allocator != AllocatorKind.LITE) {
      throw check.refused("--allocator", allocator + " with --soak", "lite, or " + expected);
    }
    if (strategy != null) {
      throw check.refused("--strategy", strategy + " with --soak, which takes all", expected);
    }
    if (scenario != Scenario.CALM) {
      throw check.refused("--scenario", scenario + " with --soak", expected);
    }
    if (requests != null) {
      throw check.refused("--requests", requests + " with --soak", expected);
    }
    if (port != 0) {
      throw check.refused("--port", port + " with --soak", expected);
    }
    int seconds = duration == null ? SoakOptions.DEFAULT_SECONDS : duration;
    check.range("--duration", seconds, SoakOptions.MIN_SECONDS, MAX_SECONDS);
    long ceiling = maxBytes == null ? SoakOptions.DEFAULT_MAX_BYTES : maxBytes;
    check.range("--max-bytes", ceiling, MIN_SOAK_BYTES, Integer.MAX_VALUE);
    return new SoakOptions(
        seconds,
        SoakOptions.WARM_UP_SECONDS,
        ceiling,
        connections,
        loops,
        bodySize.intValue(),
        dashboardPort);
  }

  private DemoOptions checkedOptions() {
    Options check = new Options(spec);
    checkLimits(check);
    if (duration != null) {
      check.range("--duration", duration, 0, MAX_SECONDS);
    }
    checkLiteOnly(check);
    if (maxBytes != null) {
      check.range("--max-bytes", maxBytes, ChunkStore.CHUNK_UNIT_BYTES, Long.MAX_VALUE);
    }
    if (requests != null) {
      check.range("--requests", requests, 1, LoadGenerator.NO_LIMIT);
      if (connections == 0) {
        throw check.refused(
            "--requests", requests + " with --connections 0", "at least one connection");
      }
    }
    return new DemoOptions(
        candidate(check),
        scenario,
        Scenario.LEAK_WINDOW,
        maxBytes == null ? OptionalLong.empty() : OptionalLong.of(maxBytes),
        durationSeconds(),
        requests == null ? LoadGenerator.NO_LIMIT : requests,
        requests != null && (duration == null || duration != DemoOptions.UNTIL_STOPPED),
        connections,
        loops,
        bodySize.intValue(),
        port,
        dashboardPort);
  }

  private void checkLimits(Options check) {
    check.range("--connections", connections, 0, MAX_CONNECTIONS);
    check.range("--loops", loops, 1, MAX_LOOPS);
    check.range("--body-size", bodySize, 0, MAX_BODY_BYTES);
    check.range("--port", port, 0, MAX_PORT);
    check.range("--dashboard-port", dashboardPort, 0, MAX_PORT);
    check.writable("--json", json);
  }

  private void checkLiteOnly(Options check) {
    if (allocator == AllocatorKind.LITE) {
      return;
    }
    String expected = "--allocator lite, or without this option";
    if (strategy != null) {
      throw check.refused("--strategy", strategy + " with --allocator " + allocator, expected);
    }
    if (maxBytes != null) {
      throw check.refused("--max-bytes", maxBytes + " with --allocator " + allocator, expected);
    }
    if (!scenario.suitsPeers()) {
      throw check.refused(
          "--scenario",
          scenario + " with --allocator " + allocator,
          expected + ", or calm or burst");
    }
  }

  private Candidate candidate(Options check) {
    if (allocator != AllocatorKind.LITE) {
      return Candidate.peer(allocator);
    }
    String name = strategy == null ? Candidate.STRATEGIES.get(0) : strategy;
    if (!Candidate.STRATEGIES.contains(name)) {
      throw check.refused("--strategy", name, "one of " + String.join(", ", Candidate.STRATEGIES));
    }
    return Candidate.lite(name);
  }

  private int durationSeconds() {
    if (duration != null) {
      return duration;
    }
    return requests == null ? DEFAULT_SECONDS : DemoOptions.UNTIL_STOPPED;
  }
}
