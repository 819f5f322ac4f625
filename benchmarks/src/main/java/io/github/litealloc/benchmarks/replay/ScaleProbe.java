package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.ResidentSet;
import io.github.litealloc.benchmarks.record.Recordings;
import io.github.litealloc.benchmarks.record.Traffic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Replays a history with one candidate, once and at its own pace, on threads that are there before
 * memory is looked at. A program of its own, see {@link ScaleRuns}.
 */
final class ScaleProbe {

  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int SLICE_EVENTS = 200_000;
  private static final int STACK_FRAMES = 200;

  private ScaleProbe() {}

  /**
   * Replays.
   *
   * @param args the file, the candidate, its ceiling in bytes, the file of the result
   */
  public static void main(String[] args) throws Exception {
    replay(Recordings.read(Path.of(args[0])), Candidate.of(args[1]), Long.parseLong(args[2]))
        .write(Path.of(args[3]));
    // Whatever an allocator has started must not keep this alive.
    System.exit(0);
  }

  static ReplayResult replay(Traffic traffic, Candidate candidate, long maxBytes) throws Exception {
    Turns turns = new Turns(traffic);
    List<Slices.Slice> slices = Slices.of(traffic, SLICE_NANOS, SLICE_EVENTS);
    try (MeasuredAllocator allocator = MeasuredAllocator.open(candidate, "replay", maxBytes);
        Workers workers = new Workers(traffic)) {
      touchStacks(traffic, workers);
      Player player = new Player(traffic, turns, allocator.allocator(), workers, true);
      System.gc(); // what was made to read the file
      try (Sampler sampler = new Sampler(allocator, player::liveBytes, ResidentSet.bytes())) {
        player.play(slices, 1);
        List<Sampler.Sample> during = sampler.samples();
        Sampler.Sample after = sampler.look();
        return ReplayResult.of(allocator, player, during, after, during).timed(player.nanosPerOp());
      }
    }
  }

  /** A thread's stack is resident once it was used, which is nobody's memory here. */
  private static void touchStacks(Traffic traffic, Workers workers) throws Exception {
    List<Future<?>> started = new ArrayList<>();
    for (int thread = 0; thread < traffic.threads(); thread++) {
      started.add(workers.of(thread).submit(() -> depth(STACK_FRAMES)));
    }
    for (Future<?> each : started) {
      each.get();
    }
  }

  private static int depth(int frames) {
    return frames == 0 ? 0 : 1 + depth(frames - 1);
  }
}
