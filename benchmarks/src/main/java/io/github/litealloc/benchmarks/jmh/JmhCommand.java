package io.github.litealloc.benchmarks.jmh;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands its arguments to JMH. */
@Command(
    name = "jmh",
    description = "Runs the JMH benchmarks; all arguments go to JMH (try: jmh --help).")
public final class JmhCommand implements Callable<Integer> {

  private static final String[] SCENARIOS = {
    "The benchmarks, the first two on the thread of an event loop:",
    "  AllocateReleaseBenchmark  allocate and release one buffer",
    "      -p size=64,256,1024,4096,8192,16384",
    "  SteadyStateBenchmark      replace one of many live buffers of real sizes",
    "      -p live=1024,8192,65536 -p lifetime=uniform,geometric",
    "  both: -p allocator=hybrid,bump-free-list,segregated-bump,free-list,pooled,adaptive,unpooled",
    "  RawStrategyBenchmark      the strategies without Netty",
    "      -p strategy=hybrid,bump-free-list,segregated-bump,free-list -p profile=own,shared",
    "  FragmentsBenchmark        the strategies with free memory in many pieces",
    "      -p strategy=free-list,... -p fragments=100,1000,10000",
    "",
    "Peak of reserved memory: -prof " + MemoryProfiler.class.getName(),
    "Example: lite-alloc jmh SteadyState -p live=1024 -p lifetime=uniform -f 1 -prof gc",
    "",
    "The options of JMH itself:",
    "",
  };

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "Arguments of JMH; without any, every benchmark runs, which takes hours.")
  private List<String> arguments = new ArrayList<>();

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public JmhCommand() {}

  /**
   * Makes the command take JMH's options as they are, which picocli would refuse as unknown.
   *
   * @param root the command line that has this command
   */
  public static void passEverythingOn(CommandLine root) {
    CommandLine jmh = Objects.requireNonNull(root.getSubcommands().get("jmh"), "jmh");
    jmh.setUnmatchedOptionsArePositionalParams(true);
  }

  /** Runs JMH, which ends the JVM by itself when it fails. */
  @Override
  public Integer call() throws IOException {
    List<String> jmhArguments = arguments;
    if (arguments.contains("--help") || arguments.contains("-h")) {
      PrintWriter out = spec.commandLine().getOut();
      for (String line : SCENARIOS) {
        out.println(line);
      }
      out.flush();
      jmhArguments = List.of("-h");
    }
    org.openjdk.jmh.Main.main(jmhArguments.toArray(new String[0]));
    return ExitCode.OK;
  }
}
