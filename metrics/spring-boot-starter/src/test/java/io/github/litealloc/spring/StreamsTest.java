package io.github.litealloc.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import org.junit.jupiter.api.Test;

/** Which channels of Reactor Netty are given the allocator of the channel that they belong to. */
final class StreamsTest {

  private static final ByteBufAllocator OF_THE_APPLICATION = new UnpooledByteBufAllocator(true);

  private static EmbeddedChannel channelOf(Channel parent, ByteBufAllocator allocator) {
    EmbeddedChannel channel =
        new EmbeddedChannel(parent, DefaultChannelId.newInstance(), true, false);
    channel.config().setAllocator(allocator);
    return channel;
  }

  private static EmbeddedChannel connection(ByteBufAllocator allocator) {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.config().setAllocator(allocator);
    return connection;
  }

  private static void inherit(Channel channel) {
    LiteAllocReactorNettyAutoConfiguration.inherit(channel);
  }

  @Test
  void stream_ofAConnectionWithOurs_hasIt() {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      EmbeddedChannel connection = connection(allocator);
      EmbeddedChannel stream = channelOf(connection, ByteBufAllocator.DEFAULT);
      inherit(stream);
      assertThat(stream.alloc()).isSameAs(allocator);
      stream.close();
      connection.close();
    }
  }

  @Test
  void connectionAndStream_thatTheApplicationHasGivenAnother_keepIt() throws Exception {
    try (LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build()) {
      NioServerSocketChannel server = new NioServerSocketChannel();
      server.config().setAllocator(allocator);
      EmbeddedChannel connection = channelOf(server, OF_THE_APPLICATION);
      EmbeddedChannel stream = channelOf(connection, ByteBufAllocator.DEFAULT);
      EmbeddedChannel ofAClient = connection(OF_THE_APPLICATION);
      inherit(connection);
      inherit(stream);
      inherit(ofAClient);
      assertThat(connection.alloc()).isSameAs(OF_THE_APPLICATION);
      assertThat(stream.alloc()).isSameAs(ByteBufAllocator.DEFAULT);
      assertThat(ofAClient.alloc()).isSameAs(OF_THE_APPLICATION);
      stream.close();
      connection.close();
      ofAClient.close();
      server.unsafe().closeForcibly();
    }
  }
}
