package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @Test
  void execute_noCommand_isUsageErrorThatNamesTheCommands() {
    Cli cli = Cli.run();

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .contains("demo", "compare", "record", "replay", "recommend", "raw", "footprint", "jmh");
  }

  @Test
  void execute_help_listsTheCommands() {
    Cli cli = Cli.run("--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("demo", "compare", "record", "replay", "recommend", "raw", "footprint", "jmh");
  }

  @Test
  void execute_version_namesNettyAndTheJdk() {
    Cli cli = Cli.run("--version");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains(
            "lite-alloc",
            "commit " + SourceCommit.here(),
            "Netty 4.",
            System.getProperty("java.runtime.version"));
  }

  @Test
  void execute_helpOfDemo_explainsEachOption() {
    Cli cli = Cli.run("demo", "--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains(
            "--allocator",
            "--strategy",
            "--duration",
            "--requests",
            "--connections",
            "--loops",
            "--body-size",
            "--port",
            "--dashboard-port",
            "--max-bytes",
            "--scenario",
            "--json");
  }

  @Test
  void execute_helpOfCompare_explainsEachOption() {
    Cli cli = Cli.run("compare", "--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("--quick", "--json", "--strategies", "--scenarios", "--forks", "--leak-detection")
        .contains("--targets", "--java", "--profile", "--markdown", "--baseline", "--margin")
        .contains("--allocator", "--class-path", "--system-property", "--peer")
        .contains("replace-in-order-LIVE", "mixed-width-access")
        .contains("--e2e", "--protocols", "--loads", "--traffic", "--tls", "--budget");
  }

  @Test
  void execute_helpOfRaw_explainsEachOption() {
    Cli cli = Cli.run("raw", "--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).contains("--quick", "--json", "--strategies", "--workloads", "--forks");
  }

  @Test
  void execute_helpOfJmh_namesTheScenarios() {
    Cli cli = Cli.run("jmh", "--help");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("AllocateReleaseBenchmark", "SteadyStateBenchmark", "RawStrategyBenchmark")
        .contains("FragmentsBenchmark", "RemoteReleaseBenchmark", "GrowthBenchmark")
        .contains("DerivedBenchmark", "AccessBenchmark", "MethodProfiler")
        .contains("InOrderBenchmark", "SliceProfiler", "PinProfiler", "class:");
  }

  @Test
  void execute_jmhWithoutArguments_explainsAndRunsNothing() {
    Cli cli = Cli.run("jmh");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out())
        .contains("ContentBenchmark", "Everything, in some hours: lite-alloc jmh '.*'", "--help");
  }

  @Test
  void execute_outputThatCannotBeWritten_isSaidWithCodeOne() {
    StringWriter err = new StringWriter();
    PrintWriter full =
        new PrintWriter(
            new Writer() {
              @Override
              public void write(char[] text, int from, int count) throws IOException {
                throw new IOException("No space left on device");
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}
            });

    assertThat(Main.execute(full, new PrintWriter(err), "--help")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot write the standard output");
  }

  /** As the JDK says it, and as Netty does. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cannot reserve 4194304 bytes of direct buffer memory (allocated: 8193, limit: 2097152)",
        "io.netty.util.internal.OutOfDirectMemoryError: failed to allocate 4194304 byte(s)"
      })
  void execute_noDirectMemory_saysWhatHelps(String message) {
    StringWriter err = new StringWriter();
    PrintWriter broken =
        new PrintWriter(new StringWriter()) {
          @Override
          public void println(String line) {
            throw new OutOfMemoryError(message);
          }
        };

    assertThat(Main.execute(broken, new PrintWriter(err), "jmh")).isEqualTo(1);
    assertThat(err.toString()).contains(message, "-XX:MaxDirectMemorySize");
  }

  @Test
  void execute_error_isSaidWithCodeOne() {
    StringWriter err = new StringWriter();
    PrintWriter broken =
        new PrintWriter(new StringWriter()) {
          @Override
          public void println(String line) {
            throw new OutOfMemoryError("Java heap space");
          }
        };

    assertThat(Main.execute(broken, new PrintWriter(err), "jmh")).isEqualTo(1);
    assertThat(err.toString())
        .contains("OutOfMemoryError: Java heap space")
        .doesNotContain("MaxDirectMemorySize");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "demo --allocator jemalloc|'jemalloc' (expected: one of lite, pooled, adaptive, unpooled)",
        "demo --strategy buddy|--strategy: buddy (expected: one of hybrid, bump-free-list,",
        "demo --scenario panic|'panic' (expected: one of calm, burst, pressure, slow-readers, off-loop, leak)",
        "demo --duration -1|--duration: -1 (expected: 0 to",
        "demo --duration soon|'soon' is not a duration (expected: seconds, or a number with s, m or h",
        "demo --duration 9d|'9d' is not a duration",
        "demo --connections -1|--connections: -1 (expected: 0 to",
        "demo --loops 0|--loops: 0 (expected: 1 to",
        "demo --body-size 1t|'1t' is not a size (expected:",
        "demo --body-size 1g|--body-size: 1073741824 (expected: 0 to",
        "demo --port 65536|--port: 65536 (expected: 0 to 65535)",
        "demo --dashboard-port 65536|--dashboard-port: 65536 (expected: 0 to 65535)",
        "demo --max-bytes 1k|--max-bytes: 1024 (expected: at least 65536)",
        "demo --requests 0|--requests: 0 (expected: at least 1)",
        "demo --json /no/such/folder/a.json|--json: /no/such/folder/a.json, which is in a directory"
            + " that does not exist",
        "demo --nonsense|Unknown option: '--nonsense'",
        "compare --strategies buddy|--strategies: buddy (expected: one or more of hybrid,",
        "compare --scenarios all|--scenarios: all (expected: one or more of allocate-release-64,",
        "compare --forks 0|--forks: 0 (expected: 1 to",
        "compare --leak-detection paranoid|'paranoid' (expected: one of simple, disabled)",
        "compare --leak-detection simple,off|'off' (expected: one of simple, disabled)",
        "compare --java /no/such/jdk|--java: /no/such/jdk, which does not exist (expected: the home",
        "compare --loops 0 --scenarios cycle-16-64|--loops: 0 (expected: 1 to 64)",
        "compare --loops 1,65|--loops: 65 (expected: 1 to 64)",
        "compare --loops 2 --threads 2|--loops: [2] (expected: without --thread-kind and",
        "compare --loops 2 --scenarios growth|--scenarios: growth (expected: with --loops,",
        "compare --recording a --seed x|Invalid value for option '--seed'",
        "compare --margin -1|--margin: -1 (expected: 0 to 1000)",
        "compare --json /|--json: /, which is a directory",
        "compare --protocols http1|Missing required argument(s): --e2e",
        "compare --e2e --protocols http3|--protocols: http3 (expected: one or more of http1, http2)",
        "compare --e2e --loads ab|--loads: ab (expected: one or more of built-in, wrk, h2load)",
        "compare --e2e --loads wrk --traffic bursts|--loads: [wrk] for [HTTP/1.1, HTTP/2], [bursts] (expected:",
        "compare --e2e --traffic heavy|--traffic: heavy (expected: one or more of steady, bursts, slow-readers)",
        "compare --e2e --duration 0|--duration: 0 (expected: 1 to 3600)",
        "compare --e2e --duration soon|'soon' is not a duration (expected: seconds, or a number with s, m or h",
        "compare --e2e --budget 1k|--budget: 1024 (expected: at least 1048576)",
        "compare --e2e --body-size 5m|--body-size: 5242880 (expected: 0 to 4194304)",
        "compare --e2e --connections 2 --traffic slow-readers|--connections: 2 (expected: 4 to",
        "compare --e2e --strategies buddy|--strategies: buddy (expected: one or more of hybrid,",
        "compare --e2e --scenarios growth|--scenarios: together with --e2e (expected: without it; --e2e takes its own options, and --baseline, --forks, --java,",
        "compare --e2e --profile|--profile: together with --e2e (expected: without it;",
        "compare --e2e --java /no/such/jdk|--java: /no/such/jdk, which does not exist (expected: the home",
        "compare --e2e --leak-detection paranoid|'paranoid' (expected: one of simple, disabled)",
        "compare --e2e --margin -1|--margin: -1 (expected: 0 to 1000)",
        "compare --e2e --loops 1,2|--loops: [1, 2] (expected: one number with --e2e)",
        "compare --e2e --loops 0|--loops: 0 (expected: 1 to 256)",
        "compare --e2e --json /|--json: /, which is a directory",
        "record 1 --duration 0|--duration: 0 (expected: 1 to 3600)",
        "record 1 --max-size 1k|--max-size: 1024 (expected: 1048576 to",
        "record 1 --out /|--out: /, which is a directory",
        "replay a --speed 0|--speed: 0 (expected: 1 to 1000)",
        "replay a --allocators jemalloc|--allocators: jemalloc (expected: one or more of hybrid,",
        "recommend a --forks 0|--forks: 0 (expected: 1 to 50)",
        "corpus --recordings http3|--recordings: http3 (expected: one or more of http1-small,",
        "corpus --replay --forks 0|--forks: 0 (expected: 1 to 50)",
        "corpus out --replay|--replay: together with the folder out (expected: one of them)",
        "demo --soak --port 80|--port: 80 with --soak (expected: without --soak)",
        "scale a --loops 1025|--loops: 1025 (expected: 1 to 1024)",
        "scale a --loops 1,x|'x' is not such a number (expected: a whole one below 2^31, as in 10)",
        "scale a --loops 99999999999|'99999999999' is not such a number (expected: a whole one below 2^31, as in 10)",
        "scale a --seed 1.5|'1.5' is not such a number (expected: a whole one below 2^63, as in 10)",
        "scale a --max-direct 0|--max-direct: 0 (expected: at least 67108864)",
        "scale a --max-direct x|'x' is not a size (expected: bytes, or a number with k, m or g",
        "scale a --max-direct 9e99g|'9e99g' is not a size (expected:",
        "scale a --max-direct=-1|'-1' is not a size (expected:",
        "scale a --max-direct 999999999999999g|'999999999999999g' is too large (expected: below 8 EiB)",
        "scale a --json /|--json: /, which is a directory",
        "replay a --max-direct 1m|--max-direct: 1048576 (expected: at least 67108864)",
        "recommend a --max-direct 1m|--max-direct: 1048576 (expected: at least 67108864)",
        "corpus --replay --max-direct 1m|--max-direct: 1048576 (expected: at least 67108864)",
        "compare --max-direct 1m|--max-direct: 1048576 (expected: at least 67108864)",
        "compare --e2e --max-direct 1m|--max-direct: 1048576 (expected: at least 67108864)",
        "compare --e2e --max-direct 1g --budget 1g|--max-direct: together with --budget (expected: one of",
        "compare --margin 1001|--margin: 1001 (expected: 0 to 1000)",
        "compare --margin NaN|'NaN' is not a percentage (expected: a whole number, as in 10 or 10%)",
        "compare --margin=-10%|--margin: -10 (expected: 0 to 1000)",
        "compare --e2e --margin 1.5|'1.5' is not a percentage (expected:",
        "compare --baseline /no/such.json|--baseline: cannot read /no/such.json: there is no such file",
        "compare --e2e --loads built-in --baseline /|--baseline: cannot read /: Is a directory (expected:",
        "scale a --load shrinks|'shrinks' (expected: one of same, grows)",
        "raw --strategies buddy|--strategies: buddy (expected: one or more of hybrid,",
        "raw --workloads huge|--workloads: huge (expected: one or more of tiny,",
        "raw --forks 51|--forks: 51 (expected: 1 to 50)",
        "raw --json /|--json: /, which is a directory",
        "replayed|'replayed'",
      })
  void execute_badOption_isUsageErrorWithGivenAndExpected(String command, String message) {
    Cli cli = Cli.run(command.split(" "));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains(message).contains("--help");
    assertThat(cli.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--strategy hybrid", "--max-bytes 1m", "--scenario leak"})
  void execute_optionOfLiteForAPeer_isUsageError(String option) {
    Cli cli = Cli.run(("demo --allocator pooled " + option).split(" "));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("--allocator lite");
  }

  @Test
  void execute_requestsWithoutConnections_isUsageError() {
    Cli cli = Cli.run("demo", "--requests", "10", "--connections", "0");

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("at least one connection");
  }
}
