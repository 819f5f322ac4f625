package io.github.litealloc.netty;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which share of an allocator's requests its arenas have served since it was made, and what the
 * rest was. A snapshot. Requests that threw are in neither.
 *
 * @param arenaRequests requests that arenas have served
 * @param arenaBytes the bytes that those have asked for
 * @param rest the others, by reason; every reason has a value
 * @since 0.1.0
 */
public record TrafficShare(long arenaRequests, long arenaBytes, Map<FallbackReason, Part> rest) {

  /**
   * Requests that another allocator has served for one reason.
   *
   * @param requests how many
   * @param bytes what they have asked for
   */
  public record Part(long requests, long bytes) {}

  /**
   * Makes a snapshot.
   *
   * @param arenaRequests requests that arenas have served
   * @param arenaBytes the bytes that those have asked for
   * @param rest the others, by reason; what is missing is taken to be none
   */
  public TrafficShare {
    Map<FallbackReason, Part> all = new EnumMap<>(FallbackReason.class);
    for (FallbackReason reason : FallbackReason.values()) {
      all.put(reason, rest.getOrDefault(reason, new Part(0, 0)));
    }
    rest = Collections.unmodifiableMap(all);
  }

  /** {@return all requests that were served} */
  public long requests() {
    return arenaRequests + rest.values().stream().mapToLong(Part::requests).sum();
  }

  /** {@return the bytes that all of them have asked for} */
  public long bytes() {
    return arenaBytes + rest.values().stream().mapToLong(Part::bytes).sum();
  }

  /** {@return the arenas' share of the requests, from 0 to 1; 1 if there were none} */
  public double requestShare() {
    return share(arenaRequests, requests());
  }

  /** {@return the arenas' share of the bytes, from 0 to 1; 1 if there were none} */
  public double byteShare() {
    return share(arenaBytes, bytes());
  }

  private static double share(long part, long all) {
    return all == 0 ? 1 : (double) part / all;
  }

  /**
   * Returns it in one line, such as {@code "22.1 % of requests and 3.0 % of bytes in arenas; heap:
   * 700 requests, 9000000 bytes"}.
   */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%.1f %% of requests and %.1f %% of bytes in arenas",
                100 * requestShare(),
                100 * byteShare()));
    for (Map.Entry<FallbackReason, Part> part : rest.entrySet()) {
      if (part.getValue().requests() > 0) {
        text.append("; ")
            .append(part.getKey().id())
            .append(": ")
            .append(part.getValue().requests())
            .append(" requests, ")
            .append(part.getValue().bytes())
            .append(" bytes");
      }
    }
    return text.toString();
  }
}
