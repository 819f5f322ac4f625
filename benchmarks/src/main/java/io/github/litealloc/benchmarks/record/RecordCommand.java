package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.ByteSizeConverter;
import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.Interrupts;
import io.github.litealloc.benchmarks.Options;
import io.github.litealloc.benchmarks.OutputFile;
import io.github.litealloc.benchmarks.SecondsConverter;
import io.github.litealloc.benchmarks.TemporaryFiles;
import io.github.litealloc.benchmarks.Text;
import io.github.litealloc.benchmarks.TimeLeft;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of the recording. */
@Command(
    name = "record",
    description = {
      "Records what a running JVM asks its Netty allocator for, and writes it to a file that holds"
          + " sizes, times and thread numbers only.",
      "",
      "The JVM needs no preparation, but Netty 4.2.4 or newer with its pooled or adaptive allocator,"
          + " or lite-alloc. It is told through jcmd (so this must run on the same host, as the same"
          + " user, on a JDK), and records each single buffer with Flight Recorder meanwhile, which"
          + " costs it some microseconds a buffer. Ctrl-C ends the recording early and keeps it. In"
          + " place of the PID, a .jfr file made elsewhere is converted.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true)
public final class RecordCommand implements Callable<Integer> {

  private static final int MAX_SECONDS = 60 * 60;
  private static final long MIN_BYTES = 1 << 20;
  private static final long MAX_BYTES = 1L << 30;
  private static final long LOOK_MILLIS = 200;
  private static final int GRACE_SECONDS = 60;

  /** How often it tells how long it still takes: that many times, but not more often than that. */
  private static final int STEPS = 20;

  private static final int MIN_STEP_SECONDS = 5;

  private final CountDownLatch interrupted = new CountDownLatch(1);

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PID",
      description =
          "The process, or a .jfr file. Without it, prints the JVM option that records from the start.")
  private @Nullable String source;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = SecondsConverter.class,
      description = "How long, as in 30s or 5m (default: ${DEFAULT-VALUE}).")
  private Integer duration;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      defaultValue = "100m",
      converter = ByteSizeConverter.class,
      description =
          "How much Flight Recorder keeps, some 30 bytes an event; beyond that, the oldest goes"
              + " (default: ${DEFAULT-VALUE}).")
  private Long maxSize;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "traffic.litealloc",
      description = "Where to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--loops",
      paramLabel = "REGEX",
      description =
          "The threads that are event loops, by their names (default: by the names that Netty, and what"
              + " is built on it, gives them).")
  private Pattern loops = FlightFile.LOOPS;

  @Option(
      names = "--keep-jfr",
      paramLabel = "FILE",
      description =
          "Keep Flight Recorder's own file there, too. It names threads and the command line.")
  private @Nullable Path keepJfr;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public RecordCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    Options check = new Options(spec);
    check.range("--duration", duration, 1, MAX_SECONDS);
    check.range("--max-size", maxSize, MIN_BYTES, MAX_BYTES);
    check.writable("--out", out);
    check.writable("--keep-jfr", keepJfr);
    PrintWriter print = spec.commandLine().getOut();
    if (source == null) {
      print.println("To record from the start of a JVM (17 or newer), give it this option:");
      print.println();
      print.println("  " + BufferEvents.jvmOption(maxSize, duration));
      print.println();
      print.println("and then convert what it writes, or replay it as it is:");
      print.println();
      print.println("  lite-alloc record buffers.jfr --out " + out);
      print.println("  lite-alloc replay buffers.jfr");
      print.println();
      print.println("Needs " + BufferEvents.WHO_HAS_THEM + '.');
      print.flush();
      return ExitCode.OK;
    }
    CountDownLatch done = new CountDownLatch(1);
    if (source.matches("\\d+")) {
      // Not before it is written: the jcmd that ends the recording is a child, which would be
      // ended.
      Interrupts.stopBy(
          () -> {
            interrupted.countDown();
            Interrupts.awaitInOrder(done);
          });
    }
    try {
      Traffic traffic =
          source.matches("\\d+") ? record(check) : Recordings.read(Path.of(source), loops);
      TrafficFile.write(out, traffic);
      TrafficText.print(new TrafficSummary(traffic), print);
      print.println("written to " + out);
      print.flush();
      return ExitCode.OK;
    } finally {
      done.countDown();
    }
  }

  private Traffic record(Options check) throws InterruptedException {
    RecordedJvm jvm = new RecordedJvm(pid(check));
    if (!jvm.isAlive()) {
      throw new CommandFailure("process " + source + ": there is none", null);
    }
    Path folder = temporary();
    try {
      Path jfr = folder.resolve("buffers.jfr");
      recordTo(jfr, jvm);
      if (!Files.exists(jfr)) {
        throw new CommandFailure(
            "process "
                + source
                + " has written nothing to "
                + jfr
                + " (does it run in a container, or as another user?)",
            null);
      }
      if (keepJfr != null) {
        OutputFile.write(keepJfr, stream -> Files.copy(jfr, stream));
      }
      if (Files.size(jfr) > maxSize) {
        progress("the recording has reached --max-size: its beginning may be missing");
      }
      return FlightFile.read(jfr, loops);
    } catch (IOException e) {
      throw CommandFailure.of("cannot record", e);
    } finally {
      TemporaryFiles.delete(folder);
    }
  }

  private static Path temporary() {
    try {
      return TemporaryFiles.folder("lite-alloc-record");
    } catch (IOException e) {
      throw CommandFailure.of("cannot make a temporary folder", e);
    }
  }

  private void recordTo(Path jfr, RecordedJvm jvm) throws InterruptedException {
    try {
      // The JVM's own end of it is the second one, in case that this is killed. Not sooner: where
      // much else is done, jcmd comes back long after the JVM has begun, and a file that the JVM is
      // still writing when it is read is an empty one.
      jvm.start(jfr, maxSize, duration + GRACE_SECONDS);
    } catch (CommandFailure e) {
      if (!Interrupts.happenedJustNow()) {
        throw e;
      }
      // A terminal interrupts jcmd, too, which may have told it already.
      jvm.stopIfItRecords(jfr);
      throw new CommandFailure("interrupted, before anything was recorded", e);
    }
    awaitEnd(jvm);
    if (Interrupts.happened()) {
      progress("interrupted: what was recorded is read");
    }
    if (jvm.isAlive()) {
      jvm.stop(jfr);
    } else {
      progress("the process has ended");
    }
  }

  private long pid(Options check) {
    try {
      return Long.parseLong(String.valueOf(source));
    } catch (NumberFormatException e) {
      throw check.refused("PID", String.valueOf(source), "the number of a process");
    }
  }

  private void awaitEnd(RecordedJvm jvm) throws InterruptedException {
    progress("recording process " + source + " for " + Text.count(duration, "second"));
    long started = System.nanoTime();
    long nanos = TimeUnit.SECONDS.toNanos(duration);
    long step = TimeUnit.SECONDS.toNanos(Math.max(MIN_STEP_SECONDS, duration / STEPS));
    long told = 0;
    while (System.nanoTime() - started < nanos && jvm.isAlive()) {
      long elapsed = System.nanoTime() - started;
      if (elapsed - told >= step) {
        told = elapsed;
        progress(
            String.format(
                Locale.ROOT,
                "recorded %,.0f s of %,d%s",
                elapsed / 1e9,
                duration,
                TimeLeft.ofSeconds((nanos - elapsed) / 1e9)));
      }
      if (interrupted.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
    spec.commandLine().getErr().flush();
  }
}
