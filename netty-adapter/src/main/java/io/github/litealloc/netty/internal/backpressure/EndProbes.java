package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.internal.Queues;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Which stopped channels may read one message although there is no room for it. Transports see the
 * end of a connection only where they read, and what its peer has held goes with it. That channel's
 * event loop.
 */
final class EndProbes {
  /*
   * What may come instead of an end is bounded: so many messages at a time, each of which keeps its
   * place taken for long. A probe that finds nothing makes room for the next channel, so with n stopped
   * channels and p places all ends that are not behind data are seen within n / p times the length of
   * a probe, or of PAUSE_TICKS if every other peer has sent more.
   */

  /** What is there to be read is read at once; the rest is for a loop that is late. */
  private static final int LENGTH_TICKS = 5;

  /** For how long a place is taken by a probe that has found a message. */
  private static final int PAUSE_TICKS = 250;

  /** What they find takes this part of the budget, or less. */
  private static final int BUDGET_PART = 32;

  /** Where a probe is open, and when it ends; the first one first. */
  private final Map<GatedChannel, Long> open = new LinkedHashMap<>();

  private final Queue<Long> takenUntil = Queues.unforgetting();

  /** So many for each gate that what all of them find takes but a small part of the budget. */
  static int places(PressedBudget shared) {
    long bytes = shared.maxBytes() / BUDGET_PART;
    return (int) Math.max(1, bytes / PressedBudget.LEAST_COST_BYTES / Math.max(1, shared.gates()));
  }

  boolean isOpen(GatedChannel channel) {
    return !open.isEmpty() && open.containsKey(channel);
  }

  /** How many more may be opened. */
  int free(int places, long tick) {
    while (!takenUntil.isEmpty() && takenUntil.element() <= tick) {
      takenUntil.remove();
    }
    return places - open.size() - takenUntil.size();
  }

  void open(GatedChannel channel, long tick) {
    open.put(channel, tick + LENGTH_TICKS);
  }

  /** The channel has read a message, which ends its probe. */
  void use(GatedChannel channel, long tick) {
    if (!open.isEmpty() && open.remove(channel) != null) {
      takenUntil.add(tick + PAUSE_TICKS);
    }
  }

  void close(GatedChannel channel) {
    open.remove(channel);
  }

  /** Ends the first probe that has found nothing for long enough, and returns its channel. */
  @Nullable GatedChannel takeEnded(long tick) {
    Iterator<Map.Entry<GatedChannel, Long>> first = open.entrySet().iterator();
    if (!first.hasNext()) {
      return null;
    }
    Map.Entry<GatedChannel, Long> probe = first.next();
    if (probe.getValue() > tick) {
      return null;
    }
    first.remove();
    return probe.getKey();
  }
}
