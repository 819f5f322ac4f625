package io.github.litealloc.metrics;

import io.github.litealloc.memory.Subscription;
import io.github.litealloc.metrics.internal.AllocatorFigures;
import io.github.litealloc.metrics.internal.AllocatorReader;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Binds an allocator to any Micrometer registry. Safe for use by several threads.
 *
 * <pre>{@code
 * LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("gateway").build();
 * LiteAllocMetrics metrics = new LiteAllocMetrics(allocator);
 * metrics.bindTo(registry);
 * }</pre>
 *
 * <p>{@link LiteAllocMeters} lists the meters. An event loop's meters appear soon after it made its
 * first buffer and vanish soon after its arena is gone; the allocator's counters keep what it had
 * counted. A change of strategy shows with the next scrape but one. All meters that are read within
 * 200 milliseconds show the same moment.
 *
 * <p>Binding keeps the allocator's statistics alive, but no arena and no memory of one. Reading
 * runs nothing on an event loop; once a second at most, the thread that reads looks at all live
 * buffers, for a two-hundredth of its time at most.
 *
 * @since 0.1.0
 */
public final class LiteAllocMetrics implements MeterBinder, AutoCloseable {
  /*
   * The registry holds the meters, the meters hold the reader, the reader holds statistics. Which
   * event loops have meters is decided in one place, synchronise(), from what the reader says then:
   * it may run late, or twice, or on any thread, and still ends in the right state. It is asked for
   * when an arena comes or goes, and again when the figures are read, if the strategy has changed or
   * if it could not be done before.
   */

  private static final System.Logger LOG = System.getLogger(LiteAllocMetrics.class.getName());

  private final LiteAllocatorMetric allocator;
  private final Tags userTags;
  private final AllocatorReader reader;
  private final ChangeThread changes;

  // Guarded by this. No meter's function takes this lock.
  private final Map<MeterRegistry, Binding> bindings = new IdentityHashMap<>();
  private @Nullable Subscription listener;
  private @Nullable Subscription nameHold; // somebody else of that name would get our meters
  private volatile String shownStrategy = "";
  private boolean closed;

  /**
   * Makes a binder with the defaults of {@link Builder}.
   *
   * @param allocator whose meters to bind
   */
  public LiteAllocMetrics(LiteByteBufAllocator allocator) {
    this(builder(allocator));
  }

  private LiteAllocMetrics(Builder builder) {
    allocator = builder.allocator.metric();
    userTags = builder.tags;
    reader = new AllocatorReader(allocator, builder.eventLoopDetail);
    changes = new ChangeThread(this::synchronise);
    reader.onRead(this::lookAgain);
  }

  /**
   * Returns a builder with defaults.
   *
   * @param allocator whose meters to bind
   * @return a new builder
   */
  public static Builder builder(LiteByteBufAllocator allocator) {
    return new Builder(
        Objects.requireNonNull(allocator, "allocator: null (expected: an allocator)"));
  }

  /**
   * Registers the meters. A registry that has them already stays as it is.
   *
   * @param registry where to register; any number of registries, one after the other
   * @throws IllegalStateException if this binder is closed
   * @throws IllegalArgumentException if the registry is Prometheus' of Micrometer before 1.17, and
   *     has meters of ours with other {@linkplain Builder#tags keys}, beside which it would not
   *     show these
   */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry: null (expected: a meter registry)");
    if (closed) {
      throw new IllegalStateException(
          "the meters of allocator \""
              + allocator.name()
              + "\" are closed (expected: bindTo before close; make a new LiteAllocMetrics)");
    }
    if (bindings.containsKey(registry)) {
      return;
    }
    if (nameHold == null) {
      nameHold = allocator.keepName();
    }
    if (listener == null) {
      listener = allocator.addArenaListener(changes::request);
    }
    Binding binding = new Binding(registry, allocator, userTags, reader);
    try {
      binding.show(reader.readNow());
      bindings.put(registry, binding);
    } catch (RuntimeException | Error e) {
      binding.remove();
      throw e;
    }
  }

  /** Somebody reads the figures: has it done what is overdue. */
  private void lookAgain(AllocatorFigures figures) {
    if (changes.isOverdue() || !figures.strategy().equals(shownStrategy)) {
      changes.request();
    }
  }

  /** Makes each registry's event loops and strategies those that there are now. */
  private synchronized void synchronise() {
    AllocatorFigures figures = reader.readNow();
    Throwable problem = null;
    for (Binding binding : bindings.values()) {
      try {
        binding.show(figures);
      } catch (RuntimeException | Error e) {
        problem = e;
        LOG.log(
            System.Logger.Level.WARNING,
            "could not update the meters of allocator \""
                + allocator.name()
                + "\" in "
                + binding.registry(),
            e);
      }
    }
    if (problem != null) {
      throw new IllegalStateException("not all meters are up to date", problem);
    }
    shownStrategy = figures.strategy();
  }

  /**
   * Removes exactly the meters that this binder has registered, from all registries. A second call
   * does nothing.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (listener != null) {
      listener.close();
      listener = null;
    }
    changes.close();
    bindings.values().forEach(Binding::remove);
    bindings.clear();
    if (nameHold != null) {
      nameHold.close();
      nameHold = null;
    }
  }

  /** Builds a {@link LiteAllocMetrics}. Not thread-safe. */
  public static final class Builder {

    /** How many event loops have meters of their own by default. */
    public static final int DEFAULT_EVENT_LOOP_DETAIL = 64;

    private final LiteByteBufAllocator allocator;
    private Tags tags = Tags.empty();
    private int eventLoopDetail = DEFAULT_EVENT_LOOP_DETAIL;

    private Builder(LiteByteBufAllocator allocator) {
      this.allocator = allocator;
    }

    /**
     * Sets tags that all meters have besides their own; none by default. A second call adds others.
     *
     * @param keysAndValues a key, its value, the next key, its value, ...
     * @return this builder
     * @throws IllegalArgumentException if a value is missing, a key or value is empty, or a key was
     *     set before or is one of our own
     */
    public Builder tags(String... keysAndValues) {
      this.tags = tags.and(UserTags.of(tags, keysAndValues));
      return this;
    }

    /**
     * Sets how many event loops have meters of their own; {@value #DEFAULT_EVENT_LOOP_DETAIL} by
     * default. Later ones share the tag value {@code other}; with 0 all share {@code all}. Each
     * event loop costs 13 series. (A filter that ignores the tag {@code event.loop} is no way to do
     * so: a registry keeps the first of the meters that it then takes for one, and drops the
     * others.)
     *
     * @param maxLoops at least 0
     * @return this builder
     * @throws IllegalArgumentException if {@code maxLoops} is negative
     */
    public Builder eventLoopDetail(int maxLoops) {
      if (maxLoops < 0) {
        throw new IllegalArgumentException(
            "eventLoopDetail: " + maxLoops + " (expected: at least 0 event loops)");
      }
      this.eventLoopDetail = maxLoops;
      return this;
    }

    /**
     * Makes the binder. Registers nothing yet.
     *
     * @return a new binder
     */
    public LiteAllocMetrics build() {
      return new LiteAllocMetrics(this);
    }
  }
}
