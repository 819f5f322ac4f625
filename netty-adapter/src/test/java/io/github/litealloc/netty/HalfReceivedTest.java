package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels whose messages are kept until their requests are complete, while memory is short. */
final class HalfReceivedTest {

  private static final int MAX_BYTES = 10 << 20;
  private static final int PIECE_BYTES = 16 * 1024;
  private static final int MESSAGE_BYTES = 64 * 1024;
  private static final int STEP_MILLIS = 20;

  /** What those may let memory grow by, in messages, whose turn comes though there is no room. */
  private static final int MOST_MESSAGES = MAX_BYTES / 8 / MESSAGE_BYTES;

  /** What is asked for from them, in case that it is the end, before any turn. */
  private static final int PROBES = 5;

  private final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid")
          .budget(MemoryBudget.of("pressed", MAX_BYTES))
          .decayMillis(0)
          .build();
  private final MockTicker time = Ticker.newMockTicker();
  private final MemoryPressureHandler handler = new MemoryPressureHandler();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<ByteBuf> fill = new ArrayList<>();

  /** Each channel has an event loop of its own. */
  private EmbeddedChannel channel() {
    EmbeddedChannel made = EmbeddedChannel.builder().ticker(time).build();
    made.config().setAllocator(allocator);
    made.pipeline().addLast(handler);
    channels.add(made);
    return made;
  }

  private ByteBuf message() {
    return allocator.directBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES);
  }

  private long reservedPercent() {
    return allocator.metric().budget().reservedBytes() * 100 / MAX_BYTES;
  }

  private void fillTo(int percent) {
    while (reservedPercent() < percent) {
      fill.add(allocator.directBuffer(PIECE_BYTES));
    }
    pass(0);
  }

  private void emptyTo(int percent) {
    while (reservedPercent() > percent) {
      fill.remove(fill.size() - 1).release();
      allocator.trimOnThisThread();
    }
  }

  private void pass(int millis) {
    for (int passed = 0; passed <= millis; passed += STEP_MILLIS) {
      time.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  private static int received(EmbeddedChannel channel) {
    return channel.inboundMessages().size();
  }

  @AfterEach
  void end() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    fill.forEach(ByteBuf::release);
    allocator.close();
    assertThat(allocator.metric().arenas()).isEmpty();
  }

  @Test
  void room_forThreeMessages_isPromisedToThreeOfThoseThatWait() {
    for (int i = 0; i < 20; i++) {
      channel().writeInbound(message());
    }
    fillTo(82);
    assertThat(channels).noneMatch(channel -> channel.config().isAutoRead());
    emptyTo(77);
    pass(0);
    long mayRead = channels.stream().filter(channel -> channel.config().isAutoRead()).count();
    assertThat(mayRead).isBetween(1L, 5L); // one of them because it is its turn
    emptyTo(30);
    pass(200);
    assertThat(channels).allMatch(channel -> channel.config().isAutoRead());
  }

  @Test
  void room_promisedToEventLoopsThatStandStill_isOthersSoon() {
    for (int i = 0; i < 20; i++) {
      channel().writeInbound(message());
    }
    fillTo(82);
    emptyTo(77);
    List<EmbeddedChannel> stuck = List.copyOf(channels.subList(0, 10));
    List<EmbeddedChannel> others = List.copyOf(channels.subList(10, 20));
    channels.removeAll(others);
    pass(0);
    assertThat(stuck).anyMatch(channel -> channel.config().isAutoRead());
    channels.removeAll(stuck);
    channels.addAll(others);
    time.advance(40, TimeUnit.MILLISECONDS);
    pass(0); // too early for a turn
    assertThat(others).anyMatch(channel -> channel.config().isAutoRead());
    channels.addAll(stuck);
  }

  @Test
  void turn_withoutRoom_comesInSecondsWhereNothingElseCanSetMemoryFree() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(message());
    fillTo(85);
    int messages = 12;
    for (int i = 1; i < messages; i++) {
      channel.writeInbound(message());
    }
    fillTo(97);
    pass(1_500);
    assertThat(received(channel)).isLessThan(messages);
    pass(1_500);
    assertThat(received(channel)).isEqualTo(messages);
  }

  @Test
  void turn_withoutRoom_endsWhenItHasTakenAnEighthOfTheBudget() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(message());
    fillTo(97);
    int messages = 9 * MOST_MESSAGES;
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < messages / 3; i++) {
        channel.writeInbound(message());
      }
      pass(1_000);
    }
    assertThat(received(channel)).isBetween(MOST_MESSAGES, 1 + PROBES + MOST_MESSAGES);
  }

  @Test
  void growth_byAReadThatIsUnderWayOnAnotherEventLoop_isNobodyElsesFault() {
    EmbeddedChannel reading = channel();
    EmbeddedChannel other = channel();
    for (int i = 0; i < 32; i++) {
      other.writeInbound(Unpooled.EMPTY_BUFFER); // lets nothing grow, so it is trusted
    }
    fillTo(82);
    pass(40);
    other.writeInbound(Unpooled.EMPTY_BUFFER);
    for (int i = 0; i < 6; i++) {
      reading.pipeline().fireChannelRead(message()); // without its end
    }
    other.runPendingTasks();
    pass(0);
    assertThat(other.config().isAutoRead()).isTrue();
    reading.pipeline().fireChannelReadComplete();
  }
}
