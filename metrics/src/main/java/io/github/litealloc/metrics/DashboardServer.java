package io.github.litealloc.metrics;

import io.github.litealloc.metrics.internal.dashboard.DashboardHttpServer;
import io.github.litealloc.netty.LiteAllocatorMetric;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
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
 * <p>It runs on one daemon thread with buffers of its own. While nobody looks it notes a dozen
 * numbers a second.
 */
public final class DashboardServer implements AutoCloseable {

  private final DashboardHttpServer server;

  /** What {@code /metrics} shows, unless the user gave a registry. */
  private final @Nullable PrivateRegistry ownRegistry;

  private final URI uri;

  private DashboardServer(Builder builder) {
    PrometheusMeterRegistry registry = builder.registry;
    if (registry == null) {
      ownRegistry = new PrivateRegistry(builder.allocators);
      registry = ownRegistry.registry();
    } else {
      ownRegistry = null;
    }
    List<LiteAllocatorMetric> shown =
        builder.allocators.stream().map(LiteByteBufAllocator::metric).toList();
    try {
      server = DashboardHttpServer.start(shown, registry, builder.port);
    } catch (RuntimeException | Error e) {
      if (ownRegistry != null) {
        ownRegistry.close();
      }
      throw e;
    }
    uri = URI.create("http://127.0.0.1:" + server.port() + '/');
  }

  /**
   * Starts to make a server.
   *
   * @return a builder without an allocator
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns where the page is.
   *
   * @return an address such as {@code http://127.0.0.1:43210/}
   */
  public URI uri() {
    return uri;
  }

  /** Closes the port and all connections. A second call does nothing. */
  @Override
  public void close() {
    server.close();
    if (ownRegistry != null) {
      ownRegistry.close();
    }
  }

  /** Choices for a {@link DashboardServer}. Not thread-safe. */
  public static final class Builder {

    private static final int MAX_PORT = 65_535;

    private final List<LiteByteBufAllocator> allocators = new ArrayList<>();
    private @Nullable PrometheusMeterRegistry registry;
    private int port;

    private Builder() {}

    /**
     * Adds an allocator. At least one is needed.
     *
     * @param allocator what the page shows
     * @return this
     * @throws IllegalArgumentException if it was added before
     */
    public Builder allocator(LiteByteBufAllocator allocator) {
      Objects.requireNonNull(allocator, "allocator");
      if (allocators.contains(allocator)) {
        throw new IllegalArgumentException(
            "allocator: \"" + allocator.name() + "\" (expected: each allocator only once)");
      }
      allocators.add(allocator);
      return this;
    }

    /**
     * Sets the port on {@code 127.0.0.1}. Default: 0, which takes any free one.
     *
     * @param number from 0 to 65535
     * @return this
     * @throws IllegalArgumentException if it is no port
     */
    public Builder port(int number) {
      if (number < 0 || number > MAX_PORT) {
        throw new IllegalArgumentException(
            "port: " + number + " (expected: 0 for any free port, or up to " + MAX_PORT + ")");
      }
      port = number;
      return this;
    }

    /**
     * Sets what {@code /metrics} shows. Default: a private registry with the meters of the given
     * allocators and nothing else.
     *
     * @param shown a registry as it is; bind {@link LiteAllocMetrics} to it for our meters
     * @return this
     */
    @SuppressWarnings("exports") // Who has such a registry requires its module.
    public Builder registry(PrometheusMeterRegistry shown) {
      registry = Objects.requireNonNull(shown, "registry");
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
      if (allocators.isEmpty()) {
        throw new IllegalStateException(
            "allocators: none (expected: at least one call of allocator(..) before start())");
      }
      DashboardLibraries.require();
      return new DashboardServer(this);
    }
  }
}
