package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * New channels on many event loops under pressure: they need room for one, not for as many as there
 * are loops; but no two of them have the same room.
 */
final class NewcomersOnManyLoopsTest {

  private static final int LOOPS = 16;

  /** Room for one such message and its margin is there at 75 %, but not for two at a time. */
  private static final int COST_BYTES = 900 * 1024;

  private static final int FULL_PERCENT = 97;
  private static final int HIGH_PERCENT = 85;
  private static final int LESS_PERCENT = 75;
  private static final int MANY_GO_ON_PERCENT = 69;

  private final PressedChannels pressed = new PressedChannels();
  private final LiteByteBufAllocator allocator = pressed.allocator;
  private final List<EmbeddedChannel> newcomers = new ArrayList<>();

  @BeforeEach
  void pressAndLearnWhatMessagesCost() {
    EmbeddedChannel costly = pressed.channel();
    costly.pipeline().addLast(new Keeper(allocator));
    Keeper.keep(costly, COST_BYTES);
    costly.finishAndReleaseAll();
    pressed.channels.remove(costly);
    allocator.trimOnThisThread();
    for (int i = 0; i < LOOPS; i++) {
      newcomers.add(pressed.channel());
    }
    pressed.fillTo(HIGH_PERCENT);
    assertThat(newcomers).noneMatch(newcomer -> newcomer.config().isAutoRead());
    pressed.emptyTo(LESS_PERCENT);
  }

  @AfterEach
  void close() {
    pressed.close();
  }

  private static ByteBuf message() {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(4).writeInt(0);
  }

  private static void onMessage(EmbeddedChannel channel, Runnable action) {
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                action.run();
              }
            });
  }

  /** In the middle of what it does with a message, which it must get. */
  private static void inTheMiddle(EmbeddedChannel channel, Runnable action) {
    boolean[] isOver = new boolean[1];
    onMessage(
        channel,
        () -> {
          action.run();
          isOver[0] = true;
        });
    channel.pipeline().fireChannelRead(message());
    assertThat(isOver[0]).isTrue();
  }

  private static boolean hasRead(EmbeddedChannel newcomer) {
    return PressedChannels.received(newcomer) > 0;
  }

  @Test
  void newcomers_withRoomForOneAtATime_areServedAtOnce() {
    for (EmbeddedChannel newcomer : newcomers) {
      newcomer.pipeline().fireChannelRead(message());
      assertThat(hasRead(newcomer)).isTrue();
    }
  }

  @Test
  void newcomer_whileOneOfAnotherLoopIsServed_waitsUntilThatOneHasTakenItsRoom() {
    EmbeddedChannel other = newcomers.get(1);
    inTheMiddle(
        newcomers.get(0),
        () -> {
          other.pipeline().fireChannelRead(message());
          assertThat(hasRead(other)).isFalse();
        });
    pressed.pass(0); // the next look
    assertThat(hasRead(other)).isTrue();
  }

  /** Whoever comes next finds less room. */
  @Test
  void newcomers_thatTakeWhatTheyAreExpectedTo_neverLeaveTheBudget() {
    int served = 0;
    for (EmbeddedChannel newcomer : newcomers) {
      newcomer.pipeline().addLast(new Keeper(allocator));
      newcomer.pipeline().fireChannelRead(Keeper.order(COST_BYTES));
      served += PressedChannels.received(newcomer);
    }
    assertThat(served).isBetween(1, 2);
    assertThat(allocator.metric().fallbacks(FallbackReason.EXHAUSTED)).isZero();
  }

  @Test
  void newcomer_whileAnotherLoopDoesNotComeBack_isServedAfterAWhile() {
    EmbeddedChannel other = newcomers.get(1);
    inTheMiddle(
        newcomers.get(0),
        () -> {
          other.pipeline().fireChannelRead(message());
          pressed.channels.remove(newcomers.get(0));
          assertThat(hasRead(other)).isFalse();
          pressed.pass(200);
          assertThat(hasRead(other)).isTrue();
        });
    pressed.channels.add(newcomers.get(0));
  }

  @Test
  void newcomer_whileOneOfAnotherLoopEndsInTheMiddle_isServedWithoutDelay() {
    EmbeddedChannel other = newcomers.get(1);
    EmbeddedChannel third = newcomers.get(2);
    inTheMiddle(
        newcomers.get(0),
        () -> {
          other.pipeline().fireChannelRead(message());
          assertThat(hasRead(other)).isFalse();
          newcomers.get(0).close();
          third.pipeline().fireChannelRead(message());
          assertThat(hasRead(third)).isTrue();
        });
  }

  /** With little in use nobody waits for what others are just reading, whatever that has cost. */
  @Test
  void newcomer_withoutPressure_isServedWhileThoseOfAllOtherLoopsAre() {
    pressed.emptyTo(5);
    pressed.pass(200);
    assertThat(newcomers).allMatch(newcomer -> newcomer.config().isAutoRead());
    serveWithinEachOther(0);
    assertThat(newcomers).allMatch(newcomer -> newcomer.config().isAutoRead());
  }

  private void serveWithinEachOther(int first) {
    if (first < LOOPS) {
      inTheMiddle(newcomers.get(first), () -> serveWithinEachOther(first + 1));
    }
  }

  /** What was kept for its message is given back. */
  @Test
  void newcomer_afterAHandlerHasThrown_isServedWithoutDelay() {
    onMessage(
        newcomers.get(0),
        () -> {
          throw new StackOverflowError("thrown on purpose");
        });
    newcomers.get(0).pipeline().fireChannelRead(message());
    assertThatThrownBy(newcomers.get(0)::checkException).isInstanceOf(StackOverflowError.class);
    newcomers.get(1).pipeline().fireChannelRead(message());
    assertThat(hasRead(newcomers.get(1))).isTrue();
  }

  /** When memory gets less, many gates open at once: there is room for two, and one has a turn. */
  @Test
  void newcomers_thatGoOnTogether_doNotHaveTheSameRoom() {
    pressed.fillTo(FULL_PERCENT);
    int[] served = new int[1];
    int[] within = new int[1];
    for (int i = 0; i < LOOPS; i++) {
      EmbeddedChannel next = newcomers.get((i + 1) % LOOPS);
      onMessage(
          newcomers.get(i),
          () -> {
            served[0]++;
            assertThat(++within[0]).isLessThanOrEqualTo(3);
            next.runPendingTasks(); // another event loop
            within[0]--;
          });
      newcomers.get(i).pipeline().fireChannelRead(message());
    }
    assertThat(served[0]).isZero();

    pressed.emptyTo(MANY_GO_ON_PERCENT);
    pressed.pass(400);
    newcomers.forEach(EmbeddedChannel::checkException);
    assertThat(served[0]).isEqualTo(LOOPS);
  }
}
