package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels whose messages are kept until their requests are complete, while memory is short. */
final class HalfReceivedTest {

  private static final int MESSAGE_BYTES = 64 * 1024;

  /** What those may let memory grow by, in messages, whose turn comes though there is no room. */
  private static final int MOST_MESSAGES = PressedChannels.MAX_BYTES / 8 / MESSAGE_BYTES;

  /** What is asked for from them, in case that it is the end, before any turn. */
  private static final int PROBES = 5;

  private final PressedChannels pressed = new PressedChannels();

  @AfterEach
  void close() {
    pressed.close();
  }

  private EmbeddedChannel channel() {
    return pressed.channel();
  }

  private ByteBuf message() {
    return pressed.allocator.directBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES);
  }

  @Test
  void room_forThreeMessages_isPromisedToThreeOfThoseThatWait() {
    for (int i = 0; i < 20; i++) {
      channel().writeInbound(message());
    }
    pressed.fillTo(82);
    assertThat(pressed.channels).noneMatch(channel -> channel.config().isAutoRead());
    pressed.emptyTo(77);
    pressed.pass(0);
    long mayRead =
        pressed.channels.stream().filter(channel -> channel.config().isAutoRead()).count();
    assertThat(mayRead).isBetween(1L, 5L); // one of them because it is its turn
    pressed.emptyTo(30);
    pressed.pass(200);
    assertThat(pressed.channels).allMatch(channel -> channel.config().isAutoRead());
  }

  @Test
  void room_promisedToEventLoopsThatStandStill_isOthersSoon() {
    for (int i = 0; i < 20; i++) {
      channel().writeInbound(message());
    }
    pressed.fillTo(82);
    pressed.emptyTo(77);
    List<EmbeddedChannel> stuck = List.copyOf(pressed.channels.subList(0, 10));
    List<EmbeddedChannel> others = List.copyOf(pressed.channels.subList(10, 20));
    pressed.channels.removeAll(others);
    pressed.pass(0);
    assertThat(stuck).anyMatch(channel -> channel.config().isAutoRead());
    pressed.channels.removeAll(stuck);
    pressed.channels.addAll(others);
    pressed.time.advance(40, TimeUnit.MILLISECONDS);
    pressed.pass(0); // too early for a turn
    assertThat(others).anyMatch(channel -> channel.config().isAutoRead());
    pressed.channels.addAll(stuck);
  }

  @Test
  void turn_withoutRoom_comesInSecondsWhereNothingElseCanSetMemoryFree() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(message());
    pressed.fillTo(85);
    int messages = 12;
    for (int i = 1; i < messages; i++) {
      channel.writeInbound(message());
    }
    pressed.fillTo(97);
    pressed.pass(1_500);
    assertThat(PressedChannels.received(channel)).isLessThan(messages);
    pressed.pass(1_500);
    assertThat(PressedChannels.received(channel)).isEqualTo(messages);
  }

  @Test
  void turn_withoutRoom_endsWhenItHasTakenAnEighthOfTheBudget() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(message());
    pressed.fillTo(97);
    int messages = 9 * MOST_MESSAGES;
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < messages / 3; i++) {
        channel.writeInbound(message());
      }
      pressed.pass(1_000);
    }
    assertThat(PressedChannels.received(channel))
        .isBetween(MOST_MESSAGES, 1 + PROBES + MOST_MESSAGES);
  }

  @Test
  void turn_withoutRoom_ofAPeerThatNeverEnds_isNotTheNextOneAgain() {
    EmbeddedChannel endless = channel();
    EmbeddedChannel other = channel();
    for (EmbeddedChannel each : pressed.channels) {
      each.writeInbound(message());
    }
    pressed.fillTo(85);
    int messages = 8;
    for (int i = 1; i < messages; i++) {
      other.writeInbound(message());
    }
    pressed.fillTo(97);
    for (int second = 0; second < 10 && PressedChannels.received(other) < messages; second++) {
      for (int i = 0; i < 2 * MOST_MESSAGES; i++) {
        endless.writeInbound(message());
      }
      pressed.pass(1_000);
    }
    assertThat(PressedChannels.received(other)).isEqualTo(messages);
  }

  @Test
  void growth_byAReadThatIsUnderWayOnAnotherEventLoop_isNobodyElsesFault() {
    EmbeddedChannel reading = channel();
    EmbeddedChannel other = channel();
    for (int i = 0; i < 32; i++) {
      other.writeInbound(Unpooled.EMPTY_BUFFER); // lets nothing grow, so it is trusted
    }
    pressed.fillTo(82);
    pressed.pass(40);
    other.writeInbound(Unpooled.EMPTY_BUFFER);
    for (int i = 0; i < 6; i++) {
      reading.pipeline().fireChannelRead(message()); // without its end
    }
    other.runPendingTasks();
    pressed.pass(0);
    assertThat(other.config().isAutoRead()).isTrue();
    reading.pipeline().fireChannelReadComplete();
  }
}
