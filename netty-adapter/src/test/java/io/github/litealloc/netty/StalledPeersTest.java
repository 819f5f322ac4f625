package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who takes nothing of its output is closed, but only while others wait for that memory. */
final class StalledPeersTest {

  private static final int STALL_MILLIS = 3_000;

  /**
   * Looks are half a second apart, and the first one comes when nothing has changed for as long.
   */
  private static final int LATEST_MILLIS = STALL_MILLIS + 2_000;

  private static final int ANSWER_BYTES = 4 << 20;

  private static final int PIECE_BYTES = 32 * 1024;

  private final PressedChannels pressed =
      new PressedChannels(MemoryPressureHandler.builder().stallMillis(STALL_MILLIS).build());
  private final LiteByteBufAllocator allocator = pressed.allocator;
  private final MemoryPressureHandler handler = pressed.handler;

  @AfterEach
  void close() {
    pressed.close();
  }

  /** A peer that takes as much as it is told to. */
  private static final class Peer extends EmbeddedChannel {
    private int takes;

    Peer(PressedChannels pressed) {
      super(EmbeddedChannel.builder().ticker(pressed.time));
      config().setAllocator(pressed.allocator);
      pipeline().addLast(pressed.handler);
      pressed.channels.add(this);
    }

    void take(int bytes) {
      takes = bytes;
      flush();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer output) {
      while (takes > 0 && output.current() instanceof ByteBuf message) {
        int taken = Math.min(takes, message.readableBytes());
        takes -= taken;
        output.removeBytes(taken);
      }
    }
  }

  /** Answers each message with pieces. */
  private static final class Answerer extends ChannelInboundHandlerAdapter {
    private final int bytes;
    private final boolean flushes;

    Answerer(int bytes) {
      this(bytes, true);
    }

    Answerer(int bytes, boolean flushes) {
      this.bytes = bytes;
      this.flushes = flushes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
      for (int left = bytes; left > 0; left -= PIECE_BYTES) {
        context.write(context.alloc().directBuffer(PIECE_BYTES).writeZero(PIECE_BYTES));
      }
      if (flushes) {
        context.flush();
      }
    }
  }

  private static ByteBuf message() {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(4).writeInt(1);
  }

  private EmbeddedChannel newcomer() {
    EmbeddedChannel newcomer = pressed.channel();
    newcomer.writeInbound(message());
    return newcomer;
  }

  /** Two answers fill the memory; who comes then has to wait. */
  private Peer[] fill() {
    Peer[] peers = {new Peer(pressed), new Peer(pressed)};
    for (Peer peer : peers) {
      peer.pipeline().addLast(new Answerer(ANSWER_BYTES));
      peer.writeInbound(message());
    }
    pressed.pass(0);
    return peers;
  }

  @Test
  void peersThatTakeNothing_whileAnotherWaits_areClosedUntilThereIsRoom() {
    Peer[] peers = fill();
    EmbeddedChannel newcomer = newcomer();
    pressed.pass(STALL_MILLIS - 100);
    assertThat(PressedChannels.received(newcomer)).isZero();
    assertThat(peers).allMatch(EmbeddedChannel::isOpen);

    pressed.pass(2_100);
    assertThat(PressedChannels.received(newcomer)).isEqualTo(1);
    assertThat(peers).anyMatch(peer -> !peer.isOpen());
    assertThat(handler.closedChannels())
        .isEqualTo(Arrays.stream(peers).filter(peer -> !peer.isOpen()).count());
    assertThat(newcomer.isOpen()).isTrue();
  }

  /**
   * Each with an event loop of its own; what is missing is room for one, not for one on each of
   * them.
   */
  @Test
  void peersOnSeveralEventLoops_whileAnotherWaits_areClosedUntilThereIsRoomForOne() {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Peer peer = new Peer(pressed);
      peer.pipeline().addLast(new Answerer(ANSWER_BYTES / 8 * 5));
      peer.writeInbound(message());
      peers.add(peer);
    }
    newcomer();
    pressed.pass(3 * LATEST_MILLIS);
    assertThat(peers).filteredOn(EmbeddedChannel::isOpen).hasSize(2);
    assertThat(handler.closedChannels()).isEqualTo(1);
  }

  /** It is the application that has not flushed yet. */
  @Test
  void peersThatAreSentNothingYet_whileAnotherWaits_stay() {
    Peer[] peers = {new Peer(pressed), new Peer(pressed)};
    for (Peer peer : peers) {
      peer.pipeline().addLast(new Answerer(ANSWER_BYTES, false));
      peer.writeInbound(message());
    }
    newcomer();
    pressed.pass(2 * LATEST_MILLIS);
    assertThat(peers).allMatch(EmbeddedChannel::isOpen);
  }

  @Test
  void peersThatTakeNothing_whileNobodyWaits_stay() {
    Peer[] peers = fill();
    pressed.pass(10 * STALL_MILLIS);
    assertThat(peers).allMatch(EmbeddedChannel::isOpen);
    assertThat(handler.closedChannels()).isZero();
  }

  /** Of one it is the message that was begun, of the other whole messages. */
  @ParameterizedTest
  @ValueSource(ints = {2_000, 70_000})
  void peerThatTakesALittle_whileAnotherWaits_stays(int bytesEachSecond) {
    Peer[] peers = fill();
    newcomer();
    for (int second = 0; second < 20; second++) {
      peers[0].take(bytesEachSecond);
      pressed.pass(1_000);
    }
    assertThat(peers[0].isOpen()).isTrue();
  }

  /** What the application adds is no sign of life of its peer. */
  @Test
  void peerThatTakesNothing_whileMoreIsWrittenToIt_isClosed() {
    Peer[] peers = fill();
    newcomer();
    for (int i = 0; i < LATEST_MILLIS / 500; i++) {
      for (Peer peer : peers) {
        if (peer.isOpen()) {
          peer.writeOneOutbound(peer.alloc().directBuffer(64).writeZero(64));
          peer.flushOutbound();
        }
      }
      pressed.pass(500);
    }
    assertThat(handler.closedChannels()).isPositive();
  }

  @Test
  void limitOfZero_closesNobody() {
    try (PressedChannels patient =
        new PressedChannels(MemoryPressureHandler.builder().stallMillis(0).build())) {
      Peer peer = new Peer(patient);
      peer.pipeline().addLast(new Answerer(2 * ANSWER_BYTES));
      peer.writeInbound(message());
      EmbeddedChannel newcomer = patient.channel();
      newcomer.writeInbound(message());
      patient.pass(9_000);
      assertThat(peer.isOpen()).isTrue();
      assertThat(PressedChannels.received(newcomer)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1, 499, 86_400_001, Long.MAX_VALUE, Long.MIN_VALUE})
  void stallMillis_thatAreNotAllowed_areRefused(long millis) {
    MemoryPressureHandler.Builder builder = MemoryPressureHandler.builder();
    assertThatThrownBy(() -> builder.stallMillis(millis))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stallMillis " + millis)
        .hasMessageContaining("expected: 500 to 86,400,000, or 0");
  }
}
