package io.github.litealloc.netty.pressure;

import java.util.Locale;

/** Runs the loads large, with and without the handler in turns, and prints a table. */
final class Experiment {

  private Experiment() {}

  public static void main(String[] arguments) throws Exception {
    String protocols = System.getProperty("protocols", "TCP,HTTP1,HTTP2,HTTP2_STREAMS");
    String budgets = System.getProperty("budgets", "8,16,64");
    int rounds = Integer.getInteger("rounds", 2);
    Load warmUp = new Load(4, 2, 65_536, 0);
    for (String name : protocols.split(",")) {
      Protocol protocol = Protocol.valueOf(name);
      protocol.run(64, warmUp, true, 10_000);
      for (String budget : budgets.split(",")) {
        for (String wait : System.getProperty("waits", "0,1500").split(",")) {
          for (int round = 0; round < rounds; round++) {
            for (String with : System.getProperty("with", "false,true").split(",")) {
              Load load = new Load(30, 10, 512 * 1024, Long.parseLong(wait));
              Outcome outcome =
                  protocol.run(Integer.parseInt(budget), load, Boolean.parseBoolean(with), 30_000);
              System.out.printf(
                  Locale.ROOT,
                  "%-14s %2s MiB  %-5s  %-7s %6d ms  outside %5.2f %%  peak %5.1f MB  %s%n",
                  name,
                  budget,
                  wait.equals("0") ? "early" : "late",
                  Boolean.parseBoolean(with) ? "with" : "without",
                  outcome.millis(),
                  100.0 * outcome.outsideBytes() / load.bytes(),
                  outcome.peakBytes() / 1e6,
                  outcome.isComplete() ? "" : "NOT DONE: " + outcome.receivedBytes() / 1e6 + " MB");
            }
          }
        }
      }
    }
  }
}
