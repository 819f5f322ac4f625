package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gate that fails whatever it is asked, here because there is none, as where the heap ends. */
final class GatedChannelTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final EmbeddedChannel connection = new EmbeddedChannel();
  private final GatedChannel gated =
      new GatedChannel(channel.pipeline().firstContext(), null, null);

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    connection.finishAndReleaseAll();
  }

  @Test
  void read_thatFailsBeforeTheMessageIsHandedOn_releasesItAndEndsTheChannel() {
    ByteBuf message = Unpooled.buffer();

    assertThatThrownBy(() -> gated.read(message)).isInstanceOf(NullPointerException.class);

    assertThat(message.refCnt()).isZero();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void read_ofAConnectionThatFails_endsOnlyThat() {
    assertThatThrownBy(() -> gated.read(connection)).isInstanceOf(NullPointerException.class);

    assertThat(connection.isOpen()).isFalse();
    assertThat(channel.isOpen()).isTrue();
  }
}
