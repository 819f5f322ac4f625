package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/1.1 with aggregated bodies, as they are and compressed on their way back. */
final class HttpTest {

  private static final int MAX_BYTES = 8 << 20;
  private static final int[] BODY_BYTES = {0, 1, 100, 9_000, 200_000, MAX_BYTES};

  private final Payload payload = new Payload(7);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void exchange_bodiesOfAllSizes_arriveUnchanged(Setting setting) throws Exception {
    exchange(setting, false, BODY_BYTES);
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void exchange_compressedBodies_arriveUnchanged(Setting setting) throws Exception {
    exchange(setting, true, new int[] {1, 100, 9_000, 1 << 20});
  }

  private void exchange(Setting setting, boolean compressed, int[] bodyBytes) throws Exception {
    Client client = new Client(compressed, bodyBytes);
    try (Loopback net = new Loopback(setting)) {
      Channel server =
          net.serve(
              to -> {
                to.addLast(new HttpServerCodec());
                if (compressed) {
                  to.addLast(new HttpContentCompressor());
                }
                to.addLast(new HttpObjectAggregator(MAX_BYTES), new Echo());
              });
      net.connect(
          server,
          to -> {
            to.addLast(new HttpClientCodec());
            if (compressed) {
              to.addLast(new HttpContentDecompressor(0));
            }
            to.addLast(new HttpObjectAggregator(MAX_BYTES), client);
          });
      client.outcome.await();
    }
  }

  /** Checks a request's body and sends the same buffer back. */
  private final class Echo extends Side {

    Echo() {
      super(new Outcome("the server"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf body = ((FullHttpRequest) message).content();
      try {
        payload.check(body, 0);
      } catch (AssertionError e) {
        body.release();
        throw e; // and the connection ends
      }
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      ctx.writeAndFlush(response);
    }
  }

  /** Sends a request, waits for its response, and so on. */
  private final class Client extends Side {

    private final boolean compressed;
    private final int[] bodyBytes;
    private int exchanges;

    Client(boolean compressed, int[] bodyBytes) {
      super(new Outcome("the client"));
      this.compressed = compressed;
      this.bodyBytes = bodyBytes;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
      int bytes = bodyBytes[exchanges];
      FullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.POST, "/", payload.buffer(ctx.alloc(), 0, bytes));
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes);
      if (compressed) {
        request.headers().set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.GZIP);
      }
      ctx.writeAndFlush(request).addListener(outcome.failing());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      FullHttpResponse response = (FullHttpResponse) message;
      try {
        if (payload.check(response.content(), 0) != bodyBytes[exchanges]) {
          throw new AssertionError("not " + bodyBytes[exchanges] + " bytes: " + response);
        }
      } finally {
        response.release();
      }
      exchanges++;
      if (exchanges == bodyBytes.length) {
        outcome.success();
      } else {
        send(ctx);
      }
    }
  }
}
