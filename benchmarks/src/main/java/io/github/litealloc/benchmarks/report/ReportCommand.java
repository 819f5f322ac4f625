package io.github.litealloc.benchmarks.report;

import io.github.litealloc.benchmarks.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of the report. */
@Command(
    name = "report",
    description = {
      "Draws what --json of compare (--e2e, too), replay, scale or raw has written, as one HTML file that"
          + " needs no network: a bar for each allocator with its spread, memory over time or over the"
          + " number of event loops, and the tables beneath.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ReportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "What was measured, as JSON.")
  private List<Path> results;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "Where to write the page (default: ${DEFAULT-VALUE}).")
  private Path page;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public ReportCommand() {}

  @Override
  public Integer call() {
    new Options(spec).writable("--out", page);
    HtmlReport.write(results, page);
    spec.commandLine().getOut().println(page.toAbsolutePath());
    return ExitCode.OK;
  }
}
