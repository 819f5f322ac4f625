package io.github.litealloc.benchmarks.replay;

import io.github.litealloc.benchmarks.record.Traffic;
import io.github.litealloc.benchmarks.record.TrafficSummary;

/**
 * What a footprint follows from. Buffers count where they were allocated, whoever releases them.
 *
 * @param loops event loops that have allocated anything
 * @param askedBytes what they have asked for, all of them together and over all the time
 * @param ownPeakBytes the sum of what each of them had live at its own peak, whenever that was
 * @param peakLiveBytes the most that was live at once, with all threads
 */
record LoopDemand(int loops, long askedBytes, long ownPeakBytes, long peakLiveBytes) {

  static LoopDemand of(TrafficSummary summary) {
    Traffic traffic = summary.traffic();
    int[] owners = new int[traffic.buffers()];
    int[] sizes = new int[traffic.buffers()];
    long[] live = new long[traffic.threads()];
    long[] peaks = new long[traffic.threads()];
    long asked = 0;
    for (int event = 0; event < traffic.events(); event++) {
      int buffer = traffic.buffer(event);
      if (traffic.kind(event) == Traffic.Kind.ALLOCATE) {
        owners[buffer] = traffic.thread(event);
      }
      int owner = owners[buffer];
      int size = traffic.size(event); // of a release, none
      asked += traffic.isLoop(owner) ? size : 0;
      live[owner] += size - sizes[buffer];
      sizes[buffer] = size;
      peaks[owner] = Math.max(peaks[owner], live[owner]);
    }
    int loops = 0;
    long ownPeaks = 0;
    for (int thread = 0; thread < peaks.length; thread++) {
      if (traffic.isLoop(thread) && peaks[thread] > 0) {
        loops++;
        ownPeaks += peaks[thread];
      }
    }
    return new LoopDemand(loops, asked, ownPeaks, summary.peakLiveBytes());
  }

  /** Returns what a loop has asked for, on average. */
  long askedBytesOfEach() {
    return loops == 0 ? 0 : askedBytes / loops;
  }

  /** Returns what a loop had live at its own peak, on average. */
  long ownPeakBytesOfEach() {
    return loops == 0 ? 0 : ownPeakBytes / loops;
  }
}
