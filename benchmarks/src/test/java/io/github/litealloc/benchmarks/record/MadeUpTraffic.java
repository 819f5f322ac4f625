package io.github.litealloc.benchmarks.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Traffic that nobody has recorded. */
public final class MadeUpTraffic {

  /** Figures of chunks, each another number. */
  public static final ChunkFigures CHUNKS =
      new ChunkFigures(5, 7, 7_000_000, 6, 6_000_000, 3, 3_000_000, 9_000_000_000L);

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
    return random(seed, events, Optional.empty());
  }

  /**
   * Makes the same in an application that had such chunks.
   *
   * @param seed any number
   * @param events about how many
   * @param chunks what is known of them
   * @return the traffic
   */
  public static Traffic random(long seed, int events, Optional<ChunkFigures> chunks) {
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
    return builder.build(
        new boolean[] {true, true, false}, new Traffic.Losses(1, 2, 3, 4, 5), chunks);
  }
}
