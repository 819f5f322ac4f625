package io.github.litealloc.netty.internal.backpressure;

import static java.util.Comparator.comparingLong;

import io.github.litealloc.internal.Log;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Ends those channels of one gate whose peers take nothing of their output, while others wait for
 * its memory. That gate's event loop.
 */
final class StalledOutput {
  /*
   * Peers that ask for answers which fill the memory, and read none of them, look like any other until
   * then, and nothing but their end sets that memory free. All others whom nobody knows would wait as
   * long as they please. To let those in regardless was tried: the next such peers came in with them.
   *
   * Ended is who holds most, and no more than it takes to make room. The clock runs only while
   * others wait and memory has been less before, since it is short: who reads late, or slowly, has
   * nothing to fear from a server that is idle or busy, or full and getting rid of it.
   */

  private static final System.Logger LOG = System.getLogger("io.github.litealloc");

  /** Whose end would make no room to speak of. */
  private static final long LEAST_BYTES = 16 * 1024;

  private final PressedBudget shared;
  private final StallLimit limit;
  private long lookedNanos;
  private boolean hasLooked;

  StalledOutput(PressedBudget shared) {
    this.shared = shared;
    this.limit = shared.stallLimit();
  }

  /**
   * There is no room for those that nobody knows, and nothing gets less. Has all gates of the
   * budget look, now and then, if others wait than those who hold such output.
   */
  void tick(Collection<GatedChannel> channels, long nowNanos) {
    if (limit.isNone() || hasLooked && nowNanos - lookedNanos < StallLimit.LOOK_NANOS) {
      return;
    }
    lookedNanos = nowNanos;
    hasLooked = true;
    if (othersWait(channels, nowNanos)) {
      shared.endStalled();
    }
  }

  /** Not those of which it is known that they have nothing to read, nor who holds such output. */
  private static boolean othersWait(Collection<GatedChannel> channels, long nowNanos) {
    for (GatedChannel channel : channels) {
      if (channel.isPromising()) {
        channel.output().look(channel.channel(), nowNanos);
        if (channel.output().pendingBytes() < LEAST_BYTES) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Looks at all output, and ends what has stalled for too long until that has set enough free.
   *
   * @param missingBytes how much is enough
   * @return whether any was ended
   */
  boolean end(Collection<GatedChannel> channels, long missingBytes, long nowNanos) {
    List<GatedChannel> stalled = new ArrayList<>();
    for (GatedChannel channel : channels) {
      OutputProgress output = channel.output();
      output.look(channel.channel(), nowNanos);
      if (output.pendingBytes() >= LEAST_BYTES && limit.isExceeded(output.stalledNanos())) {
        stalled.add(channel);
      }
    }
    stalled.sort(comparingLong((GatedChannel each) -> each.output().pendingBytes()).reversed());
    int ended = 0;
    long bytes = 0;
    for (GatedChannel channel : stalled) {
      long pending = channel.output().pendingBytes();
      if (!shared.tryEnd(pending, missingBytes, nowNanos)) {
        break;
      }
      if (channel.channel().isOpen()) { // or the end of another one has closed it
        bytes += pending;
        ended++;
        channel.end();
      }
    }
    if (ended > 0) {
      limit.noteEnded(ended);
      Log.write(LOG, System.Logger.Level.WARNING, text(ended, bytes), null);
    }
    return ended > 0;
  }

  private String text(int ended, long bytes) {
    return String.format(
        Locale.ROOT,
        "closed %,d %s: in %,d ms hardly any of %,d bytes of output was taken, while others waited for"
            + " that memory (see MemoryPressureHandler, stallMillis)",
        ended,
        ended == 1 ? "channel" : "channels",
        limit.millis(),
        bytes);
  }
}
