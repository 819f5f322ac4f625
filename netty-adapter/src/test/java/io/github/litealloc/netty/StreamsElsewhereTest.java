package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.DuplicatedByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams whose connection has an allocator of ours, and which have none; what they write. */
final class StreamsElsewhereTest {

  private static final Logger LOG = Logger.getLogger("io.github.litealloc");

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
  private final MemoryPressureHandler handler = new MemoryPressureHandler();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          told.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(listener);
  }

  @AfterEach
  void close() {
    LOG.removeHandler(listener);
    allocator.close();
  }

  @Test
  void handlerAdded_streamsWithNettysDefault_isToldOnceByTheirClass() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.config().setAllocator(allocator);
    connection.pipeline().addLast(handler);
    assertThat(warnings(ForgottenStream.class)).isEmpty();

    for (int i = 0; i < 2; i++) {
      ForgottenStream stream = new ForgottenStream(connection);
      stream.pipeline().addLast(handler);
      stream.finishAndReleaseAll();
    }
    assertThat(warnings(ForgottenStream.class))
        .hasSize(1)
        .allMatch(line -> line.contains("InheritedAllocator.INSTANCE first in their pipelines"));
    connection.finishAndReleaseAll();
  }

  @Test
  void handlerAdded_streamsThatInherit_isSilent() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.config().setAllocator(allocator);
    InheritingStream stream = new InheritingStream(connection);
    stream.pipeline().addLast(InheritedAllocator.INSTANCE, handler);
    assertThat(warnings(InheritingStream.class)).isEmpty();
    stream.finishAndReleaseAll();
    connection.finishAndReleaseAll();
  }

  @Test
  void write_ofStreamsThatWereForgotten_isToldOnceByTheClassOfTheirConnection() {
    for (int i = 0; i < 2; i++) {
      EmbeddedChannel connection = new ForgetfulConnection();
      connection.config().setAllocator(allocator);
      connection
          .pipeline()
          .addLast(
              handler,
              Http2FrameCodecBuilder.forClient().build(),
              new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
      Http2StreamChannel stream =
          new Http2StreamChannelBootstrap(connection)
              .handler(new ChannelInboundHandlerAdapter())
              .open()
              .getNow();
      stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("POST")));
      assertThat(warnings(ForgetfulConnection.class)).hasSize(i);
      ByteBuf body = stream.alloc().directBuffer(1_000).writeZero(1_000);
      stream.writeAndFlush(new DefaultHttp2DataFrame(body));
      assertThat(warnings(ForgetfulConnection.class))
          .hasSize(1)
          .allMatch(line -> line.contains("and are given buffers of " + body.alloc()));
      connection.finishAndReleaseAll();
    }
  }

  @Test
  void write_ofOursHeapUnpooledOrConstants_isSilent() {
    EmbeddedChannel connection = new HonestConnection();
    connection.config().setAllocator(allocator);
    connection.pipeline().addLast(handler);
    ByteBufAllocator nettys = new PooledByteBufAllocator(true);
    LiteByteBufAllocator second = LiteByteBufAllocator.builder().build();
    List<ByteBuf> written =
        List.of(
            connection.alloc().directBuffer(10).writeZero(10),
            connection.alloc().compositeBuffer().addComponent(true, Unpooled.directBuffer(9)),
            second.directBuffer(10).writeZero(10),
            second.compositeDirectBuffer().addComponent(true, second.directBuffer(9).writeLong(3)),
            new UnderAnotherName(allocator.directBuffer(10).writeZero(10), nettys),
            nettys.heapBuffer(10).writeZero(10),
            nettys.directBuffer(0, 0),
            nettys.directBuffer(10).writeZero(10).asReadOnly(),
            Unpooled.directBuffer(10).writeZero(10),
            Unpooled.wrappedBuffer(nettys.directBuffer(8).writeLong(1), Unpooled.copyLong(2)));
    for (ByteBuf buffer : written) {
      connection.writeOutbound(buffer);
    }
    assertThat(warnings(HonestConnection.class)).isEmpty();

    connection.writeOutbound(nettys.directBuffer(10).writeZero(10));
    assertThat(warnings(HonestConnection.class)).hasSize(1);
    connection.finishAndReleaseAll();
    second.close();
  }

  @Test
  void write_ofWhatAnAllocatorHasPassedThrough_isSilent() {
    EmbeddedChannel connection = new SwitchedConnection();
    connection.config().setAllocator(allocator);
    connection.pipeline().addLast(handler);
    allocator.passThrough(true);
    ByteBuf first = connection.alloc().directBuffer(10).writeZero(10);
    ByteBuf second = connection.alloc().directBuffer(10).writeZero(10);
    assertThat(first.alloc()).isNotSameAs(allocator);
    connection.writeOutbound(first);
    allocator.passThrough(false);
    connection.writeOutbound(second);
    assertThat(warnings(SwitchedConnection.class)).isEmpty();
    connection.finishAndReleaseAll();
  }

  private List<String> warnings(Class<?> type) {
    return told.stream().filter(line -> line.contains(type.getName())).toList();
  }

  private static final class ForgottenStream extends EmbeddedChannel {
    ForgottenStream(Channel parent) {
      super(parent, DefaultChannelId.newInstance(), true, false);
    }
  }

  /** As who wraps ours for a framework that asks for the class of their allocator. */
  @SuppressWarnings("deprecation") // public, though Netty would rather have it to itself
  private static final class UnderAnotherName extends DuplicatedByteBuf {
    private final ByteBufAllocator name;

    UnderAnotherName(ByteBuf buffer, ByteBufAllocator name) {
      super(buffer);
      this.name = name;
    }

    @Override
    public ByteBufAllocator alloc() {
      return name;
    }
  }

  private static final class ForgetfulConnection extends EmbeddedChannel {}

  private static final class HonestConnection extends EmbeddedChannel {}

  private static final class SwitchedConnection extends EmbeddedChannel {}

  private static final class InheritingStream extends EmbeddedChannel {
    InheritingStream(Channel parent) {
      super(parent, DefaultChannelId.newInstance(), true, false);
    }
  }
}
