package io.github.litealloc.benchmarks;

import io.github.litealloc.benchmarks.compare.CompareCommand;
import io.github.litealloc.benchmarks.demo.DemoCommand;
import io.github.litealloc.benchmarks.demo.LeakWatch;
import io.github.litealloc.benchmarks.jmh.JmhCommand;
import io.github.litealloc.benchmarks.memory.FootprintCommand;
import io.github.litealloc.benchmarks.memory.WasteCommand;
import io.github.litealloc.benchmarks.raw.RawCommand;
import io.github.litealloc.benchmarks.record.RecordCommand;
import io.github.litealloc.benchmarks.replay.CorpusCommand;
import io.github.litealloc.benchmarks.replay.RecommendCommand;
import io.github.litealloc.benchmarks.replay.ReplayCommand;
import io.github.litealloc.benchmarks.replay.ScaleCommand;
import io.github.litealloc.benchmarks.report.ReportCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program {@code lite-alloc.jar}. Exit codes: 0 all well, 1 the command ran and something was
 * wrong, 2 the command line was wrong.
 */
@Command(
    name = "lite-alloc",
    description = "Off-heap buffers that live and die on the event loop: see it, measure it.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel =
        "demo | compare | record | replay | recommend | corpus | scale | report | raw | footprint | waste | jmh",
    subcommands = {
      DemoCommand.class,
      CompareCommand.class,
      RecordCommand.class,
      ReplayCommand.class,
      RecommendCommand.class,
      CorpusCommand.class,
      ScaleCommand.class,
      ReportCommand.class,
      RawCommand.class,
      FootprintCommand.class,
      WasteCommand.class,
      JmhCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Main() {}

  /**
   * Runs a command and ends the JVM with its exit code.
   *
   * @param args the command and its options
   */
  public static void main(String[] args) {
    // Before anything loads Netty's buffers: their leak detector is made once, when they load.
    LeakWatch.install();
    int code = ExitCode.SOFTWARE;
    try {
      Interrupts.install();
      code = execute(writerTo(System.out), writerTo(System.err), args);
      Interrupts.finished(code);
      System.exit(code);
    } finally {
      // Reached only if even that has failed: event loops must not keep the program alive.
      Runtime.getRuntime().halt(code);
    }
  }

  private static PrintWriter writerTo(PrintStream stream) {
    return new PrintWriter(stream, true, Charset.defaultCharset());
  }

  /**
   * Runs a command.
   *
   * @param out where results go
   * @param err where progress and errors go
   * @param args the command and its options
   * @return the exit code
   */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine = commandLine().setOut(out).setErr(err);
    int code = ExitCode.SOFTWARE;
    try {
      code = commandLine.execute(args);
    } catch (Error e) { // no command may end without a word, nor leave the program running
      err.println("lite-alloc: " + described(e));
    }
    // A writer does not throw: a full disk is noticed here or never.
    if (out.checkError()) {
      err.println("lite-alloc: cannot write the standard output (is the disk full?)");
      return code == ExitCode.USAGE ? code : ExitCode.SOFTWARE;
    }
    err.flush();
    return code;
  }

  static CommandLine commandLine() {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setExpandAtFiles(false)
            .setParameterExceptionHandler(Main::onBadOption)
            .setExecutionExceptionHandler(Main::onFailure)
            .registerConverter(int.class, NumberConverter.ofInts())
            .registerConverter(Integer.class, NumberConverter.ofInts())
            .registerConverter(long.class, NumberConverter.ofLongs())
            .registerConverter(Long.class, NumberConverter.ofLongs());
    JmhCommand.passEverythingOn(commandLine);
    return commandLine;
  }

  private static String described(Error e) {
    return e instanceof VirtualMachineError || e instanceof LinkageError
        ? "the JVM cannot go on: " + e + DirectMemory.advice(e.toString())
        : String.format(
            Locale.ROOT,
            "%s, at %s",
            e,
            e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + ")");
  }

  private static int onBadOption(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + name + " --help");
    return ExitCode.USAGE;
  }

  private static int onFailure(
      Exception e, CommandLine command, CommandLine.ParseResult parseResult) {
    if (e instanceof CommandFailure) {
      command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + e.getMessage());
    } else {
      e.printStackTrace(command.getErr());
    }
    return ExitCode.SOFTWARE;
  }
}
