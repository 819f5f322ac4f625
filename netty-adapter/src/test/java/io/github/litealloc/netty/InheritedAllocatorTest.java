package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that have the allocator of their connection. */
final class InheritedAllocatorTest {

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
  private final EmbeddedChannel connection = new EmbeddedChannel();

  @AfterEach
  void close() {
    connection.finishAndReleaseAll();
    allocator.close();
  }

  @Test
  void handlerAdded_streamOfHttp2_hasTheConnectionsAllocator() {
    connection.config().setAllocator(allocator);
    connection
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient().build(),
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(InheritedAllocator.INSTANCE);
                  }
                })
            .open()
            .getNow();

    assertThat(stream.alloc()).isSameAs(allocator);
    assertThat(stream.pipeline().get(InheritedAllocator.class)).isNull();
  }

  @Test
  void handlerAdded_grandchild_hasTheNearestOfOurs() {
    connection.config().setAllocator(allocator);
    EmbeddedChannel child = child(connection);
    child.config().setAllocator(ByteBufAllocator.DEFAULT);
    EmbeddedChannel grandchild = child(child);
    grandchild.pipeline().addLast(InheritedAllocator.INSTANCE);
    assertThat(grandchild.alloc()).isSameAs(allocator);
  }

  @Test
  void handlerAdded_noneOfOursAbove_staysAsItIs() {
    EmbeddedChannel child = child(connection);
    ByteBufAllocator before = child.alloc();
    child.pipeline().addLast(InheritedAllocator.INSTANCE);
    assertThat(child.alloc()).isSameAs(before);
    assertThat(child.pipeline().get(InheritedAllocator.class)).isNull();
  }

  private static EmbeddedChannel child(Channel parent) {
    return new EmbeddedChannel(parent, DefaultChannelId.newInstance(), true, false);
  }
}
