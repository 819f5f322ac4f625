package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that end where nobody expects it, with buffers on their way. */
final class AbruptEndTest {

  private static final long ENDLESS = 64L << 20;
  private static final int HALF_BODY_BYTES = 500_000;

  private final Payload payload = new Payload(5);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void reset_whileWritesAreParked_givesTheirBuffersBack(Setting setting) throws Exception {
    FastWriter server = new FastWriter(payload, ENDLESS);
    CheckingClient client = new CheckingClient(payload, ENDLESS, channel -> {});
    try (Loopback net = new Loopback(setting)) {
      Channel channel =
          net.connect(
              net.serve(to -> to.addLast(server)), to -> to.addLast(new PausingClient(), client));
      server.parked.await();
      reset(channel);
      server.outcome.await();
    }
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void reset_inTheMiddleOfARequest_givesBackWhatWasAggregated(Setting setting) throws Exception {
    HalfOfARequest half = new HalfOfARequest();
    NoRequest server = new NoRequest();
    try (Loopback net = new Loopback(setting)) {
      Channel channel =
          net.connect(
              net.serve(
                  to ->
                      to.addLast(
                          new HttpServerCodec(),
                          half,
                          new HttpObjectAggregator(2 * HALF_BODY_BYTES),
                          server)),
              to -> to.addLast(new HttpClientCodec()));
      channel.eventLoop().execute(() -> sendHalf(channel));
      half.arrived.await();
      reset(channel);
      server.outcome.await();
    }
  }

  private void sendHalf(Channel channel) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    request.headers().set(HttpHeaderNames.CONTENT_LENGTH, 2 * HALF_BODY_BYTES);
    channel.write(request);
    ByteBuf body = payload.buffer(channel.alloc(), 0, HALF_BODY_BYTES);
    channel.writeAndFlush(new DefaultHttpContent(body));
  }

  /** Ends the connection without a word: no TLS close, and RST instead of FIN. */
  private static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.pipeline().firstContext().close();
  }

  /** Sees half of the body go by, and checks it. */
  private final class HalfOfARequest extends ChannelInboundHandlerAdapter {

    final Outcome arrived = new Outcome("half of the request");
    private long position;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpContent content) {
        try {
          position = payload.check(content.content(), position);
        } catch (AssertionError e) {
          arrived.failure(e);
        }
      }
      ctx.fireChannelRead(message);
      if (position == HALF_BODY_BYTES) {
        arrived.success();
      }
    }
  }

  /** Expects the connection to end, and nothing before that. */
  private static final class NoRequest extends Side {

    NoRequest() {
      super(new Outcome("the server"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      outcome.failure(new AssertionError("a whole request: " + message));
      super.channelRead(ctx, message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // "connection reset" is what is expected
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      outcome.success();
    }
  }
}
