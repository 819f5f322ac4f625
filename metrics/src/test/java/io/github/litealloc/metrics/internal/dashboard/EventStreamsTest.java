package io.github.litealloc.metrics.internal.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class EventStreamsTest {

  private final AtomicInteger snapshots = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final EventStreams streams = new EventStreams(this::snapshot, nanos::get);

  private byte[] snapshot() {
    return ("{\"n\":" + snapshots.incrementAndGet() + '}').getBytes(StandardCharsets.UTF_8);
  }

  private ChannelHandlerContext context() {
    EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    return channel.pipeline().firstContext();
  }

  private static String event(EmbeddedChannel channel) {
    HttpContent content = channel.readOutbound();
    try {
      return content.content().toString(StandardCharsets.UTF_8);
    } finally {
      content.release();
    }
  }

  @Test
  void tick_nobodyLooks_makesNoSnapshot() {
    streams.tick();
    assertThat(snapshots).hasValue(0);
  }

  @Test
  void tick_reader_getsOneEventEach() {
    ChannelHandlerContext context = context();
    assertThat(streams.tryAdd(context, false)).isTrue();
    streams.tick();
    streams.tick();

    EmbeddedChannel channel = (EmbeddedChannel) context.channel();
    HttpResponse head = channel.readOutbound();
    assertThat(head.headers().get("content-type")).startsWith("text/event-stream");
    assertThat(event(channel))
        .isEqualTo("retry: 2000\nid: 0\nevent: snapshot\ndata: {\"n\":1}\n\n");
    assertThat(event(channel)).isEqualTo("id: 1\nevent: snapshot\ndata: {\"n\":2}\n\n");
    assertThat(event(channel)).isEqualTo("id: 2\nevent: snapshot\ndata: {\"n\":3}\n\n");
    channel.finishAndReleaseAll();
  }

  @Test
  void tryAdd_oldClient_getsAStreamWithoutChunks() {
    ChannelHandlerContext context = context();
    assertThat(streams.tryAdd(context, true)).isTrue();

    EmbeddedChannel channel = (EmbeddedChannel) context.channel();
    HttpResponse head = channel.readOutbound();
    assertThat(head.headers().contains("transfer-encoding")).isFalse();
    assertThat(head.headers().get("connection")).isEqualTo("close");
    channel.finishAndReleaseAll();
  }

  @Test
  void tryAdd_allTaken_isRefusedUntilOneLeaves() {
    ChannelHandlerContext first = context();
    streams.tryAdd(first, false);
    for (int i = 1; i < EventStreams.MAX_STREAMS; i++) {
      assertThat(streams.tryAdd(context(), false)).isTrue();
    }
    assertThat(streams.tryAdd(context(), false)).isFalse();

    first.channel().close();
    ((EmbeddedChannel) first.channel()).finishAndReleaseAll();
    assertThat(streams.tryAdd(context(), false)).isTrue();
  }

  @Test
  void tick_readerTakesNothing_losesEventsAndThenItsConnection() {
    ChannelHandlerContext slow = context();
    ChannelHandlerContext quick = context();
    streams.tryAdd(slow, false);
    streams.tryAdd(quick, false);
    EmbeddedChannel slowChannel = (EmbeddedChannel) slow.channel();
    slowChannel.releaseOutbound();
    slowChannel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

    for (int second = 0; second < 4; second++) {
      nanos.set(second * 1_000_000_000L);
      streams.tick();
      assertThat(slowChannel.isOpen()).isTrue();
      assertThat(slowChannel.outboundMessages()).isEmpty();
    }
    nanos.set(EventStreams.STALL_LIMIT_NANOS);
    streams.tick();
    assertThat(slowChannel.isOpen()).isFalse();

    EmbeddedChannel quickChannel = (EmbeddedChannel) quick.channel();
    assertThat(quickChannel.outboundMessages()).hasSize(2 + 5);
    quickChannel.outboundMessages().forEach(ReferenceCountUtil::release);
  }

  @Test
  void tick_readerCatchesUp_staysConnected() {
    ChannelHandlerContext context = context();
    streams.tryAdd(context, false);
    EmbeddedChannel channel = (EmbeddedChannel) context.channel();
    for (int second = 0; second < 20; second++) {
      nanos.set(second * 1_000_000_000L);
      channel.unsafe().outboundBuffer().setUserDefinedWritability(1, second % 4 == 0);
      streams.tick();
    }
    assertThat(channel.isOpen()).isTrue();
    channel.finishAndReleaseAll();
  }

  /** As when there was no memory to have its end told. */
  @Test
  void tick_readerIsGoneWithoutAWord_losesItsSeat() {
    List<EmbeddedChannel> gone = new ArrayList<>();
    for (int i = 0; i < EventStreams.MAX_STREAMS; i++) {
      EmbeddedChannel channel =
          new EmbeddedChannel(new ChannelInboundHandlerAdapter()) {
            @Override
            public ChannelFuture closeFuture() {
              return newPromise();
            }
          };
      gone.add(channel);
      assertThat(streams.tryAdd(channel.pipeline().firstContext(), false)).isTrue();
    }
    gone.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertThat(streams.tryAdd(context(), false)).isFalse();
    streams.tick();
    assertThat(streams.tryAdd(context(), false)).isTrue();
  }
}
