package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.ByteSizeConverter;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.EnumConverter;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.JsonFile;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.SecondsConverter;
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
          + " answer was wrong or missing, a buffer leaked, or memory was in use at the end.",
      "",
      "To check every buffer for leaks: java -Dio.netty.leakDetection.level=paranoid -jar ...",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class DemoCommand implements Callable<Integer> {

  private static final int DEFAULT_SECONDS = 10;
  private static final int MAX_SECONDS = 7 * 24 * 60 * 60;
  private static final int MAX_CONNECTIONS = 10_000;
  private static final int MAX_LOOPS = 256;
  private static final int MAX_PORT = 65_535;
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
      names = "--max-bytes",
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "Ceiling of what lite reserves, as in 10m; beyond it, buffers come from the fallback"
              + " allocator (default: the maximum heap size).")
  private @Nullable Long maxBytes;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = SecondsConverter.class,
      description =
          "When to stop, in seconds, or as in 10s, 5m; 0 serves until stopped (default: 10s, or"
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
      description = "Port of the dashboard, which lite has; 0 takes a free one (default: 0).")
  private @Nullable Integer dashboardPort;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the summary there, as JSON.")
  private @Nullable Path json;

  private static final class AllocatorConverter extends EnumConverter<AllocatorKind> {
    AllocatorConverter() {
      super(AllocatorKind.class);
    }
  }

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
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

  private DemoOptions checkedOptions() {
    Options check = new Options(spec);
    check.range("--connections", connections, 0, MAX_CONNECTIONS);
    check.range("--loops", loops, 1, MAX_LOOPS);
    check.range("--body-size", bodySize, 0, MAX_BODY_BYTES);
    check.range("--port", port, 0, MAX_PORT);
    check.writable("--json", json);
    if (duration != null) {
      check.range("--duration", duration, 0, MAX_SECONDS);
    }
    checkLiteOnly(check);
    if (dashboardPort != null) {
      check.range("--dashboard-port", dashboardPort, 0, MAX_PORT);
    }
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
        maxBytes == null ? OptionalLong.empty() : OptionalLong.of(maxBytes),
        durationSeconds(),
        requests == null ? LoadGenerator.NO_LIMIT : requests,
        requests != null && (duration == null || duration != DemoOptions.UNTIL_STOPPED),
        connections,
        loops,
        bodySize.intValue(),
        port,
        dashboardPort == null ? 0 : dashboardPort);
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
    if (dashboardPort != null) {
      throw check.refused(
          "--dashboard-port", dashboardPort + " with --allocator " + allocator, expected);
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
