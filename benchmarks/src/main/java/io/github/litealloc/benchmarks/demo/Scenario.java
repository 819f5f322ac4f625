package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.demo.load.LoadWaves;
import io.github.litealloc.netty.LiteAllocatorBuilder;
import io.github.litealloc.netty.OffLoopPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the demo shows: how the load goes, and what is done wrong, if anything. */
enum Scenario {
  /** Small requests, and a wave of larger ones now and then. */
  CALM(
      "small requests, and every 8 s a wave of large ones, whose memory goes back after it",
      List.of()),

  /** Silence between bursts. */
  BURST("a burst every 8 s, and silence between, in which the memory goes back", List.of()),

  /** More at a time than the budget holds. */
  PRESSURE(
      "requests that need more memory at a time than the budget has, without back-pressure",
      List.of("LiteAllocBudgetNearlyUsed", "LiteAllocChunksRefused", "LiteAllocPastBudget")),

  /** Clients that ask and do not take the answers. */
  SLOW_READERS(
      "clients that ask for large answers and hardly read them, beside others that do",
      List.of("LiteAllocBudgetNearlyUsed")),

  /** A server that allocates on threads of its own, which go past the budget. */
  OFF_LOOP(
      "a server that makes its answers on threads that are no event loops, with the policy FALLBACK",
      List.of("LiteAllocFallbackShare")),

  /** A server that forgets to release. */
  LEAK("a server that keeps a buffer now and then, for ever", List.of("LiteAllocSuspectedLeak"));

  /**
   * As short as it can be: five of them have to pass. {@link
   * io.github.litealloc.metrics.DashboardServer} has 30 minutes.
   */
  static final Duration LEAK_WINDOW = Duration.ofSeconds(3);

  /** So that thirty seconds show what goes back; usual are ten seconds. */
  static final long DECAY_MILLIS = 2_000;

  private static final long MIB = 1 << 20;
  private static final int SAMPLING = 20;

  private final String description;
  private final List<String> alerts;

  Scenario(String description, List<String> alerts) {
    this.description = description;
    this.alerts = alerts;
  }

  /** Returns the name that users type. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String description() {
    return description;
  }

  /** Returns the alerts whose reasons the page gives, the first at least. */
  List<String> alerts() {
    return alerts;
  }

  /** Says whether all of it can be seen without an allocator of ours. */
  boolean suitsPeers() {
    return alerts.isEmpty();
  }

  /** Returns the ceiling that it needs, if the user sets none. */
  OptionalLong maxBytes() {
    return switch (this) {
      case PRESSURE -> OptionalLong.of(16 * MIB);
      case SLOW_READERS -> OptionalLong.of(48 * MIB);
      case LEAK -> OptionalLong.of(64 * MIB);
      default -> OptionalLong.empty();
    };
  }

  /** Sets what else it needs. */
  LiteAllocatorBuilder configure(LiteAllocatorBuilder builder) {
    builder.decayMillis(DECAY_MILLIS);
    return switch (this) {
      case OFF_LOOP -> builder.offLoop(OffLoopPolicy.FALLBACK);
      case LEAK -> builder.sampling(SAMPLING);
      default -> builder;
    };
  }

  /** Returns how its load goes. */
  LoadWaves shape() {
    return switch (this) {
      case CALM -> LoadWaves.WAVES;
      case BURST -> LoadWaves.BURSTS;
      case PRESSURE -> LoadWaves.FLOOD;
      default -> LoadWaves.STEADY;
    };
  }

  @Override
  public String toString() {
    return id();
  }
}
