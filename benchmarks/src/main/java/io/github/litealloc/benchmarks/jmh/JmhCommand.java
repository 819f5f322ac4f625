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
    description =
        "Runs JMH benchmarks; all arguments go to JMH. Without any, lists and explains them.")
public final class JmhCommand implements Callable<Integer> {

  private static final String[] SCENARIOS = {
    "The benchmarks of allocators, on the thread of an event loop:",
    "  AllocateReleaseBenchmark  allocate and release one buffer",
    "      -p size=64,256,1024,4096,8192,16384",
    "  SteadyStateBenchmark      replace one of many live buffers of real sizes",
    "      -p live=1024,8192,65536 -p lifetime=uniform,geometric",
    "  RecordedBenchmark         replace buffers with the sizes and lifetimes of a recording",
    "      -p recording=corpus:http1-small -p seed=1",
    "  InOrderBenchmark          replace live buffers in turn; slow slices: -prof "
        + SliceProfiler.class.getName(),
    "      -p live=1024,8192,65536",
    "  ThreadsBenchmark          AllocateRelease, SteadyState, Recorded on several threads",
    "      -p threads=1,2,8 -p kind=loop,platform,virtual -p work=release,cycle,steady,recorded",
    "  RemoteReleaseBenchmark    allocate on one event loop, release on another",
    "      -p size=256,4096",
    "  GrowthBenchmark           write 1 MiB into a buffer of 256 bytes",
    "  DerivedBenchmark          slices and duplicates of a live buffer",
    "  AccessBenchmark           read and write a buffer of 4 KiB",
    "  ContentBenchmark          text, search, and a composite buffer, 4 KiB each",
    "  TlsBenchmark              a request and its answer through the JDK's TLS; -prof gc",
    "  all: -p allocator=hybrid,bump-free-list,segregated-bump,free-list,pooled,adaptive,unpooled",
    "      or -p allocator=class:com.acme.SomeAllocator of another jar on the class path",
    "  SamplingBenchmark         the same as AllocateRelease, of hybrid, while buffers are sampled",
    "      -p sampling=0,1000,100,1",
    "  MetersBenchmark           the same, while meters are bound, and scraped once a second",
    "      -p meters=none,bound,scraped",
    "The benchmarks of the strategies without Netty:",
    "  RawStrategyBenchmark      the three workloads of the Rust crate",
    "      -p strategy=hybrid,bump-free-list,segregated-bump,free-list -p profile=own,shared",
    "  FragmentsBenchmark        allocate while free memory is in many pieces",
    "      -p strategy=free-list,... -p fragments=100,1000,10000",
    "",
    "On Java 24 and newer, the JVM warns that JMH uses sun.misc.Unsafe. That is harmless. The option",
    "that silences it, --sun-misc-unsafe-memory-access=allow, makes Netty use Unsafe as well, and so",
    "would measure other peers than those that servers have by default.",
    "",
    "Peak of reserved memory: -prof " + MemoryProfiler.class.getName(),
    "On one processor while measured: -prof " + PinProfiler.class.getName(),
    "Methods with the most samples: -prof " + MethodProfiler.class.getName(),
    "      -jvmArgsAppend '" + String.join(" ", MethodProfiler.JVM_OPTIONS) + '\'',
    "Everything, in some hours: lite-alloc jmh '.*'",
    "Example: lite-alloc jmh SteadyState -p live=1024 -p lifetime=uniform -f 1 -prof gc",
    "",
  };

  private static final String OF_JMH = "The options of JMH itself:";

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "Arguments of JMH: benchmarks, and how to run them.")
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
    boolean help = arguments.contains("--help") || arguments.contains("-h");
    if (help || arguments.isEmpty()) {
      PrintWriter out = spec.commandLine().getOut();
      for (String line : SCENARIOS) {
        out.println(line);
      }
      out.println(help ? OF_JMH : "lite-alloc jmh --help also lists the options of JMH itself.");
      out.println();
      out.flush();
      if (!help) {
        return ExitCode.OK;
      }
      jmhArguments = List.of("-h");
    }
    org.openjdk.jmh.Main.main(jmhArguments.toArray(new String[0]));
    return ExitCode.OK;
  }
}
