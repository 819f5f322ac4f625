package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channels that stop reading under pressure, and go on afterwards as if nothing had been. */
final class MemoryPressureHandlerTest {

  private static final int MAX_BYTES = 10 << 20;

  /**
   * At 85 % there is room for one such message, but not for what several loops may read at once.
   */
  private static final int COST_BYTES = 650 * 1024;

  private final LiteByteBufAllocator allocator = allocator();
  private final MemoryPressureHandler handler = new MemoryPressureHandler();
  private final ReadCounter reads = new ReadCounter();
  private final EmbeddedChannel channel = channel(allocator);

  private static LiteByteBufAllocator allocator() {
    return TestAllocators.builder("hybrid")
        .budget(MemoryBudget.of("pressed", MAX_BYTES))
        .decayMillis(0)
        .build();
  }

  private EmbeddedChannel channel(LiteByteBufAllocator allocator) {
    EmbeddedChannel made = new EmbeddedChannel(reads);
    made.freezeTime();
    made.config().setAllocator(allocator);
    made.pipeline().addLast(handler);
    return made;
  }

  /** Lets a channel's timer run once or twice, for changes that came and went unheard. */
  private static void tick(EmbeddedChannel ticking) {
    ticking.advanceTimeBy(30, TimeUnit.MILLISECONDS);
    ticking.runPendingTasks();
  }

  /** What nobody knows yet is expected to cost what another channel's message has cost. */
  @BeforeEach
  void teachCost() {
    EmbeddedChannel costly = channel(allocator);
    costly.pipeline().addLast(new Keeper(allocator));
    Keeper.keep(costly, COST_BYTES);
    costly.finish();
    allocator.trimOnThisThread(); // or the first tick would do it, and find room
  }

  @AfterEach
  void endChannel() {
    channel.finishAndReleaseAll();
    allocator.close();
  }

  /** Reserves so much that the level is high, and tells the channel. */
  private ByteBuf press() {
    ByteBuf fill = allocator.directBuffer(MAX_BYTES / 100 * 90);
    channel.runPendingTasks();
    return fill;
  }

  private void recover(ByteBuf fill) {
    fill.release();
    channel.runPendingTasks();
  }

  private static ByteBuf message(int value) {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(4).writeInt(value);
  }

  private void requireReceived(int value) {
    ByteBuf received = channel.readInbound();
    assertThat(received).isNotNull();
    assertThat(received.readInt()).isEqualTo(value);
    received.release();
  }

  @Test
  void channel_underPressureAndAfterwards_pausesAndGoesOnInOrder() {
    channel.writeInbound(message(1));
    requireReceived(1);
    ByteBuf fill = press();
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.writeInbound(message(2), message(3));
    assertThat(channel.<ByteBuf>readInbound()).isNull();
    int before = reads.count;
    recover(fill);
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(reads.count).isEqualTo(before + 1);
    requireReceived(2);
    requireReceived(3);
    channel.writeInbound(message(4));
    requireReceived(4);
  }

  @Test
  void channelRead_beforeTheLoopHasHeardOfThePressure_isHeldBackAlready() {
    ByteBuf fill = allocator.directBuffer(MAX_BYTES / 100 * 90);
    channel.pipeline().fireChannelRead(message(1));
    assertThat(channel.<ByteBuf>readInbound()).isNull();
    assertThat(channel.config().isAutoRead()).isFalse();
    recover(fill);
    tick(channel);
    requireReceived(1);
  }

