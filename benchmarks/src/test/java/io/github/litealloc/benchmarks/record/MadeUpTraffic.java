package io.github.litealloc.benchmarks.record;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Traffic that nobody has recorded. */
public final class MadeUpTraffic {

  private MadeUpTraffic() {}

  /**
   * Makes random traffic: two event loops and another thread, sizes up to 20,000 bytes, buffers
   * that move, that others release, and that are live at the end.
   *
   * @param seed any number
   * @param events about how many
   * @return the traffic
   */
  public static Traffic random(long seed, int events) {
    SplittableRandom random = new SplittableRandom(seed);
    Traffic.Builder builder = new Traffic.Builder();
    List<Integer> live = new ArrayList<>();
    long nanos = 0;
    for (int event = 0; event < events; event++) {
      nanos += random.nextInt(5_000);
      int thread = random.nextInt(3);
      int kind = random.nextInt(10);
      if (live.isEmpty() || kind < 5) {
        live.add(builder.allocate(nanos, thread, 1 + random.nextInt(20_000)));
      } else if (kind == 5) {
        int buffer = live.get(random.nextInt(live.size()));
        builder.resize(nanos, thread, buffer, 1 + random.nextInt(20_000));
      } else {
        builder.release(nanos, thread, live.remove(random.nextInt(live.size())));
      }
    }
    return builder.build(new boolean[] {true, true, false}, new Traffic.Losses(1, 2, 3, 4, 5));
  }
}
