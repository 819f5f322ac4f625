package com.example.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.InheritedAllocator;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannelBootstrap;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannelBootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** QUIC without the agent: which option reaches which channels, and who tells of the others. */
final class QuicByCodeTest {

  private static final String OURS = ": direct LiteByteBuf of LiteByteBufAllocator";
  private static final String NETTYS = ": direct AdaptiveByteBuf of AdaptiveByteBufAllocator";
  private static final String STREAMS = "io.netty.handler.codec.quic.QuicheQuicStreamChannel";

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();

  @BeforeEach
  void forget() {
    Seen.take();
  }

  @AfterEach
  void close() {
    allocator.close();
  }

  @Test
  void quic_withOptionsOfStreamsToo_hasAllDirectBuffersFromArenas() throws Exception {
    QuicApplication.run(
        new ConnectionsAndTheirPeersStreams() {
          @Override
          public QuicStreamChannelBootstrap stream(QuicStreamChannelBootstrap bootstrap) {
            return bootstrap.option(ChannelOption.ALLOCATOR, allocator);
          }
        });
    assertThat(Seen.take()).containsExactlyInAnyOrderElementsOf(each(OURS, OURS, OURS));
    checkNothingIsLeft();
  }

  @Test
  void quic_withStreamsThatInherit_hasAllDirectBuffersFromArenas() throws Exception {
    QuicApplication.run(
        new Connections() {
          @Override
          public ChannelHandler[] inStreams() {
            return new ChannelHandler[] {InheritedAllocator.INSTANCE};
          }
        });
    assertThat(Seen.take()).containsExactlyInAnyOrderElementsOf(each(OURS, OURS, OURS));
    checkNothingIsLeft();
  }

  /** {@code streamOption} alone reaches what the peer has opened. */
  @Test
  void quic_withoutTheOptionOfCreatedStreams_hasTheirsFromNetty() throws Exception {
    QuicApplication.run(new ConnectionsAndTheirPeersStreams());
    assertThat(Seen.take()).containsExactlyInAnyOrderElementsOf(each(OURS, OURS, NETTYS));
    checkNothingIsLeft();
  }

  /** No figure of ours can know; back-pressure in their pipelines sees it. */
  @Test
  void quic_withoutStreamOption_hasItsStreamsFromNettyAndIsToldOnceByTheirClass() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Logger log = Logger.getLogger("io.github.litealloc");
    Handler listener = listener(told);
    log.addHandler(listener);
    MemoryPressureHandler pressure = new MemoryPressureHandler();
    try {
      QuicApplication.run(
          new Connections() {
            @Override
            public ChannelHandler[] inStreams() {
              return new ChannelHandler[] {pressure};
            }
          });
    } finally {
      log.removeHandler(listener);
    }
    assertThat(Seen.take()).containsExactlyInAnyOrderElementsOf(each(OURS, NETTYS, NETTYS));
    assertThat(told.stream().filter(line -> line.contains(STREAMS)))
        .singleElement()
        .asString()
        .contains(
            " have the allocator AdaptiveByteBufAllocator(",
            "expected: InheritedAllocator.INSTANCE first in their pipelines");
    checkNothingIsLeft();
  }

  private static List<String> each(String datagrams, String server, String client) {
    List<String> all = new ArrayList<>();
    for (String what : List.of("QUIC datagram read", "QUIC datagram write")) {
      all.add(what + datagrams);
    }
    for (String what : List.of("QUIC server read", "QUIC server write")) {
      all.add(what + server);
    }
    for (String what : List.of("QUIC client", "QUIC client read")) {
      all.add(what + client);
    }
    return all;
  }

  private void checkNothingIsLeft() throws InterruptedException {
    assertThat(allocator.metric().traffic().arenaRequests()).isPositive();
    PluggedInByCodeTest.checkNothingIsElsewhereOrLeft(allocator);
  }

  private static Handler listener(List<String> told) {
    return new Handler() {
      @Override
      public void publish(LogRecord logged) {
        told.add(logged.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  /** The options that reach datagrams and connections, and no stream. */
  private class Connections implements QuicApplication.Places {
    @Override
    public Bootstrap datagrams(Bootstrap bootstrap) {
      return bootstrap.option(ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public QuicServerCodecBuilder server(QuicServerCodecBuilder builder) {
      return builder.option(ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public QuicChannelBootstrap client(QuicChannelBootstrap bootstrap) {
      return bootstrap.option(ChannelOption.ALLOCATOR, allocator);
    }
  }

  /** And those that reach the streams that the other side has opened. */
  private class ConnectionsAndTheirPeersStreams extends Connections {
    @Override
    public QuicServerCodecBuilder server(QuicServerCodecBuilder builder) {
      return super.server(builder).streamOption(ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public QuicChannelBootstrap client(QuicChannelBootstrap bootstrap) {
      return super.client(bootstrap).streamOption(ChannelOption.ALLOCATOR, allocator);
    }
  }
}