  @Test
  void recovery_whenThePressureIsOnlySlightlyLess_waitsForTheLowerMark() {
    ByteBuf fill = allocator.directBuffer(MAX_BYTES / 100 * 75);
    ByteBuf more = allocator.directBuffer(MAX_BYTES / 100 * 10);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();
    recover(more); // 75 %
    assertThat(channel.config().isAutoRead()).isFalse();
    recover(fill);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void recovery_ofAChannelWhoseAutoReadWasOff_leavesItOff() {
    channel.config().setAutoRead(false);
    recover(press());
    assertThat(channel.config().isAutoRead()).isFalse();
  }

  @Test
  void read_askedForDuringAPause_isMadeUpForOnce() {
    channel.config().setAutoRead(false);
    ByteBuf fill = press();
    int before = reads.count;
    channel.read();
    channel.read();
    assertThat(reads.count).isEqualTo(before);
    recover(fill);
    assertThat(reads.count).isEqualTo(before + 1);
  }

  @Test
  void autoRead_turnedOnDuringAPause_waitsForItsEnd() {
    channel.config().setAutoRead(false);
    ByteBuf fill = press();
    channel.config().setAutoRead(true);
    assertThat(channel.config().isAutoRead()).isFalse();
    recover(fill);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void close_duringAPause_releasesWhatWasHeldBack() {
    ByteBuf fill = press();
    ByteBuf held = message(1);
    channel.writeInbound(held);
    channel.close();
    assertThat(held.refCnt()).isZero();
    recover(fill);
    assertThat(channel.<ByteBuf>readInbound()).isNull();
  }

  @Test
  void remove_duringAPause_endsItForThisChannel() {
    ByteBuf fill = press();
    channel.writeInbound(message(1));
    channel.pipeline().remove(handler);
    requireReceived(1);
    assertThat(channel.config().isAutoRead()).isTrue();
    recover(fill);
  }

  @Test
  void handlerAdded_underPressure_pausesTheNewChannel() {
    ByteBuf fill = press();
    EmbeddedChannel late = channel(allocator);
    assertThat(late.config().isAutoRead()).isFalse();
    recover(fill);
    tick(late);
    assertThat(late.config().isAutoRead()).isTrue();
    late.finish();
  }

  @Test
  void pressure_onOneAllocator_leavesTheChannelsOfAnotherAlone() {
    LiteByteBufAllocator other = allocator();
    EmbeddedChannel unconcerned = channel(other);
    ByteBuf fill = press();
    unconcerned.runPendingTasks();
    assertThat(unconcerned.config().isAutoRead()).isTrue();
    unconcerned.writeInbound(message(1));
    ByteBuf received = unconcerned.readInbound();
    received.release();
    recover(fill);
    unconcerned.finish();
    other.close();
  }

  @Test
  void pause_thatDoesNotEndByItself_letsTheChannelsReadInTurns() {
    ByteBuf fill = press();
    channel.writeInbound(message(1));
    assertThat(channel.<ByteBuf>readInbound()).isNull();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runPendingTasks();
    requireReceived(1);
    recover(fill);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  /** Such as small requests that are answered at once. */
  @Test
  void channel_byWhoseReadsNothingHasGrown_readsOnUnderPressure() {
    for (int i = 0; i < 20; i++) {
      channel.writeInbound(message(i));
      requireReceived(i);
    }
    ByteBuf fill = press();
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.writeInbound(message(20));
    requireReceived(20);
    recover(fill);
  }

  /** What it holds may wait for the update of a window, even at the critical mark. */
  @Test
  void channel_thatHoldsOutput_isTriedSoonAndReadsOnIfNothingGrows() {
    channel.pipeline().addLast(new Keeper(allocator));
    Keeper.keep(channel, 600 * 1024);
    requireReceived(600 * 1024);
    ByteBuf fill = press();
    channel.writeInbound(Keeper.order(0));
    tick(channel);
    requireReceived(0);
    channel.writeInbound(Keeper.order(0));
    requireReceived(0);
    recover(fill);
  }

  /** Else it would be trusted just when nothing fits any more. */
  @Test
  void channel_byWhoseReadsMemoryOfOthersGrows_isPaused() {
    for (int i = 0; i < 20; i++) {
      channel.writeInbound(message(i));
      requireReceived(i);
    }
    channel.pipeline().addLast(new Keeper(allocator));
    ByteBuf fill = press();
    channel.writeInbound(Keeper.order(MAX_BYTES / 4));
    requireReceived(MAX_BYTES / 4);
    assertThat(allocator.metric().fallbackBytes(FallbackReason.EXHAUSTED)).isPositive();
    assertThat(channel.config().isAutoRead()).isFalse();
    recover(fill);
  }

  /** Only who reads sees the end of a connection, and with it goes what its peer has held. */
  @Test
  void channel_thatCollectsAtTheCriticalMark_isReadNowAndThen() {
    channel.pipeline().addLast(new Collector());
    channel.writeInbound(allocator.directBuffer(8 * 1024));
    ByteBuf fill = allocator.directBuffer(MAX_BYTES / 100 * 97);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();
    int before = reads.count;
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runPendingTasks();
    assertThat(reads.count).isGreaterThan(before);
    recover(fill);
  }

  @Test
  void inputShutdown_duringAPause_comesAfterWhatWasHeldBack() {
    ByteBuf fill = press();
    channel.writeInbound(message(1));
    assertThat(channel.<ByteBuf>readInbound()).isNull();
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    requireReceived(1);
    recover(fill);
  }

  @Test
  void handlerAdded_onAChannelWithAnotherAllocator_isRefused() {
    EmbeddedChannel foreign = new EmbeddedChannel();
    foreign.config().setAllocator(UnpooledByteBufAllocator.DEFAULT);
    foreign.pipeline().addLast(handler);
    assertThatThrownBy(foreign::checkException)
        .hasStackTraceContaining("ChannelOption.ALLOCATOR set to a LiteByteBufAllocator");
    assertThat(foreign.pipeline().get(MemoryPressureHandler.class)).isNull();
  }

  /** Stands between the handler and the transport. */
  @Sharable
  private static final class ReadCounter extends ChannelOutboundHandlerAdapter {
    private int count;

    @Override
    public void read(ChannelHandlerContext context) {
      count++;
      context.read();
    }
  }

  /** Keeps all that comes in. */
  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final List<Object> kept = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      kept.add(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      kept.forEach(ReferenceCountUtil::release);
    }
  }

  /** Makes a channel trusted: by many of its reads nothing has grown. */
  private void earnTrust() {
    for (int value = 1; value <= 20; value++) {
      channel.writeInbound(message(value));
      requireReceived(value);
    }
  }

  @Test
  void trustedChannel_whileAnotherLoopIsServedByTheFallback_goesOn() throws Exception {
    try (TestLoop other = new TestLoop()) {
      ChannelInboundHandlerAdapter meanwhile =
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message)
                throws Exception {
              if (allocator.metric().budget().pressure() != MemoryPressure.NORMAL) {
                other.run(() -> allocator.directBuffer(MAX_BYTES).release());
              }
              context.fireChannelRead(message);
            }
          };
      channel.pipeline().addLast(meanwhile);
      earnTrust();
      ByteBuf fill = press();
      long before = allocator.metric().fallbacks(FallbackReason.EXHAUSTED);
      for (int value = 21; value <= 40; value++) {
        channel.writeInbound(message(value));
        requireReceived(value);
        assertThat(channel.config().isAutoRead()).isTrue();
      }
      assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isEqualTo(before + 20);
      recover(fill);
    }
  }

