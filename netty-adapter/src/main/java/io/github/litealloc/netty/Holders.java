package io.github.litealloc.netty;

import java.util.Comparator;
import java.util.List;

/**
 * The call sites that hold an allocator's memory, as {@link LiteByteBufAllocator#holders()} saw
 * them. An immutable snapshot.
 *
 * @since 0.1.0
 */
public final class Holders {

  private static final int SHOWN_SITES = 10;
  private static final int SHOWN_FRAMES = 4;

  private static final Comparator<Holder> MOST_PINNED_FIRST =
      Comparator.comparingLong(Holder::pinnedBytes)
          .thenComparingLong(Holder::estimatedBytes)
          .reversed();

  private final String allocator;
  private final int everyN;
  private final List<Holder> sites;

  Holders(String allocator, int everyN, List<Holder> sites) {
    this.allocator = allocator;
    this.everyN = everyN;
    this.sites = sites.stream().sorted(MOST_PINNED_FIRST).toList();
  }

  /** {@return the call sites in an unmodifiable list, those first that pin the most} */
  public List<Holder> sites() {
    return sites;
  }

  /** Returns the first ten call sites with their figures, for a log. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("lite-alloc '").append(allocator).append("': ");
    text.append(sites.size()).append(sites.size() == 1 ? " call site" : " call sites");
    text.append(everyN == 0 ? ", sampling is off" : ", 1 in " + everyN + " buffers is sampled");
    for (Holder site : sites.subList(0, Math.min(SHOWN_SITES, sites.size()))) {
      text.append("\n  ").append(site);
      Text.appendStack(text, site.stack(), SHOWN_FRAMES);
    }
    if (sites.size() > SHOWN_SITES) {
      text.append("\n  and ").append(sites.size() - SHOWN_SITES).append(" more");
    }
    return text.toString();
  }
}
