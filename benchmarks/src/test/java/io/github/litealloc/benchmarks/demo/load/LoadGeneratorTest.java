package io.github.litealloc.benchmarks.demo.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.demo.server.DemoHandler;
import io.github.litealloc.benchmarks.demo.server.Loops;
import io.github.litealloc.benchmarks.demo.server.ServerExtras;
import io.github.litealloc.benchmarks.demo.server.ServerFigures;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The load against servers that do wrong, which it must notice. */
class LoadGeneratorTest {

  private static final int REQUESTS = 200;
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final EventLoopGroup loops = Loops.newGroup("bad-server", 1);

  @AfterEach
  void endLoops() {
    Loops.end(loops);
  }

  /** A demo server whose answers pass through {@code spoiler} on their way out. */
  private Channel server(BiConsumer<ChannelHandlerContext, FullHttpResponse> spoiler) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(1 << 20))
                    .addLast(new Spoiler(spoiler))
                    .addLast(new DemoHandler(new ServerFigures(), 100, ServerExtras.NONE));
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private static final class Spoiler extends ChannelOutboundHandlerAdapter {
    private final BiConsumer<ChannelHandlerContext, FullHttpResponse> spoiler;

    Spoiler(BiConsumer<ChannelHandlerContext, FullHttpResponse> spoiler) {
      this.spoiler = spoiler;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      spoiler.accept(ctx, (FullHttpResponse) message);
      ctx.write(message, promise);
    }
  }

  private static LoadFigures load(InetSocketAddress address, int connections)
      throws InterruptedException {
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    try (LoadGenerator load =
        LoadGenerator.start(allocator, address, LoadPlan.steady(connections, 1, 500, REQUESTS))) {
      long started = System.nanoTime();
      while (!load.finished() && System.nanoTime() - started < WAIT_NANOS) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      assertThat(load.finished()).isTrue();
      load.stop(5);
      assertThat(allocator.metric().usedDirectMemory()).isZero();
      return load.figures();
    }
  }

  private LoadFigures load(BiConsumer<ChannelHandlerContext, FullHttpResponse> spoiler)
      throws InterruptedException {
    return load((InetSocketAddress) server(spoiler).localAddress(), 3);
  }

  @Test
  void load_honestServer_verifiesExactlyTheRequests() throws Exception {
    LoadFigures figures = load((ctx, response) -> {});

    assertThat(figures.verified()).isEqualTo(REQUESTS);
    assertThat(figures.failures().count()).isZero();
    assertThat(figures.wrongBytes()).isZero();
    assertThat(figures.takeLatencies().getTotalCount()).isEqualTo(REQUESTS);
  }

  @Test
  void load_oneByteFlippedInEachBody_countsEach() throws Exception {
    LoadFigures figures =
        load(
            (ctx, response) -> {
              ByteBuf body = response.content();
              if (body.isReadable()) {
                int last = body.writerIndex() - 1;
                body.setByte(last, body.getByte(last) ^ 0x80);
              }
            });

    assertThat(figures.wrongBytes()).isPositive().isEqualTo(figures.failures().count());
    assertThat(figures.verified() + figures.failures().count()).isEqualTo(REQUESTS);
    assertThat(figures.failures().firstFew().get(0)).contains("1 wrong bytes");
  }

  @Test
  void load_errorStatus_isAFailure() throws Exception {
    LoadFigures figures =
        load((ctx, response) -> response.setStatus(HttpResponseStatus.SERVICE_UNAVAILABLE));

    assertThat(figures.verified()).isZero();
    assertThat(figures.failures().count()).isEqualTo(REQUESTS);
    assertThat(figures.failures().firstFew().get(0)).contains("503");
  }

  @Test
  void load_connectionsCutByTheServer_countTheUnansweredAndGoOn() throws Exception {
    LoadFigures figures =
        load(
            (ctx, response) -> {
              if (response.content().readableBytes() % 10 == 3) {
                ctx.close();
              }
            });

    assertThat(figures.failures().count()).isPositive();
    assertThat(figures.verified()).isPositive();
    assertThat(figures.wrongBytes()).isZero();
  }

  /** That is no cut, though cuts are expected. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stop_requestsThatNobodyAnswers_areFailures(boolean expectsCuts) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        LoadGenerator load =
            LoadGenerator.start(
                new UnpooledByteBufAllocator(true),
                silent.getLocalSocketAddress(),
                new LoadPlan(
                    1, 1, 500, LoadGenerator.NO_LIMIT, LoadWaves.STEADY, 500, expectsCuts));
        Socket accepted = silent.accept()) {
      assertThat(accepted.getInputStream().read()).isNotNegative(); // a request is under way

      load.stop(1);
      load.end();

      assertThat(load.figures().failures().count()).isEqualTo(LoadConnection.REQUESTS_IN_FLIGHT);
      assertThat(load.figures().failures().firstFew().get(0)).contains("no answer in time");
      assertThat(load.figures().cut()).isZero();
    }
  }

  @Test
  void load_nobodyListens_givesUp() throws Exception {
    Channel closed = server((ctx, response) -> {});
    InetSocketAddress address = (InetSocketAddress) closed.localAddress();
    closed.close().syncUninterruptibly();

    LoadFigures figures = load(address, 500);

    assertThat(figures.verified()).isZero();
    assertThat(figures.failures().count()).isGreaterThanOrEqualTo(1_000);
    assertThat(figures.failures().firstFew().get(0)).contains("cannot connect");
  }
}
