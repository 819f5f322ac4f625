package io.github.litealloc.metrics;

import io.github.litealloc.memory.Subscription;
import io.github.litealloc.metrics.internal.dashboard.DashboardConfig;
import io.github.litealloc.metrics.internal.dashboard.DashboardHttpServer;
import io.github.litealloc.metrics.internal.dashboard.NettyAllocator;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves a live page about allocators, and their meters as Prometheus text, on {@code 127.0.0.1}.
 * Safe for use by several threads.
 *
 * <pre>{@code
 * try (DashboardServer dashboard = DashboardServer.builder().allocator(allocator).start()) {
 *   System.out.println(dashboard.uri());
 *   ...
 * }
 * }</pre>
 *
 * <p>It has no login, so it answers this machine only, and changes nothing: {@code /} is the page,
 * {@code /metrics} the Prometheus text, {@code /api/v1/snapshot}, {@code /api/v1/history} and
 * {@code /api/v1/stream} what the page shows, as JSON. Other users of the same machine can read it.
 *
 * <p>It runs on one daemon thread, with 4 MiB of direct memory that it takes at the start: when the
 * heap or the direct memory of the process is full, its figures are still to be had. While nobody
 * looks it notes a few dozen numbers a second. An allocator's name stays its own while it is shown.
 *
 * @since 0.1.0
 */
public final class DashboardServer implements AutoCloseable {

  private final DashboardHttpServer server;

  /** What {@code /metrics} shows, unless the user gave a registry. */
  private final @Nullable PrivateRegistry ownRegistry;

  private final List<Subscription> nameHolds = new ArrayList<>();
  private final URI uri;

  private DashboardServer(Builder builder) {
    PrometheusMeterRegistry registry = builder.registry;
    if (registry == null) {
      ownRegistry = new PrivateRegistry(builder.allocators, builder.nettyAllocators);
      registry = ownRegistry.registry();
    } else {
      ownRegistry = null;
    }
    List<LiteAllocatorMetric> shown =
        builder.allocators.stream().map(LiteByteBufAllocator::metric).toList();
    shown.forEach(allocator -> nameHolds.add(allocator.keepName()));
    try {
      server =
          DashboardHttpServer.start(
              new DashboardConfig(
                  shown,
                  List.copyOf(builder.nettyAllocators),
                  builder.application,
                  builder.leakWindow),
              registry,
              builder.port);
    } catch (RuntimeException | Error e) {
      nameHolds.forEach(Subscription::close);
      if (ownRegistry != null) {
        ownRegistry.close();
      }
      throw e;
    }
    uri = URI.create("http://127.0.0.1:" + server.port() + '/');
  }

  /** {@return a builder without an allocator} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return where the page is, such as {@code http://127.0.0.1:43210/}} */
  public URI uri() {
    return uri;
  }

  /** Closes the port and all connections. A second call does nothing. */
  @Override
  public void close() {
    server.close();
    nameHolds.forEach(Subscription::close);
    if (ownRegistry != null) {
      ownRegistry.close();
    }
  }

  /** Builds a {@link DashboardServer}. Not thread-safe. */
  public static final class Builder {

    private static final int MAX_PORT = 65_535;

    private static final Duration MIN_LEAK_WINDOW = Duration.ofSeconds(1);
    private static final Duration MAX_LEAK_WINDOW = Duration.ofDays(1);

    private final List<LiteByteBufAllocator> allocators = new ArrayList<>();
    private final List<NettyAllocator> nettyAllocators = new ArrayList<>();
    private Duration leakWindow = DashboardConfig.DEFAULT_LEAK_WINDOW;
    private @Nullable PrometheusMeterRegistry registry;
    private String application = "";
    private int port;

    private Builder() {}

    /**
     * Adds an allocator that the page shows; none by default, and at least one is needed, of ours
     * or {@linkplain #nettyAllocator Netty's}.
     *
     * @param allocator an allocator, not added before
     * @return this builder
     * @throws IllegalArgumentException if it was added before
     */
    public Builder allocator(LiteByteBufAllocator allocator) {
      Objects.requireNonNull(allocator, "allocator: null (expected: an allocator)");
      if (allocators.contains(allocator)) {
        throw new IllegalArgumentException(
            "allocator: \"" + allocator.name() + "\" (expected: each allocator only once)");
      }
      allocators.add(allocator);
      return this;
    }

