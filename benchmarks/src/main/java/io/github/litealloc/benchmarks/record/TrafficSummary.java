package io.github.litealloc.benchmarks.record;

import java.util.Arrays;

/** What a history is like, in figures. */
public final class TrafficSummary {

  /** Sizes are counted up to these, and above the last. */
  static final int[] SIZE_LIMITS = {
    16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 1 << 20
  };

  private final Traffic traffic;
  private final long[] buffersOfSize = new long[SIZE_LIMITS.length + 1];
  private long allocatedBytes;
  private long resizes;
  private long releases;
  private long remoteReleases;
  private long liveAtEnd;
  private long peakLiveBytes;
  private long peakLiveBuffers;
  private double meanLiveBytes;
  private long onLoops;

  /**
   * Reads all of it.
   *
   * @param traffic the history
   */
  public TrafficSummary(Traffic traffic) {
    this.traffic = traffic;
    int[] sizes = new int[traffic.buffers()];
    int[] owners = new int[traffic.buffers()];
    long live = 0;
    long liveBytes = 0;
    double byteNanos = 0;
    long before = 0;
    for (int event = 0; event < traffic.events(); event++) {
      int buffer = traffic.buffer(event);
      byteNanos += (double) liveBytes * (traffic.nanos(event) - before);
      before = traffic.nanos(event);
      switch (traffic.kind(event)) {
        case ALLOCATE -> {
          live++;
          owners[buffer] = traffic.thread(event);
          allocatedBytes += traffic.size(event);
          onLoops += traffic.isLoop(traffic.thread(event)) ? 1 : 0;
          buffersOfSize[sizeIndex(traffic.size(event))]++;
        }
        case RESIZE -> resizes++;
        case RELEASE -> {
          live--;
          releases++;
          remoteReleases += owners[buffer] == traffic.thread(event) ? 0 : 1;
        }
      }
      liveBytes += traffic.size(event) - sizes[buffer];
      sizes[buffer] = traffic.size(event);
      peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
      peakLiveBuffers = Math.max(peakLiveBuffers, live);
    }
    this.liveAtEnd = live;
    this.meanLiveBytes = traffic.duration() == 0 ? liveBytes : byteNanos / traffic.duration();
  }

  private static int sizeIndex(int size) {
    int at = Arrays.binarySearch(SIZE_LIMITS, size);
    return at < 0 ? -at - 1 : at;
  }

  /** {@return the history} */
  public Traffic traffic() {
    return traffic;
  }

  /** {@return the bytes of all buffers when they were allocated} */
  public long allocatedBytes() {
    return allocatedBytes;
  }

  /** {@return how many buffers moved} */
  public long resizes() {
    return resizes;
  }

  /** {@return how many buffers were released} */
  public long releases() {
    return releases;
  }

  /** {@return how many were released on another thread than they were allocated on} */
  public long remoteReleases() {
    return remoteReleases;
  }

  /** {@return the share of the releases, 0 to 1, on another thread} */
  public double remoteShare() {
    return releases == 0 ? 0 : remoteReleases / (double) releases;
  }

  /** {@return how many were live at the end} */
  public long liveAtEnd() {
    return liveAtEnd;
  }

  /** {@return the most bytes that were live at once} */
  public long peakLiveBytes() {
    return peakLiveBytes;
  }

  /** {@return the most buffers that were live at once} */
  public long peakLiveBuffers() {
    return peakLiveBuffers;
  }

  /**
   * Says whether the chunks that events told of can be all that the application had.
   *
   * @return {@code false} if more was live than was in them, or if no event told of any
   */
  public boolean chunksHoldThePeak() {
    return traffic.chunks().filter(chunks -> chunks.peakBytes() >= peakLiveBytes).isPresent();
  }

  /** {@return the live bytes, averaged over time} */
  public double meanLiveBytes() {
    return meanLiveBytes;
  }

  /** {@return the share of the buffers, 0 to 1, that event loops have allocated} */
  public double loopShare() {
    return traffic.buffers() == 0 ? 0 : onLoops / (double) traffic.buffers();
  }

  /** {@return how many event loops there are} */
  public int loops() {
    int count = 0;
    for (int thread = 0; thread < traffic.threads(); thread++) {
      count += traffic.isLoop(thread) ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns how many buffers are at most as large as each of {@link #SIZE_LIMITS}, not as the one
   * before.
   */
  long[] buffersOfSize() {
    return buffersOfSize.clone();
  }
}
