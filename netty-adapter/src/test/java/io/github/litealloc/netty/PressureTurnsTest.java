package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
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

  private static final int MAX_BYTES = 10 << 20;
  private static final int PIECE_BYTES = 16 * 1024;
  private static final int STEP_MILLIS = 20;

  private final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid")
          .budget(MemoryBudget.of("pressed", MAX_BYTES))
          .decayMillis(0)
          .build();
  private final MockTicker time = Ticker.newMockTicker();
  private final MemoryPressureHandler handler = new MemoryPressureHandler();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<ByteBuf> fill = new ArrayList<>();

  /**
   * What a message costs: at 85 % there is room for one more, but not for what several event loops
   * may read at once.
   */
  private static final int COST_BYTES = 650 * 1024;

  /** The gates learn what messages cost: of channels that nobody knows they expect the same. */
  @BeforeEach
  void teachCost() {
    EmbeddedChannel costly = EmbeddedChannel.builder().ticker(time).build();
    costly.config().setAllocator(allocator);
    costly.pipeline().addLast(handler, new Keeper(allocator));
    Keeper.keep(costly, COST_BYTES);
    costly.finish();
    allocator.trimOnThisThread(); // or the first tick would do it, and find room
  }

  /** Each channel has an event loop of its own. */
  private EmbeddedChannel channel() {
    EmbeddedChannel made = EmbeddedChannel.builder().ticker(time).build();
    made.config().setAllocator(allocator);
    made.pipeline().addLast(handler);
    channels.add(made);
    return made;
  }

  private void fillTo(int percent) {
    while (allocator.metric().budget().reservedBytes() < MAX_BYTES / 100L * percent) {
      fill.add(allocator.directBuffer(PIECE_BYTES));
    }
    pass(0);
  }

  private void empty() {
    fill.forEach(ByteBuf::release);
    fill.clear();
  }

  private void pass(int millis) {
    for (int passed = 0; passed <= millis; passed += STEP_MILLIS) {
      time.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  private static ByteBuf message(int value) {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(4).writeInt(value);
  }

  private static int received(EmbeddedChannel channel) {
    return channel.inboundMessages().size();
  }

  @AfterEach
  void end() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    empty();
    allocator.close();
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  @Test
  void turn_belowTheCriticalMark_comesSoon() {
    EmbeddedChannel channel = channel();
    fillTo(85);
    channel.writeInbound(message(1));
    pass(100);
    assertThat(received(channel)).isEqualTo(1);
  }

  @Test
  void turn_atTheCriticalMark_comesOnlyWhenNothingHasChangedForLong() {
    EmbeddedChannel channel = channel();
    fillTo(96);
    channel.writeInbound(message(1));
    pass(9_500);
    assertThat(received(channel)).isZero();
    pass(1_000);
    assertThat(received(channel)).isEqualTo(1);
  }

  @Test
  void turn_atTheCriticalMarkWhileMemoryGetsLess_isNotPassed() {
    EmbeddedChannel channel = channel();
    fillTo(97);
    channel.writeInbound(message(1));
    // For as long as it is known what messages cost: what costs little is tried at any time.
    for (int second = 0; second < 20; second++) {
      fill.remove(second * 17).release(); // of different chunks, so that none gets empty
      pass(1_000);
    }
    assertThat(allocator.metric().budget().pressure()).isEqualTo(MemoryPressure.CRITICAL);
    assertThat(received(channel)).isZero();
  }

  @Test
  void turn_atTheCriticalMarkWhileSmallBuffersComeAndGo_isPassedAllTheSame() {
    EmbeddedChannel channel = channel();
    fillTo(96);
    channel.writeInbound(message(1));
    for (int second = 0; second < 11; second++) {
      ByteBuf other = allocator.directBuffer(100);
      pass(500);
      other.release();
      pass(500);
    }
    assertThat(received(channel)).isEqualTo(1);
  }

  @Test
  void turn_thatReachesTheCriticalMark_ends() {
    EmbeddedChannel channel = channel();
    channel.pipeline().addLast(new Keeper(allocator));
    int messages = 20;
    fillTo(85);
    Keeper.keep(channel, PIECE_BYTES * 8);
    pass(100);
    assertThat(received(channel)).isEqualTo(1);
    Keeper.keep(channel, PIECE_BYTES * 8); // the turn goes on
    assertThat(received(channel)).isEqualTo(2);
    fillTo(96);
    for (int message = 3; message <= messages; message++) {
      Keeper.keep(channel, PIECE_BYTES * 8);
    }
    pass(1_000);
    // Tried again: at first, and each half second, in case it would set memory free.
    assertThat(received(channel)).isLessThanOrEqualTo(5);
    assertThat(channel.config().isAutoRead()).isFalse();
    empty();
    pass(0);
    assertThat(received(channel)).isEqualTo(messages);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void turn_onSeveralEventLoops_isPassedFromOneToTheOther() {
    for (int i = 0; i < 4; i++) {
      channel();
    }
    fillTo(85);
    channels.forEach(channel -> channel.writeInbound(message(1)));
    pass(100);
    assertThat(channels.stream().mapToInt(PressureTurnsTest::received).sum()).isEqualTo(1);
    pass(2_000);
    assertThat(channels).allMatch(channel -> received(channel) == 1);
  }

  @Test
  void turn_ofAnEventLoopThatDoesNotComeBack_goesToAnotherOne() {
    EmbeddedChannel stuck = channel();
    EmbeddedChannel other = channel();
    fillTo(85);
    stuck.writeInbound(message(1));
    other.writeInbound(message(1));
    pass(100);
    assertThat(received(stuck)).isEqualTo(1);
    channels.remove(stuck);
    pass(800);
    assertThat(received(other)).isZero();
    pass(300);
    assertThat(received(other)).isEqualTo(1);
    channels.add(stuck);
  }

  @Test
  void turn_withoutRoom_isTheOnlyOneForLongOnAllEventLoops() {
    channel();
    channel();
    fillTo(96);
    channels.forEach(channel -> channel.writeInbound(message(1)));
    pass(15_000);
    assertThat(channels.stream().mapToInt(PressureTurnsTest::received).sum()).isEqualTo(1);
    pass(10_000);
    assertThat(channels).allMatch(channel -> received(channel) == 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void recovery_afterAnySequenceOfEvents_letsEveryChannelReadAndLosesNothing(long seed) {
    Random random = new Random(seed);
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      channel();
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
          while (pieces-- > 0 && allocator.metric().budget().reservedBytes() < MAX_BYTES * 0.99) {
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
        case 6 -> time.advance(random.nextInt(50), TimeUnit.MILLISECONDS);
        default -> pass(random.nextInt(10) == 0 ? 11_000 : 0);
      }
    }
    empty();
    pass(STEP_MILLIS);
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
}
