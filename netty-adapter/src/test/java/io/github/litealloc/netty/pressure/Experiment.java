package io.github.litealloc.netty.pressure;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Runs the loads large, with and without the handler in turns, and prints a table in Markdown. */
final class Experiment {

  private static final int CONNECTIONS = 30;
  private static final int ANSWERS = 10;
  private static final int ANSWER_BYTES = 512 * 1024;
  private static final long LATE_MILLIS = 1_500;
  private static final long PATIENCE_MILLIS = 30_000;

  private final int rounds = Integer.getInteger("litealloc.pressure.rounds", 3);
  private final String protocols =
      System.getProperty(
          "litealloc.pressure.protocols",
          "TCP,HTTP1,HTTP2,HTTP2_STREAMS,GRPC,GRPC_READY,CREDITS,"
              + "RSOCKET,RSOCKET_CREDIT,RSOCKET_BUFFERED");
  private final String budgets = System.getProperty("litealloc.pressure.budgets", "8,16,64");

  static void printTable() throws Exception {
    Experiment experiment = new Experiment();
    System.out.println(
        "| protocol | budget, MiB | readers | without, ms | with, ms | ratio | without, % outside"
            + " | with, % outside: median, most |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (String name : experiment.protocols.split(",")) {
      Protocol protocol = Protocol.valueOf(name);
      protocol.run(64, new Load(4, 2, 65_536, 0), true, PATIENCE_MILLIS); // warms up
      for (String budget : experiment.budgets.split(",")) {
        experiment.printRow(protocol, Integer.parseInt(budget), 0);
        experiment.printRow(protocol, Integer.parseInt(budget), LATE_MILLIS);
      }
    }
  }

  private void printRow(Protocol protocol, int budget, long waitMillis) throws Exception {
    Load load = new Load(CONNECTIONS, ANSWERS, ANSWER_BYTES, waitMillis);
    Outcome[] without = new Outcome[rounds];
    Outcome[] with = new Outcome[rounds];
    for (int round = 0; round < rounds; round++) {
      without[round] = protocol.run(budget, load, false, PATIENCE_MILLIS);
      with[round] = protocol.run(budget, load, true, PATIENCE_MILLIS);
    }
    ToDoubleFunction<Outcome> outside = run -> 100.0 * run.outsideBytes() / load.bytes();
    double millisWithout = sorted(without, Outcome::millis)[rounds / 2];
    double millisWith = sorted(with, Outcome::millis)[rounds / 2];
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %s | %.0f | %.0f%s | %.2f | %.2f | %.2f, %.2f |%n",
        protocol,
        budget,
        waitMillis == 0 ? "early" : "late",
        millisWithout,
        millisWith,
        Arrays.stream(with).allMatch(Outcome::isComplete) ? "" : " (not all complete)",
        millisWith / millisWithout,
        sorted(without, outside)[rounds / 2],
        sorted(with, outside)[rounds / 2],
        sorted(with, outside)[rounds - 1]);
  }

  private static double[] sorted(Outcome[] runs, ToDoubleFunction<Outcome> of) {
    return Arrays.stream(runs).mapToDouble(of).sorted().toArray();
  }
}