  @Test
  void handler_thatIsTakenOutWhileItsMessageIsHandedOn_leavesItsChannelReading() throws Exception {
    ChannelInboundHandlerAdapter upgrade =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext context, Object message) {
            context.pipeline().remove(handler);
            context.fireChannelRead(message);
          }
        };
    try (TestLoop loop = new TestLoop()) {
      LocalChannel other = new LocalChannel(); // the gate stays shut for it
      LocalChannel upgrading = new LocalChannel();
      for (LocalChannel made : List.of(other, upgrading)) {
        made.config().setAllocator(allocator);
        loop.loop().register(made).sync();
        loop.run(() -> made.pipeline().addFirst(handler));
      }
      loop.run(
          () -> {
            for (int value = 1; value <= 20; value++) { // trusted, or the next would be held back
              upgrading.pipeline().fireChannelRead(message(value)).fireChannelReadComplete();
            }
            upgrading.pipeline().addLast(upgrade, new Keeper(allocator));
            ByteBuf fill = allocator.directBuffer(MAX_BYTES / 100 * 90);
            upgrading.pipeline().fireChannelRead(Keeper.order(64 * 1024));
            assertThat(upgrading.pipeline().get(MemoryPressureHandler.class)).isNull();
            assertThat(upgrading.config().isAutoRead()).isTrue();
            fill.release();
          });
      for (LocalChannel made : List.of(other, upgrading)) {
        loop.run(() -> made.pipeline().removeLast());
        made.close().sync();
      }
    }
  }
}
