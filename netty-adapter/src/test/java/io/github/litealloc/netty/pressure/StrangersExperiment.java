package io.github.litealloc.netty.pressure;

import io.github.litealloc.netty.MemoryPressureHandler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Honest clients beside strangers who hold most of the budget and stall: rates without the
 * strangers and beside them, in turns on the same connections, so that whatever else the machine
 * does falls on both alike.
 */
final class StrangersExperiment {

  private static final boolean[] ASK = {true};
  private static final boolean[] BOTH = {false, true};
  private static final int CLIENTS = 4;
  private static final int REQUEST_BYTES = 16 << 20;

  private final int turns = Integer.getInteger("litealloc.pressure.turns", 5);
  private final int seconds = Integer.getInteger("litealloc.pressure.seconds", 2);
  private final int budget = Integer.getInteger("litealloc.pressure.budget", 64);
  private final int strangers = Integer.getInteger("litealloc.pressure.strangers", 8);
  private final int stallMillis = Integer.getInteger("litealloc.pressure.stall", 1_000);

  /** Prints a table in Markdown. */
  static void printTable() throws Exception {
    System.out.println(
        "| strangers | clients | handler | alone, 1/s | beside, 1/s | ratio | least .. most | loop alone, us"
            + " | loop beside, us | outside, MB | closed |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
    StrangersExperiment experiment = new StrangersExperiment();
    for (boolean ask : Boolean.getBoolean("litealloc.pressure.ask") ? ASK : BOTH) {
      for (boolean anew : new boolean[] {false, true}) {
        for (boolean with : new boolean[] {false, true}) {
          experiment.run(ask, with, anew);
        }
      }
    }
  }

  private void run(boolean ask, boolean with, boolean anew) throws Exception {
    // What one asks for is a third of what one sends: the budget must be as tight for both.
    MemoryPressureHandler handler =
        MemoryPressureHandler.builder().stallMillis(stallMillis).build();
    try (Server server = new Server(ask ? budget / 4 : budget, handler)) {
      server.listenWithSmallSockets(
          (pressure, to) -> {
            if (with) {
              to.addLast(pressure);
            }
            HonestServer.add(to);
          });
      List<HonestClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new HonestClient(server.address(), anew));
      }
      Thread.sleep(3_000); // until it is compiled
      Rate[] alone = new Rate[turns];
      Rate[] beside = new Rate[turns];
      for (int turn = 0; turn < turns; turn++) {
        alone[turn] = rate(clients);
        List<Stranger> all = enter(server, ask);
        Thread.sleep(ask ? 8L * stallMillis : 1_000); // until those who do not read are closed
        beside[turn] = rate(clients);
        for (Stranger stranger : all) {
          stranger.close();
        }
        Thread.sleep(1_000);
      }
      System.out.printf(
          Locale.ROOT,
          "| %-7s | %-15s | %-7s | %6d | %6d | %4.2f | %4.2f .. %4.2f | %4.1f | %4.1f | %6.1f | %d |%n",
          ask ? "ask" : "send",
          anew ? "new connections" : "keep-alive",
          with ? "with" : "without",
          median(alone, Rate::answersPerSecond),
          median(beside, Rate::answersPerSecond),
          ratio(alone, beside, turns / 2),
          ratio(alone, beside, 0),
          ratio(alone, beside, turns - 1),
          median(alone, Rate::loopNanosPerAnswer) / 1e3,
          median(beside, Rate::loopNanosPerAnswer) / 1e3,
          server.fallback.bytes.get() / 1e6,
          handler.closedChannels());
      for (HonestClient client : clients) {
        client.close();
        if (client.failure() != null) {
          System.out.println("failed: " + client.failure());
        }
      }
    }
  }

  private List<Stranger> enter(Server server, boolean ask) throws IOException {
    List<Stranger> all = new ArrayList<>();
    for (int i = 0; i < strangers; i++) {
      all.add(
          ask
              ? Stranger.asking(server.address())
              : Stranger.sending(server.address(), REQUEST_BYTES, REQUEST_BYTES - (1 << 20)));
    }
    return all;
  }

  /** What the clients got, and what that took the server's event loop. */
  private record Rate(long answersPerSecond, long loopNanosPerAnswer) {}

  private Rate rate(List<HonestClient> clients) throws InterruptedException {
    long before = answers(clients);
    long cpuBefore = loopCpuNanos();
    Thread.sleep(seconds * 1_000L);
    long answers = Math.max(1, answers(clients) - before);
    return new Rate(answers / seconds, (loopCpuNanos() - cpuBefore) / answers);
  }

  private static long answers(List<HonestClient> clients) {
    return clients.stream().mapToLong(client -> client.answers.get()).sum();
  }

  private static long loopCpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith(Server.LOOP_NAME)) {
        nanos += threads.getThreadCpuTime(thread.getThreadId());
      }
    }
    return nanos;
  }

  private long median(Rate[] rates, ToLongFunction<Rate> of) {
    return Arrays.stream(rates).mapToLong(of).sorted().toArray()[turns / 2];
  }

  /** Of the rates of one turn, which lie next to each other in time; ordered by size. */
  private static double ratio(Rate[] alone, Rate[] beside, int index) {
    double[] ratios = new double[alone.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = (double) beside[i].answersPerSecond() / alone[i].answersPerSecond();
    }
    Arrays.sort(ratios);
    return ratios[index];
  }
}
