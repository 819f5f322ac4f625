package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Prints for a reader what a history is like, and what is not in it. */
public final class TrafficText {

  private TrafficText() {}

  /**
   * Prints some lines.
   *
   * @param summary of the history
   * @param out where to
   */
  public static void print(TrafficSummary summary, PrintWriter out) {
    Traffic traffic = summary.traffic();
    line(
        out,
        "recorded",
        String.format(
            Locale.ROOT,
            "%.1f s, %s, %s of %s",
            traffic.duration() / 1e9,
            Text.count(traffic.events(), "event"),
            Text.count(traffic.buffers(), "direct buffer"),
            Text.bytes(summary.allocatedBytes())));
    line(
        out,
        "threads",
        Text.count(summary.loops(), "event loop")
            + " with "
            + percent(summary.loopShare())
            + " of the buffers, and "
            + Text.count(traffic.threads() - summary.loops(), "other"));
    line(
        out,
        "live",
        "at most "
            + Text.bytes(summary.peakLiveBytes())
            + " in "
            + Text.count(summary.peakLiveBuffers(), "buffer")
            + ", on average "
            + Text.bytes(Math.round(summary.meanLiveBytes()))
            + ", at the end "
            + Text.count(summary.liveAtEnd(), "buffer"));
    line(out, "released", percent(summary.remoteShare()) + " on another thread than allocated");
    line(out, "moved", Text.count(summary.resizes(), "buffer") + ", to change their size");
    line(out, "sizes", sizes(summary));
    line(out, "chunks", chunks(summary));
    printLosses(traffic.losses(), out);
  }

  /** Says what the application itself held, as far as that was told. */
  private static String chunks(TrafficSummary summary) {
    Optional<ChunkFigures> known = summary.traffic().chunks();
    if (known.isEmpty()) {
      return "unknown what the application itself held: no event of a chunk is in the recording";
    }
    ChunkFigures chunks = known.get();
    return "the application itself ("
        + chunks.owners()
        + ") held at most "
        + Text.bytes(chunks.peakBytes())
        + " in chunks while it was recorded, "
        + Text.count(chunks.allocated())
        + " allocated ("
        + Text.bytes(chunks.allocatedBytes())
        + ") and "
        + Text.count(chunks.freed())
        + " freed ("
        + Text.bytes(chunks.freedBytes())
        + "); without those that were there all the time"
        + (summary.chunksHoldThePeak() ? "" : ", and there were some: more was live");
  }

  private static void printLosses(Traffic.Losses losses, PrintWriter out) {
    loss(out, losses.heapBuffers(), "on the heap: counted, not replayed");
    loss(out, losses.bornBefore(), "released or moved, but allocated before: not replayed");
    loss(
        out,
        losses.releasesMissed(),
        "whose release is not in it: released when their place was taken");
    loss(
        out,
        losses.pairedBySize(),
        "paired by size, as Netty does not tell their addresses: their memory is right, who released"
            + " which is a guess");
    loss(out, losses.withoutAddress(), "events of direct buffers without an address: not replayed");
  }

  private static void loss(PrintWriter out, long count, String what) {
    if (count > 0) {
      line(out, "not in it", Text.count(count) + ' ' + what);
    }
  }

  private static String sizes(TrafficSummary summary) {
    long[] counts = summary.buffersOfSize();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        text.append(text.length() == 0 ? "" : ", ")
            .append(
                i < TrafficSummary.SIZE_LIMITS.length
                    ? "to " + Text.bytes(TrafficSummary.SIZE_LIMITS[i])
                    : "above")
            .append(": ")
            .append(percent(counts[i] / (double) summary.traffic().buffers()));
      }
    }
    return text.toString();
  }

  private static String percent(double share) {
    double percent = 100 * share;
    return String.format(
        Locale.ROOT, percent == 0 || percent >= 10 ? "%.0f %%" : "%.1f %%", percent);
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-10s %s%n", name, value);
  }
}
