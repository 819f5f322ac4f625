package io.github.litealloc.netty.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.github.litealloc.netty.OffLoopPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers behind ours that count silence do not count a pause. */
final class IdleTest {

  private static final int MAX_BYTES = 8 << 20;
  private static final int STEP_MILLIS = 20;
  private static final int TIMEOUT_SECONDS = 2;

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder()
          .budget(MemoryBudget.of("idle", MAX_BYTES))
          .decayMillis(0)
          .offLoop(OffLoopPolicy.ADOPT)
          .build();
  private final MockTicker time = Ticker.newMockTicker();
  private final MemoryPressureHandler pressure = new MemoryPressureHandler();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private int idleEvents;
  private int looks;

  private EmbeddedChannel channel(boolean isClosedInTime) {
    EmbeddedChannel channel = new CountedChannel();
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(pressure);
    channel.pipeline().addLast(new IdleStateHandler(TIMEOUT_SECONDS, 0, 0));
    if (isClosedInTime) {
      channel.pipeline().addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS));
    }
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                ((ByteBuf) message).release();
              }

              @Override
              public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event instanceof IdleStateEvent idle && idle.state() == IdleState.READER_IDLE) {
                  idleEvents++;
                }
              }
            });
    channels.add(channel);
    return channel;
  }

  /** Lets time pass; each client sends a line every 100 ms. */
  private void pass(int millis, boolean sends) {
    for (int passed = STEP_MILLIS; passed <= millis; passed += STEP_MILLIS) {
      time.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
      for (EmbeddedChannel channel : channels) {
        if (sends && passed % 100 == 0) {
          channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'a', '\n'}));
        }
        channel.runPendingTasks();
      }
    }
  }

  @AfterEach
  void end() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    allocator.close();
  }

  @Test
  void clients_thatSendAllTheTimeUnderPressure_areNeverIdle() {
    for (int i = 0; i < 20; i++) {
      channel(true);
    }
    ByteBuf cache = allocator.directBuffer(MAX_BYTES / 100 * 85);
    assertThat(allocator.metric().budget().pressure()).isEqualTo(MemoryPressure.HIGH);
    pass(8_000, true);
    assertThat(idleEvents).isZero();
    assertThat(channels).allMatch(EmbeddedChannel::isOpen);
    cache.release();
  }

  /** What nobody knows yet is expected to cost what another channel's message has cost. */
  private void teachCost() {
    EmbeddedChannel costly = channel(false);
    List<ByteBuf> kept = new ArrayList<>();
    costly
        .pipeline()
        .addAfter(
            costly.pipeline().context(pressure).name(),
            "answers",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                kept.add(allocator.directBuffer(MAX_BYTES / 4));
                context.fireChannelRead(message);
              }
            });
    costly.writeInbound(Unpooled.wrappedBuffer(new byte[] {'a', '\n'}));
    channels.remove(costly);
    costly.finishAndReleaseAll();
    kept.forEach(ByteBuf::release);
  }

  /** As a stop of the whole JVM, or a handler that waits for something. */
  @Test
  void clients_thatAreNotReadWhileTheEventLoopStandsStill_areNeverIdle() {
    teachCost();
    ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
    EmbeddedChannel paused = channel(true);
    for (int i = 1; i <= 12; i++) {
      pass(500 + STEP_MILLIS * i, false); // whatever is due next when it begins
      time.advance(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      paused.runPendingTasks();
    }
    assertThat(paused.config().isAutoRead()).isFalse();
    assertThat(idleEvents).isZero();
    assertThat(paused.isOpen()).isTrue();
    cache.release();
  }

  /** There is room now and then, but each time too shortly to read anything. */
  @Test
  void clients_atAGateThatOpensAndShutsAllTheTime_areNeverIdle() {
    teachCost();
    EmbeddedChannel paused = channel(true);
    for (int i = 0; i < 20; i++) {
      ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
      pass(180, false);
      assertThat(paused.config().isAutoRead()).isFalse();
      cache.release();
      pass(STEP_MILLIS, false);
      assertThat(paused.config().isAutoRead()).isTrue();
    }
    assertThat(idleEvents).isZero();
    assertThat(paused.isOpen()).isTrue();
  }

  /** Nothing fits any more: nobody is read, and nobody is to blame for it. */
  @Test
  void clients_thatAreNotReadForLong_areNeverIdle() {
    teachCost();
    ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
    EmbeddedChannel paused = channel(true);
    pass(8_000, false);
    assertThat(paused.config().isAutoRead()).isFalse();
    assertThat(idleEvents).isZero();
    assertThat(paused.isOpen()).isTrue();
    cache.release();
  }

  /** A pipeline may change while its channel is paused. */
  @Test
  void timeout_putInDuringAPause_countsNoPause() {
    teachCost();
    ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
    EmbeddedChannel paused = channel(false);
    pass(1_000, false);
    paused.pipeline().addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS));
    pass(8_000, false);
    assertThat(paused.config().isAutoRead()).isFalse();
    assertThat(paused.isOpen()).isTrue();
    cache.release();
  }

  @Test
  void handshake_thatBeginsDuringAPause_endsIt() throws Exception {
    teachCost();
    ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
    EmbeddedChannel paused = channel(true);
    pass(1_000, false);
    assertThat(paused.config().isAutoRead()).isFalse();
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(false);
    paused.pipeline().addLast(new SslHandler(engine));
    pass(1_500, false);
    assertThat(paused.config().isAutoRead()).isTrue();
    cache.release();
  }

  /** With ten thousand of them that took a third of a processor. */
  @Test
  void pipeline_ofAPausedChannel_isLookedThroughFarLessThanOnceATick() {
    teachCost();
    ByteBuf cache = allocator.directBuffer(MAX_BYTES - 65_536);
    EmbeddedChannel paused = channel(true);
    pass(1_000, false);
    int looksBefore = looks;
    int ticks = 400; // after ten seconds there is a turn
    pass(ticks * STEP_MILLIS, false);
    assertThat(paused.config().isAutoRead()).isFalse();
    assertThat(looks - looksBefore).isBetween(1, ticks / 10);
    cache.release();
  }

  @Test
  void clients_thatAreSilentWithoutPressure_areIdle() {
    channel(false);
    pass(TIMEOUT_SECONDS * 1_000 + 500, false);
    assertThat(idleEvents).isPositive();
  }

  /** Counts how often somebody asks for its pipeline. */
  private final class CountedChannel extends EmbeddedChannel {

    CountedChannel() {
      super(EmbeddedChannel.builder().ticker(time));
    }

    @Override
    public ChannelPipeline pipeline() {
      looks++;
      return super.pipeline();
    }
  }
}
