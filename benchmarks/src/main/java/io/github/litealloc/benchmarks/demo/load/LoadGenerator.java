package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.Loops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded number of client connections to the demo server, on event loops of their own and on the
 * same allocator. A connection that breaks is counted and made anew, until there are too many
 * failures to go on. Safe for all threads.
 */
public final class LoadGenerator implements AutoCloseable {

  private static final int ANSWER_TIMEOUT_SECONDS = 30;
  private static final int CLOSE_TIMEOUT_SECONDS = 5;
  private static final int RECONNECT_MILLIS = 100;

  /** With so many failures the load ends: the demo has failed, and more would not say more. */
  private static final int MAX_FAILURES = 1_000;

  /** For a body's size: nothing is asked for now. */
  static final int SILENCE = -1;

  private static final int LOOK_MILLIS = 20;

  /** No limit on the number of requests. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  private final EventLoopGroup loops;
  private final Bootstrap bootstrap;
  private final LoadPlan plan;
  private final long started = System.nanoTime();
  private final LoadFigures figures = new LoadFigures();
  private final AtomicLong permits = new AtomicLong();
  private final AtomicInteger connectionNumbers = new AtomicInteger();
  private final CountDownLatch runningConnections;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean stopping;
  private volatile boolean overdue;

  private LoadGenerator(ByteBufAllocator allocator, SocketAddress server, LoadPlan plan) {
    this.loops = Loops.newGroup("demo-client", plan.loops());
    this.plan = plan;
    this.runningConnections = new CountDownLatch(plan.connections());
    this.bootstrap =
        new Bootstrap()
            .group(this.loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, allocator)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(server)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    initialize(channel);
                  }
                });
  }

  /**
   * Connects and starts to send.
   *
   * @param allocator for every buffer of the clients
   * @param server where to connect
   * @param plan what to do
   */
  public static LoadGenerator start(
      ByteBufAllocator allocator, SocketAddress server, LoadPlan plan) {
    LoadGenerator load = new LoadGenerator(allocator, server, plan);
    for (int i = 0; i < plan.connections(); i++) {
      load.connect();
    }
    if (plan.shape() == LoadWaves.BURSTS) {
      load.loops.scheduleWithFixedDelay(
          load::wake, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
    return load;
  }

  private void wake() {
    if (bodyBytes() != SILENCE) {
      channels.forEach(c -> c.pipeline().fireUserEventTriggered(LoadConnection.LOOK_AGAIN));
    }
  }

  /** Returns around which size the next request's body is, or {@link #SILENCE}. */
  public int bodyBytes() {
    return switch (plan.shape().phase(System.nanoTime() - started)) {
      case SILENT -> stopping ? plan.bodyBytes() : SILENCE;
      case ORDINARY -> plan.bodyBytes();
      case LARGE -> plan.largeBytes();
    };
  }

  boolean expectsCuts() {
    return plan.expectsCuts();
  }

  /** Says whether the time for answers that were due is over, so that what is left has failed. */
  boolean isOverdue() {
    return overdue;
  }

  /** Cuts a connection in the middle of whatever it does, if there is one. Any thread. */
  public void cutOne(int number) {
    List<Channel> all = List.copyOf(channels);
    if (!all.isEmpty()) {
      all.get(Math.floorMod(number, all.size())).close();
    }
  }

  private void initialize(SocketChannel channel) {
    channels.add(channel);
    channel
        .pipeline()
        .addLast(new ReadTimeoutHandler(ANSWER_TIMEOUT_SECONDS))
        .addLast(new HttpClientCodec())
        .addLast(
            new LoadConnection(
                this, new RequestMix(connectionNumbers.incrementAndGet(), plan.bodyBytes())));
  }

  private void connect() {
    bootstrap
        .connect()
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess() && plan.expectsCuts()) {
                onClosed(false);
              } else if (!connected.isSuccess()) {
                figures.failures().add(1, "cannot connect: " + connected.cause());
                onClosed(false);
              }
            });
  }

  /** Called by a connection, on its event loop, when it is closed. */
  void onClosed(boolean asPlanned) {
    if (asPlanned
        || stopping
        || figures.failures().count() >= MAX_FAILURES
        || loops.isShuttingDown()) {
      runningConnections.countDown();
    } else {
      loops.schedule(this::connect, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Allows a connection to send one more request, or none. */
  boolean takePermit() {
    return !stopping && permits.getAndIncrement() < plan.maxRequests();
  }

  public LoadFigures figures() {
    return figures;
  }

  /** Says whether all connections have ended, because no requests are left or the load stopped. */
  public boolean finished() {
    return runningConnections.getCount() == 0;
  }

  /**
   * Stops sending, waits for the answers that are due, and closes the connections.
   *
   * @param timeoutSeconds after which requests without an answer are failures
   */
  public void stop(int timeoutSeconds) throws InterruptedException {
    stopping = true;
    channels.forEach(c -> c.pipeline().fireUserEventTriggered(LoadConnection.LOOK_AGAIN));
    if (!runningConnections.await(timeoutSeconds, TimeUnit.SECONDS)) {
      overdue = true;
      channels.close().await(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Ends the event loops, whatever is going on there. Further calls do nothing. */
  public void end() {
    stopping = true;
    channels.close().awaitUninterruptibly(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Loops.end(loops);
  }

  @Override
  public void close() {
    end();
  }
}
