package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which channels of a gate are ended, and how many. */
final class StalledOutputTest {

  private static final int LIMIT_MILLIS = 1_000;
  private static final int KIBIBYTE = 1_024;

  private final StallLimit limit = new StallLimit(LIMIT_MILLIS);
  private final PressedBudget shared =
      new PressedBudget(MemoryBudget.of("stalled", 10 << 20), limit);
  private final StalledOutput output = new StalledOutput(shared);
  private final StalledOutput ofAnotherLoop = new StalledOutput(shared);
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<GatedChannel> gated = new ArrayList<>();

  @BeforeEach
  void open() {
    for (int kibibytes : new int[] {20, 40, 60, 50, 15}) {
      EmbeddedChannel channel =
          new EmbeddedChannel(new ChannelInboundHandlerAdapter()) {
            @Override
            protected void doWrite(ChannelOutboundBuffer pending) {
              // its peer takes nothing
            }
          };
      channel.writeOneOutbound(Unpooled.buffer().writeZero(kibibytes * KIBIBYTE));
      channel.flushOutbound();
      channels.add(channel);
      gated.add(new GatedChannel(channel.pipeline().firstContext(), null, null));
    }
  }

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /** Of all together, looked at often enough, for so long. */
  private void look(StalledOutput by, long missingBytes, int untilMillis) {
    for (int millis = 0; millis <= untilMillis; millis += 500) {
      by.end(gated, missingBytes, TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private List<Integer> ended() {
    List<Integer> ended = new ArrayList<>();
    for (EmbeddedChannel channel : channels) {
      if (!channel.isOpen()) {
        ended.add(channels.indexOf(channel));
      }
    }
    return ended;
  }

  @Test
  void end_beforeTheLimit_endsNone() {
    look(output, 1, LIMIT_MILLIS - 500);
    assertThat(ended()).isEmpty();
  }

  @Test
  void end_ofWhoHoldsMost_firstAndNoMoreThanMakesRoom() {
    look(output, 61 * KIBIBYTE, LIMIT_MILLIS);
    assertThat(ended()).containsExactly(2, 3);
    assertThat(limit.ended()).isEqualTo(2);
  }

  @Test
  void end_ofAllThatIsWorthIt_leavesWhatWouldMakeNoRoom() {
    look(output, Integer.MAX_VALUE, LIMIT_MILLIS);
    assertThat(ended()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void end_onSeveralEventLoops_isNoMoreThanMakesRoomInAll() {
    look(output, 60 * KIBIBYTE, LIMIT_MILLIS);
    ofAnotherLoop.end(gated, 60 * KIBIBYTE, TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS + 100));
    assertThat(ended()).containsExactly(2);

    ofAnotherLoop.end(gated, 60 * KIBIBYTE, TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS + 500));
    assertThat(ended()).containsExactly(1, 2, 3);
    assertThat(limit.ended()).isEqualTo(3);
  }

  /** Nobody has looked meanwhile, so nobody knows. */
  @Test
  void end_afterALongTimeWithoutALook_countsAnew() {
    output.end(gated, Integer.MAX_VALUE, 0);
    output.end(gated, Integer.MAX_VALUE, TimeUnit.HOURS.toNanos(1));
    assertThat(ended()).isEmpty();
  }

  @Test
  void end_withoutALimit_endsNone() {
    StalledOutput patient =
        new StalledOutput(
            new PressedBudget(MemoryBudget.of("patient", 10 << 20), new StallLimit(0)));
    look(patient, Integer.MAX_VALUE, 100 * LIMIT_MILLIS);
    assertThat(ended()).isEmpty();
  }
}
