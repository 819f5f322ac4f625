package io.github.litealloc.benchmarks.demo.load;

import io.github.litealloc.benchmarks.demo.server.Loops;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients of the demo's server in a process of their own, on Netty's pooled allocator whatever the
 * server has; they can pause. Every answer is checked. Safe for all threads.
 */
public final class ShapedLoad implements AutoCloseable {

  /** Asks a connection to look again at whether it should go on. */
  static final Object LOOK_AGAIN = new Object();

  /** With so many failures, more would not say more. */
  static final int MAX_FAILURES = 1_000;

  public static final int REQUESTS_IN_FLIGHT = 4;

  private static final int SLOW_ONE_OF = 4;
  private static final int SLOW_BODY_BYTES = 1 << 20;
  private static final int CLOSE_TIMEOUT_SECONDS = 5;
  private static final int RECONNECT_MILLIS = 100;

  private final EventLoopGroup loops;
  private final SocketAddress server;
  private final Protocol protocol;
  private final @Nullable SslContext tls;
  private final LoadShape shape;
  private final int bodyBytes;
  private final LoadFigures figures = new LoadFigures();
  private final LoadFigures slowFigures = new LoadFigures();
  private final ChannelGroup channels =
      new DefaultChannelGroup("load", GlobalEventExecutor.INSTANCE, true);
  private volatile boolean paused;
  private volatile boolean stopping;

  /**
   * Prepares.
   *
   * @param server where to connect
   * @param protocol what it speaks
   * @param tls what encrypts it, if anything does
   * @param shape how some of the clients read
   * @param loops how many event loops serve the connections
   * @param bodyBytes the size around which bodies are
   */
  public ShapedLoad(
      SocketAddress server,
      Protocol protocol,
      @Nullable SslContext tls,
      LoadShape shape,
      int loops,
      int bodyBytes) {
    this.server = server;
    this.protocol = protocol;
    this.tls = tls;
    this.shape = shape;
    this.bodyBytes = bodyBytes;
    this.loops = Loops.newGroup("load", loops);
  }

  /** Connects, and starts to send; a connection that breaks is counted and made anew. */
  public void start(int connections) {
    for (int i = 1; i <= connections; i++) {
      connect(i);
    }
  }

  private void connect(int number) {
    boolean isSlow = shape == LoadShape.SLOW_READERS && number % SLOW_ONE_OF == 0;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    initialize(channel, number, isSlow);
                  }
                });
    if (isSlow) {
      bootstrap.option(ChannelOption.SO_RCVBUF, SlowReading.READ_BYTES);
    }
    bootstrap
        .connect(server)
        .addListener(
            (ChannelFuture connected) -> {
              if (!connected.isSuccess()) {
                figures.failures().add(1, "cannot connect: " + connected.cause().getMessage());
                connectAgain(number);
              }
            });
  }

  private void initialize(Channel channel, int number, boolean isSlow) {
    ChannelPipeline pipeline = channel.pipeline();
    if (isSlow) {
      pipeline.addLast(new SlowReading());
    }
    if (tls != null) {
      pipeline.addLast(tls.newHandler(channel.alloc()));
    }
    RequestMix mix = new RequestMix(number, isSlow ? SLOW_BODY_BYTES : bodyBytes);
    ShapedClient client =
        new ShapedClient(this, number, mix, isSlow ? slowFigures : figures, isSlow);
    if (protocol == Protocol.HTTP1) {
      pipeline.addLast(new HttpClientCodec()).addLast(new PipelinedClient(client));
    } else {
      pipeline
          .addLast(Http2FrameCodecBuilder.forClient().build())
          .addLast(new Http2MultiplexHandler(new RefusedStream()))
          .addLast(new MultiplexedClient(client));
    }
  }

  /** Called when a connection is gone. */
  void connectAgain(int number) {
    if (!stopping && !hasFailed() && !loops.isShuttingDown()) {
      loops.schedule(() -> connect(number), RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Says whether requests may be sent now. */
  boolean mayGoOn() {
    return !paused && !stopping;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Lets requests that are on their way come to their end, but sends no more. */
  public void pause() {
    paused = true;
  }

  /** Goes on after a pause. */
  public void goOn() {
    paused = false;
    channels.forEach(channel -> channel.pipeline().fireUserEventTriggered(LOOK_AGAIN));
  }

  /** Says whether there were too many failures to go on. */
  public boolean hasFailed() {
    return figures.failures().count() + slowFigures.failures().count() >= MAX_FAILURES;
  }

  /** Returns what those have counted that read as fast as they can, and all failures to connect. */
  public LoadFigures figures() {
    return figures;
  }

  /** Returns what slow readers have counted. */
  public LoadFigures slowFigures() {
    return slowFigures;
  }

  /**
   * Ends at once: what is on its way is neither an answer nor a failure. Further calls do nothing.
   */
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
