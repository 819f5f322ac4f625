package io.github.litealloc.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * One allocator as it is measured.
 *
 * @param kind which allocator
 * @param strategy how ours finds its blocks; empty for a peer
 */
public record Candidate(AllocatorKind kind, String strategy) {

  /** The strategies of our allocator, the default first. */
  public static final List<String> STRATEGIES =
      List.of("hybrid", "bump-free-list", "segregated-bump", "free-list");

  /** Netty's allocators. */
  public static final List<Candidate> PEERS =
      List.of(
          peer(AllocatorKind.POOLED), peer(AllocatorKind.ADAPTIVE), peer(AllocatorKind.UNPOOLED));

  /** Checks that exactly our allocator has a strategy, and a known one. */
  public Candidate {
    boolean lite = kind == AllocatorKind.LITE;
    if (lite ? !STRATEGIES.contains(strategy) : !strategy.isEmpty()) {
      throw new IllegalArgumentException(
          "strategy of "
              + kind
              + ": "
              + strategy
              + " (expected: "
              + (lite ? STRATEGIES : "none")
              + ')');
    }
  }

  /**
   * Returns our allocator with one strategy.
   *
   * @param strategy one of {@link #STRATEGIES}
   * @return the candidate
   * @throws IllegalArgumentException if the strategy is unknown
   */
  public static Candidate lite(String strategy) {
    return new Candidate(AllocatorKind.LITE, strategy);
  }

  /**
   * Returns one of Netty's allocators.
   *
   * @param kind any but {@link AllocatorKind#LITE}
   * @return the candidate
   */
  public static Candidate peer(AllocatorKind kind) {
    return new Candidate(kind, "");
  }

  /**
   * Returns the candidate of an id.
   *
   * @param id what {@link #id()} returned
   * @return the candidate
   * @throws IllegalArgumentException if there is none
   */
  public static Candidate of(String id) {
    return all()
        .filter(candidate -> candidate.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "allocator: "
                        + id
                        + " (expected: one of "
                        + all().map(Candidate::id).toList()
                        + ')'));
  }

  private static Stream<Candidate> all() {
    return Stream.concat(STRATEGIES.stream().map(Candidate::lite), PEERS.stream());
  }

  /**
   * Returns the short name: the strategy of our allocator, the kind of a peer.
   *
   * @return a name that is unique among the candidates
   */
  public String id() {
    return kind == AllocatorKind.LITE ? strategy : kind.id();
  }

  /** Returns the name for a reader: {@code lite (hybrid)}, {@code pooled}. */
  @Override
  public String toString() {
    return kind == AllocatorKind.LITE ? "lite (" + strategy + ')' : kind.id();
  }
}
