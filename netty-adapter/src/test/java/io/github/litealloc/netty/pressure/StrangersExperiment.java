package io.github.litealloc.netty.pressure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Honest clients beside strangers who hold most of the budget and stall; prints rates. */
final class StrangersExperiment {

  private StrangersExperiment() {}

  public static void main(String[] arguments) throws Exception {
    for (int round = 0; round < Integer.getInteger("rounds", 2); round++) {
      for (int strangers : new int[] {0, Integer.getInteger("strangers", 8)}) {
        for (boolean with : new boolean[] {false, true}) {
          for (boolean anew : new boolean[] {false, true}) {
            run(strangers, with, anew);
          }
        }
      }
    }
  }

  private static void run(int strangers, boolean with, boolean anew) throws Exception {
    long seconds = Integer.getInteger("seconds", 5);
    try (Server server = new Server(Integer.getInteger("budget", 64))) {
      server.listen(
          (pressure, to) -> {
            if (with) {
              to.addLast(pressure);
            }
            HonestServer.add(to);
          });
      List<HonestClient> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(new HonestClient(server.address(), anew));
      }
      Thread.sleep(1_000);
      List<Stranger> all = new ArrayList<>();
      for (int i = 0; i < strangers; i++) {
        all.add(new Stranger(server.address(), 16 << 20, 15 << 20));
      }
      Thread.sleep(2_000);
      StringBuilder rates = new StringBuilder();
      for (int second = 0; second < seconds; second++) {
        rates.append(rate(clients, 1_000)).append(' ');
      }
      long reserved = server.allocator.metric().budget().reservedBytes();
      for (Stranger stranger : all) {
        stranger.close();
      }
      rates
          .append("| gone: ")
          .append(rate(clients, 1_000))
          .append(' ')
          .append(rate(clients, 1_000));
      System.out.printf(
          Locale.ROOT,
          "strangers %d  %-7s %-10s  outside %6.2f MB  reserved %5.1f MB then %5.1f MB  a second: %s%n",
          strangers,
          with ? "with" : "without",
          anew ? "new conns" : "keep-alive",
          server.fallback.bytes.get() / 1e6,
          reserved / 1e6,
          server.allocator.metric().budget().reservedBytes() / 1e6,
          rates);
      for (HonestClient client : clients) {
        client.close();
        if (client.failure() != null) {
          System.out.println("  failed: " + client.failure());
        }
      }
    }
  }

  private static long rate(List<HonestClient> clients, long millis) throws InterruptedException {
    long before = clients.stream().mapToLong(client -> client.answers.get()).sum();
    Thread.sleep(millis);
    return clients.stream().mapToLong(client -> client.answers.get()).sum() - before;
  }
}
