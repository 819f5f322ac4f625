package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketClientCompressionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** WebSocket messages in fragments, with per-message deflate in both directions. */
final class WebSocketTest {

  private static final int MAX_BYTES = 200_000;
  private static final int[] FRAGMENT_BYTES = {1, 125, 126, 5_000, 65_535, 65_536, 100_000};

  private final Payload payload = new Payload(8);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void message_inCompressedFragments_comesBackUnchanged(Setting setting) throws Exception {
    Client client = new Client();
    try (Loopback net = new Loopback(setting)) {
      Channel server =
          net.serve(
              to ->
                  to.addLast(
                      new HttpServerCodec(),
                      new HttpObjectAggregator(MAX_BYTES),
                      new WebSocketServerCompressionHandler(0),
                      new WebSocketServerProtocolHandler(
                          WebSocketServerProtocolConfig.newBuilder()
                              .websocketPath("/")
                              .allowExtensions(true)
                              .maxFramePayloadLength(MAX_BYTES)
                              .build()),
                      new Echo()));
      net.connect(
          server,
          to ->
              to.addLast(
                  new HttpClientCodec(),
                  new HttpObjectAggregator(MAX_BYTES),
                  new WebSocketClientCompressionHandler(0),
                  new WebSocketClientProtocolHandler(
                      WebSocketClientProtocolConfig.newBuilder()
                          .webSocketUri("ws://localhost/")
                          .allowExtensions(true)
                          .maxFramePayloadLength(MAX_BYTES)
                          .build()),
                  client));
      client.outcome.await();
    }
  }

  private final class Echo extends Side {

    private long position;

    Echo() {
      super(new Outcome("the server"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      WebSocketFrame frame = (WebSocketFrame) message;
      try {
        position = payload.check(frame.content(), position);
      } catch (AssertionError e) {
        frame.release();
        throw e; // and the connection ends
      }
      ctx.writeAndFlush(frame);
    }
  }

  private final class Client extends Side {

    private long position;

    Client() {
      super(new Outcome("the client"));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        send(ctx);
      }
    }

    private void send(ChannelHandlerContext ctx) {
      long sent = 0;
      for (int i = 0; i < FRAGMENT_BYTES.length; i++) {
        boolean last = i == FRAGMENT_BYTES.length - 1;
        ByteBuf content = payload.buffer(ctx.alloc(), sent, FRAGMENT_BYTES[i]);
        ctx.write(
                i == 0
                    ? new BinaryWebSocketFrame(last, 0, content)
                    : new ContinuationWebSocketFrame(last, 0, content))
            .addListener(outcome.failing());
        sent += FRAGMENT_BYTES[i];
      }
      ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      WebSocketFrame frame = (WebSocketFrame) message;
      try {
        position = payload.check(frame.content(), position);
      } finally {
        frame.release();
      }
      long all = 0;
      for (int bytes : FRAGMENT_BYTES) {
        all += bytes;
      }
      if (frame.isFinalFragment() && position == all) {
        outcome.success();
      }
    }
  }
}
