package io.github.litealloc.netty.matrix;

import static io.netty.handler.codec.http.HttpHeaderNames.ACCEPT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/1.1 with aggregated bodies, as they are and compressed in both directions. */
final class HttpTest {

  private static final int MAX_BYTES = 8 << 20;

  private final Payload payload = new Payload(7);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void exchange_bodiesOfAllSizes_arriveUnchanged(Setting setting) throws Exception {
    exchange(setting, false, 0, 1, 100, 9_000, 200_000);
  }

  @ParameterizedTest
  @MethodSource(Setting.FEW)
  void exchange_largestBody_arrivesUnchanged(Setting setting) throws Exception {
    exchange(setting, false, MAX_BYTES);
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void exchange_compressedBodies_arriveUnchanged(Setting setting) throws Exception {
    exchange(setting, true, 1, 100, 9_000, 200_000);
  }

  @ParameterizedTest
  @MethodSource(Setting.FEW)
  void exchange_largeCompressedBody_arrivesUnchanged(Setting setting) throws Exception {
    exchange(setting, true, 2 << 20);
  }

  private void exchange(Setting setting, boolean compressed, int... bodyBytes) throws Exception {
    Client client = new Client(compressed, bodyBytes);
    try (Loopback net = new Loopback(setting)) {
      Channel server =
          net.serve(
              to -> {
                to.addLast(new HttpServerCodec());
                if (compressed) {
                  to.addLast(
                      new CompressedOnly(),
                      new HttpContentDecompressor(0),
                      new HttpContentCompressor());
                }
                to.addLast(new HttpObjectAggregator(MAX_BYTES), new Echo());
              });
      net.connect(
          server,
          to -> {
            to.addLast(new HttpClientCodec());
            if (compressed) {
              to.addLast(new CompressedOnly(), new HttpContentDecompressor(0));
            }
            to.addLast(new HttpObjectAggregator(MAX_BYTES), client);
          });
      client.outcome.await();
    }
  }

  /** Refuses messages that are not compressed. */
  private static final class CompressedOnly extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpMessage head
          && !head.headers().contains(CONTENT_ENCODING, HttpHeaderValues.GZIP, true)) {
        ctx.fireExceptionCaught(new AssertionError("not compressed: " + head));
      }
      ctx.fireChannelRead(message);
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
      response.headers().set(CONTENT_LENGTH, body.readableBytes());
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
      ByteBuf plain = payload.buffer(ctx.alloc(), 0, bodyBytes[exchanges]);
      ByteBuf body = compressed ? gzip(ctx.alloc(), plain) : plain;
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", body);
      request.headers().set(CONTENT_LENGTH, body.readableBytes());
      if (compressed) {
        request.headers().set(CONTENT_ENCODING, HttpHeaderValues.GZIP);
        request.headers().set(ACCEPT_ENCODING, HttpHeaderValues.GZIP);
      }
      ctx.writeAndFlush(request).addListener(outcome.failing());
    }

    private static ByteBuf gzip(ByteBufAllocator allocator, ByteBuf plain) {
      EmbeddedChannel encoder = new EmbeddedChannel();
      encoder.config().setAllocator(allocator);
      encoder.pipeline().addLast(ZlibCodecFactory.newZlibEncoder(ZlibWrapper.GZIP));
      encoder.writeOutbound(plain);
      encoder.finish();
      CompositeByteBuf compressed = allocator.compositeBuffer();
      for (ByteBuf part; (part = encoder.readOutbound()) != null; ) {
        compressed.addComponent(true, part);
      }
      return compressed;
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
