package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.ResidentSet;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Replays a history with one candidate: once at its own pace, for the memory, and then a few times
 * as fast as it goes, for the time. A program of its own, see {@link ReplayRuns}.
 */
final class ReplayProbe {

  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int SLICE_EVENTS = 20_000;
  private static final int MIN_REPETITIONS = 5;

  /** Until then, the compiler is done with a short history, too. */
  private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private ReplayProbe() {}

  /**
   * Replays.
   *
   * @param args the file, the candidate, its ceiling in bytes, the speed, the seconds to wait at
   *     the end, the file of the result
   */
  public static void main(String[] args) throws Exception {
    Traffic traffic = Recordings.read(Path.of(args[0]));
    replay(
            traffic,
            Candidate.of(args[1]),
            Long.parseLong(args[2]),
            Double.parseDouble(args[3]),
            Integer.parseInt(args[4]),
            REPEAT_NANOS)
        .write(Path.of(args[5]));
    // Whatever an allocator has started must not keep this alive.
    System.exit(0);
  }

  static ReplayResult replay(
      Traffic traffic,
      Candidate candidate,
      long maxBytes,
      double speed,
      int secondsAfter,
      long repeatNanos)
      throws InterruptedException, IOException {
    Turns turns = new Turns(traffic);
    List<Slices.Slice> slices = Slices.of(traffic, SLICE_NANOS, SLICE_EVENTS);
    try (MeasuredAllocator allocator = MeasuredAllocator.open(candidate, "replay", maxBytes);
        Workers workers = new Workers(traffic)) {
      Player player = new Player(traffic, turns, allocator.allocator(), workers, true);
      ReplayResult memory;
      System.gc(); // what was made to read the file
      try (Sampler sampler = new Sampler(allocator, player::liveBytes, ResidentSet.bytes())) {
        player.play(slices, speed);
        List<Sampler.Sample> during = sampler.samples();
        TimeUnit.SECONDS.sleep(secondsAfter);
        Sampler.Sample after = sampler.look();
        memory = ReplayResult.of(allocator, player, during, after, sampler.samples());
      }
      // Not before: repetitions add to the peak and to what no arena serves.
      return memory.timed(nanosPerOp(traffic, turns, allocator, workers, repeatNanos));
    }
  }

  private static double nanosPerOp(
      Traffic traffic, Turns turns, MeasuredAllocator allocator, Workers workers, long repeatNanos)
      throws InterruptedException {
    List<Slices.Slice> slices = Slices.of(traffic, Long.MAX_VALUE / 2, SLICE_EVENTS);
    double fastest = Double.POSITIVE_INFINITY;
    long started = System.nanoTime();
    for (int repetition = 0;
        repetition < MIN_REPETITIONS || System.nanoTime() - started < repeatNanos;
        repetition++) {
      Player player = new Player(traffic, turns, allocator.allocator(), workers, false);
      player.play(slices, Double.POSITIVE_INFINITY);
      fastest = Math.min(fastest, player.nanosPerOp());
    }
    return fastest;
  }
}
