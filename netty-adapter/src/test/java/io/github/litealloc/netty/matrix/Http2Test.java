package io.github.litealloc.netty.matrix;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2: many streams on one connection, whose small windows let frames wait. */
final class Http2Test {

  private static final int STREAMS = 40;
  private static final int WINDOW_BYTES = 2_000;
  private static final int FRAMES = 3;
  private static final int FRAME_BYTES = 3_001;

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void streams_withSmallWindows_eachGetTheirOwnBytes(Setting setting) throws Exception {
    List<StreamClient> clients = new ArrayList<>();
    Settled settled = new Settled();
    try (Loopback net = new Loopback(setting)) {
      Channel server =
          net.serve(
              to ->
                  to.addLast(
                      Http2FrameCodecBuilder.forServer().initialSettings(settings()).build(),
                      new Http2MultiplexHandler(
                          new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                              stream.pipeline().addLast(new StreamEcho());
                            }
                          })));
      Channel connection =
          net.connect(
              server,
              to ->
                  to.addLast(
                      Http2FrameCodecBuilder.forClient().initialSettings(settings()).build(),
                      new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                      settled));
      settled.outcome.await();
      for (int i = 0; i < STREAMS; i++) {
        StreamClient client = new StreamClient(i);
        clients.add(client);
        new Http2StreamChannelBootstrap(connection).handler(client).open().sync();
      }
      for (StreamClient client : clients) {
        client.outcome.await();
      }
    }
  }

  private static Http2Settings settings() {
    return Http2Settings.defaultSettings()
        .initialWindowSize(WINDOW_BYTES)
        .maxConcurrentStreams(STREAMS);
  }

  /**
   * Waits for the server's settings. What a client sends before may end in a standstill, with any
   * allocator: the server reads it in the window of 65,535 bytes that holds until its own settings
   * are acknowledged, and then makes the window smaller, which leaves it below zero; Netty (4.2.18)
   * only sends an update of the window when it reads more.
   */
  private static final class Settled extends Side {

    Settled() {
      super(new Outcome("the exchange of settings"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      if (message instanceof Http2SettingsFrame) {
        outcome.success();
      }
      super.channelRead(ctx, message);
    }
  }

  /** The stream's payload has the number in its path as its seed. */
  private static final class StreamEcho extends Side {

    private Payload payload = new Payload(-1);
    private long position;

    StreamEcho() {
      super(new Outcome("a stream of the server"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame headers) {
        payload = new Payload(Integer.parseInt(headers.headers().path().toString()));
        ctx.writeAndFlush(
            new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
      } else if (message instanceof Http2DataFrame data) {
        try {
          position = payload.check(data.content(), position);
        } catch (AssertionError e) {
          data.release();
          throw e; // and the stream ends
        }
        ctx.writeAndFlush(new DefaultHttp2DataFrame(data.content(), data.isEndStream()));
      }
    }
  }

  /** Sends one request in several frames, and checks what comes back. */
  private static final class StreamClient extends Side {

    private final int number;
    private final Payload payload;
    private long position;

    StreamClient(int number) {
      super(new Outcome("stream " + number));
      this.number = number;
      payload = new Payload(number);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().method("POST").path(Integer.toString(number)), false));
      for (int i = 0; i < FRAMES; i++) {
        ctx.write(
                new DefaultHttp2DataFrame(
                    payload.buffer(ctx.alloc(), (long) i * FRAME_BYTES, FRAME_BYTES),
                    i == FRAMES - 1))
            .addListener(outcome.failing());
      }
      ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2DataFrame data) {
        try {
          position = payload.check(data.content(), position);
        } finally {
          data.release();
        }
        if (data.isEndStream() && position == (long) FRAMES * FRAME_BYTES) {
          outcome.success();
        }
      }
    }
  }
}