    /**
     * Adds an allocator of Netty's own, such as {@code PooledByteBufAllocator.DEFAULT}, to be
     * compared with ours. The page shows what it tells, and says of the rest that it does not tell
     * it; it is not judged. Its meters, those of Micrometer's {@code NettyAllocatorMetrics}, are in
     * {@code /metrics}, unless {@link #registry} gives another registry. While its {@code metric()}
     * throws, the page leaves it out; but if it throws while {@link #start} registers those meters,
     * {@code start} fails with that exception.
     *
     * @param name what the page calls it, not blank, not given before
     * @param allocator an allocator that tells of itself; one of ours is for {@link #allocator}
     * @return this builder
     * @throws IllegalArgumentException if the name is blank or known, or the allocator is ours
     */
    @SuppressWarnings("exports") // Who has such an allocator requires its module.
    public Builder nettyAllocator(String name, ByteBufAllocatorMetricProvider allocator) {
      Objects.requireNonNull(allocator, "allocator: null (expected: an allocator)");
      Objects.requireNonNull(name, "name: null (expected: a name)");
      if (name.isBlank() || nettyAllocators.stream().anyMatch(each -> each.name().equals(name))) {
        throw new IllegalArgumentException(
            "name: \"" + name + "\" (expected: not blank, and each name only once)");
      }
      if (allocator instanceof LiteByteBufAllocator) {
        throw new IllegalArgumentException(
            "nettyAllocator: " + allocator + " (expected: one of Netty's; ours by allocator(..))");
      }
      nettyAllocators.add(new NettyAllocator(name, allocator));
      return this;
    }

    /**
     * Sets within which time the number of live buffers comes down once if nothing leaks; 30
     * minutes by default. When its lowest value has risen, by a fifth and 100 at least, from one
     * window to the one after the next and once more, the page says that something may leak: so it
     * takes five windows. A shorter one is for demonstrations and tests.
     *
     * @param window from one second to a day
     * @return this builder
     * @throws IllegalArgumentException if it is shorter or longer
     */
    public Builder leakWindow(Duration window) {
      Objects.requireNonNull(window, "leakWindow: null (expected: a duration)");
      if (window.compareTo(MIN_LEAK_WINDOW) < 0 || window.compareTo(MAX_LEAK_WINDOW) > 0) {
        throw new IllegalArgumentException(
            "leakWindow: " + window + " (expected: from one second to a day)");
      }
      this.leakWindow = window;
      return this;
    }

    /**
     * Sets what the page calls this process, beside its host and number. By default the system
     * property {@code spring.application.name}, the environment variable {@code
     * SPRING_APPLICATION_NAME}, or the name of the main class or jar.
     *
     * @param name a name, not blank
     * @return this builder
     * @throws IllegalArgumentException if it is blank
     */
    public Builder application(String name) {
      if (Objects.requireNonNull(name, "application: null (expected: a name)").isBlank()) {
        throw new IllegalArgumentException("application: \"" + name + "\" (expected: not blank)");
      }
      this.application = name;
      return this;
    }

    /**
     * Sets the port on {@code 127.0.0.1}; 0, which takes any free one, by default.
     *
     * @param port from 0 to 65,535
     * @return this builder
     * @throws IllegalArgumentException if {@code port} is no port
     */
    public Builder port(int port) {
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException(
            "port: " + port + " (expected: 0 for any free port, or up to " + MAX_PORT + ')');
      }
      this.port = port;
      return this;
    }

    /**
     * Sets what {@code /metrics} shows; a private registry with the meters of the given allocators
     * and nothing else by default.
     *
     * @param registry a registry as it is; bind {@link LiteAllocMetrics} to it for our meters
     * @return this builder
     */
    @SuppressWarnings("exports") // Who has such a registry requires its module.
    public Builder registry(PrometheusMeterRegistry registry) {
      this.registry =
          Objects.requireNonNull(registry, "registry: null (expected: a Prometheus registry)");
      return this;
    }

    /**
     * Starts the server.
     *
     * @return a server that listens
     * @throws IllegalStateException if no allocator was given, or a library is missing
     * @throws java.io.UncheckedIOException if the port cannot be had
     */
    public DashboardServer start() {
      if (allocators.isEmpty() && nettyAllocators.isEmpty()) {
        throw new IllegalStateException(
            "allocators: none (expected: at least one call of allocator(..) or nettyAllocator(..)"
                + " before start())");
      }
      DashboardLibraries.require();
      return new DashboardServer(this);
    }
  }
}
