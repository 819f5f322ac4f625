package io.github.litealloc;

import org.jspecify.annotations.Nullable;

/**
 * The inbox of a hardened arena: notes who hands something over. What it costs is an object for
 * each remote free.
 */
final class TracingInbox extends RemoteFreeInbox {

  private final HardenedStrategy strategy;
  private final boolean withStack;

  /** The inbox of an arena, which traces if it is hardened that way. */
  static RemoteFreeInbox ifTracking(@Nullable HardenedStrategy strategy, Hardening hardening) {
    return strategy != null && hardening.isTracking()
        ? new TracingInbox(strategy, hardening.stackTraces())
        : new RemoteFreeInbox();
  }

  private TracingInbox(HardenedStrategy strategy, boolean withStack) {
    this.strategy = strategy;
    this.withStack = withStack;
  }

  @Override
  Push push(RemoteFree node) {
    return super.push(new TracedRelease(strategy, node, Trace.here(withStack)));
  }

  /** What was handed over, and by whom. */
  private static final class TracedRelease extends LinkedRemoteFree {
    private final HardenedStrategy strategy;
    private final RemoteFree released;
    private final Trace releaser;

    TracedRelease(HardenedStrategy strategy, RemoteFree released, Trace releaser) {
      this.strategy = strategy;
      this.released = released;
      this.releaser = releaser;
    }

    @Override
    public void freeOnOwner() {
      strategy.releasedRemotely(releaser);
      try {
        released.freeOnOwner();
      } finally {
        strategy.releasedRemotely(null);
      }
    }
  }
}
