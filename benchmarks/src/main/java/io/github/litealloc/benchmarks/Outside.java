package io.github.litealloc.benchmarks;

import io.github.litealloc.netty.FallbackReason;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which direct buffers did not come from an arena, and so were outside of the budget.
 *
 * @param byReason how many, by reason, of those that occurred
 * @param bytes their bytes, all in all
 * @param peakBytes the most that was seen at a time, of those that a full budget has sent elsewhere
 */
public record Outside(Map<FallbackReason, Long> byReason, long bytes, long peakBytes) {

  static final Outside NOTHING = new Outside(Map.of(), 0, 0);

  public static Outside of(MeasuredAllocator allocator, long peakBytes) {
    return allocator instanceof MeasuredLite lite
        ? new Outside(lite.fallbacks(), lite.fallbackBytes(), peakBytes)
        : NOTHING;
  }

  /** Returns what lives outside now, empty for a peer, whose figures have no outside. */
  public static OptionalLong bytesNow(MeasuredAllocator allocator) {
    return allocator instanceof MeasuredLite lite
        ? OptionalLong.of(lite.elsewhereBytes())
        : OptionalLong.empty();
  }

  public long buffers() {
    return byReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns all of it in words. */
  public String text() {
    if (buffers() == 0) {
      return "nothing";
    }
    StringBuilder reasons = new StringBuilder();
    byReason.forEach(
        (reason, count) ->
            reasons
                .append(reasons.isEmpty() ? "" : ", ")
                .append(Text.count(count))
                .append(' ')
                .append(words(reason)));
    // Of those that another allocator made by itself nobody knows how long they live.
    String peak =
        peakBytes == 0 ? "" : ", at most " + Text.bytes(peakBytes) + " of them seen at a time";
    return Text.count(buffers(), "direct buffer")
        + " of "
        + Text.bytes(bytes)
        + " in all"
        + peak
        + " ("
        + reasons
        + ')';
  }

  private static String words(FallbackReason reason) {
    return switch (reason) {
      case OFF_LOOP -> "on threads that are no event loops";
      case EXHAUSTED -> "as the budget was full";
      case CLOSED -> "as allocator or event loop had ended";
      default -> reason.id();
    };
  }
}
