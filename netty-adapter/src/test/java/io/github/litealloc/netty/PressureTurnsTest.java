package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read while memory stays short, and that everybody may afterwards. */
final class PressureTurnsTest {

  private static final int PIECE_BYTES = PressedChannels.PIECE_BYTES;

  private final PressedChannels pressed = new PressedChannels();
  private final LiteByteBufAllocator allocator = pressed.allocator;
  private final List<EmbeddedChannel> channels = pressed.channels;
  private final List<ByteBuf> fill = pressed.fill;

  /**
   * What a message costs: at 85 % there is room for one more, but not for what several event loops
   * may read at once.
   */
  private static final int COST_BYTES = 650 * 1024;

  /** The gates learn what messages cost: of channels that nobody knows they expect the same. */
  @BeforeEach
  void teachCost() {
    EmbeddedChannel costly = EmbeddedChannel.builder().ticker(pressed.time).build();
    costly.config().setAllocator(allocator);
    costly.pipeline().addLast(pressed.handler, new Keeper(allocator));
    Keeper.keep(costly, COST_BYTES);
    costly.finish();
    allocator.trimOnThisThread(); // or the first tick would do it, and find room
  }

  private static ByteBuf message(int value) {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(4).writeInt(value);
  }

  @AfterEach
  void close() {
    pressed.close();
  }

  @Test
  void turn_belowTheCriticalMark_comesSoon() {
    EmbeddedChannel channel = pressed.channel();
    pressed.fillTo(85);
    channel.writeInbound(message(1));
    pressed.pass(100);
    assertThat(PressedChannels.received(channel)).isEqualTo(1);
  }

  @Test
  void turn_atTheCriticalMark_comesOnlyWhenNothingHasChangedForLong() {
    EmbeddedChannel channel = pressed.channel();
    pressed.fillTo(96);
    channel.writeInbound(message(1));
    pressed.pass(9_500);
    assertThat(PressedChannels.received(channel)).isZero();
    pressed.pass(1_000);
    assertThat(PressedChannels.received(channel)).isEqualTo(1);
  }

  @Test
  void turn_atTheCriticalMarkWhileMemoryGetsLess_isNotPassed() {
    EmbeddedChannel channel = pressed.channel();
    pressed.fillTo(97);
    channel.writeInbound(message(1));
    // For as long as it is known what messages cost: what costs little is tried at any time.
    for (int second = 0; second < 20; second++) {
      fill.remove(second * 17).release(); // of different chunks, so that none gets empty
      pressed.pass(1_000);
    }
    assertThat(allocator.metric().budget().pressure()).isEqualTo(MemoryPressure.CRITICAL);
    assertThat(PressedChannels.received(channel)).isZero();
  }

  @Test
  void turn_atTheCriticalMarkWhileSmallBuffersComeAndGo_isPassedAllTheSame() {
    EmbeddedChannel channel = pressed.channel();
    pressed.fillTo(96);
    channel.writeInbound(message(1));
    for (int second = 0; second < 11; second++) {
      ByteBuf other = allocator.directBuffer(100);
      pressed.pass(500);
      other.release();
      pressed.pass(500);
    }
    assertThat(PressedChannels.received(channel)).isEqualTo(1);
  }

  @Test
  void turn_thatReachesTheCriticalMark_ends() {
    EmbeddedChannel channel = pressed.channel();
    channel.pipeline().addLast(new Keeper(allocator));
    int messages = 20;
    pressed.fillTo(85);
    Keeper.keep(channel, PIECE_BYTES * 8);
    pressed.pass(100);
    assertThat(PressedChannels.received(channel)).isEqualTo(1);
    Keeper.keep(channel, PIECE_BYTES * 8); // the turn goes on
    assertThat(PressedChannels.received(channel)).isEqualTo(2);
    pressed.fillTo(96);
    for (int message = 3; message <= messages; message++) {
      Keeper.keep(channel, PIECE_BYTES * 8);
    }
    pressed.pass(1_000);
    // Tried again: at first, and each half second, in case it would set memory free.
    assertThat(PressedChannels.received(channel)).isLessThanOrEqualTo(5);
    assertThat(channel.config().isAutoRead()).isFalse();
    pressed.empty();
    pressed.pass(0);
    assertThat(PressedChannels.received(channel)).isEqualTo(messages);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void turn_onSeveralEventLoops_isPassedFromOneToTheOther() {
    for (int i = 0; i < 4; i++) {
      pressed.channel();
    }
    pressed.fillTo(85);
    channels.forEach(channel -> channel.writeInbound(message(1)));
    pressed.pass(100);
    assertThat(channels.stream().mapToInt(PressedChannels::received).sum()).isEqualTo(1);
    pressed.pass(2_000);
    assertThat(channels).allMatch(channel -> PressedChannels.received(channel) == 1);
  }

  @Test
  void turn_ofAnEventLoopThatDoesNotComeBack_goesToAnotherOne() {
    EmbeddedChannel stuck = pressed.channel();
    EmbeddedChannel other = pressed.channel();
    pressed.fillTo(85);
    stuck.writeInbound(message(1));
    other.writeInbound(message(1));
    pressed.pass(100);
    assertThat(PressedChannels.received(stuck)).isEqualTo(1);
    channels.remove(stuck);
    pressed.pass(800);
    assertThat(PressedChannels.received(other)).isZero();
    pressed.pass(300);
    assertThat(PressedChannels.received(other)).isEqualTo(1);
    channels.add(stuck);
  }

  @Test
  void turn_withoutRoom_isTheOnlyOneForLongOnAllEventLoops() {
    pressed.channel();
    pressed.channel();
    pressed.fillTo(96);
    channels.forEach(channel -> channel.writeInbound(message(1)));
    pressed.pass(15_000);
    assertThat(channels.stream().mapToInt(PressedChannels::received).sum()).isEqualTo(1);
    pressed.pass(10_000);
    assertThat(channels).allMatch(channel -> PressedChannels.received(channel) == 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void recovery_afterAnySequenceOfEvents_letsEveryChannelReadAndLosesNothing(long seed) {
    Random random = new Random(seed);
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pressed.channel();
      sent.add(0);
    }
    for (int step = 0; step < 1_000; step++) {
      int chosen = random.nextInt(channels.size());
      EmbeddedChannel channel = channels.get(chosen);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          // Runs no tasks: a loop reads before it hears that the level has changed, or never does.
          channel.pipeline().fireChannelRead(message(sent.get(chosen)));
          sent.set(chosen, sent.get(chosen) + 1);
        }
        case 2 -> {
          int pieces = 1 + random.nextInt(400);
          while (pieces-- > 0
              && allocator.metric().budget().reservedBytes() < PressedChannels.MAX_BYTES * 0.99) {
            fill.add(allocator.directBuffer(PIECE_BYTES));
          }
        }
        case 3 -> {
          int pieces = random.nextInt(fill.size() + 1);
          while (pieces-- > 0) {
            fill.remove(fill.size() - 1).release();
          }
        }
        case 4 -> channel.runPendingTasks();
        case 5 -> channel.config().setAutoRead(true);
        case 6 -> pressed.time.advance(random.nextInt(50), TimeUnit.MILLISECONDS);
        default -> pressed.pass(random.nextInt(10) == 0 ? 11_000 : 0);
      }
    }
    pressed.empty();
    pressed.pass(PressedChannels.STEP_MILLIS);
    for (int i = 0; i < channels.size(); i++) {
      EmbeddedChannel channel = channels.get(i);
      assertThat(channel.config().isAutoRead()).as("channel %s", i).isTrue();
      for (int expected = 0; expected < sent.get(i); expected++) {
        ByteBuf message = channel.readInbound();
        assertThat(message).as("message %s of channel %s", expected, i).isNotNull();
        assertThat(message.readInt()).isEqualTo(expected);
        message.release();
      }
    }
  }

  /** Its cost says nothing about those that come when all of it is gone. */
  @Test
  void answer_largerThanTheBudget_keepsNobodyOutWhenItIsGone() {
    EmbeddedChannel greedy = pressed.channel();
    greedy.pipeline().addLast(new Keeper(allocator));
    Keeper.keep(greedy, 2 * PressedChannels.MAX_BYTES);
    greedy.finishAndReleaseAll();
    channels.remove(greedy);
    allocator.trimOnThisThread();

    for (int i = 0; i < 20; i++) {
      EmbeddedChannel newcomer = pressed.channel();
      newcomer.writeInbound(message(i));
      assertThat(PressedChannels.received(newcomer)).isEqualTo(1);
      assertThat(newcomer.config().isAutoRead()).isTrue();
    }
  }
}
