package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.netty.internal.Tasks;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.util.concurrent.TimeUnit;

/**
 * What is different with streams of HTTP/2, where there is {@code netty-codec-http2}. The channel's
 * event loop.
 */
final class Http2Streams {
  /*
   * To close a stream is not enough: once its last frame was written, Netty takes it for complete
   * and resets nothing, though all of its output may still wait for the peer's credit. Nor is a reset
   * that cannot be sent: its output is kept until then.
   */

  private static final boolean PRESENT = isPresent();

  private Http2Streams() {}

  private static boolean isPresent() {
    try {
      return Http2StreamChannel.class.getMethod("stream") != null;
    } catch (LinkageError | NoSuchMethodException e) {
      return false;
    }
  }

  static boolean isStream(Channel channel) {
    return PRESENT && Streams.isStream(channel);
  }

  /**
   * Resets a stream: what waits for its peer is dropped. If the peer does not even take the reset,
   * its connection is closed a little later.
   */
  static void reset(ChannelHandlerContext stream) {
    Channel connection = stream.channel().parent();
    ChannelFuture reset = Streams.reset(stream);
    Tasks.schedule(
        connection.eventLoop(),
        TimeUnit.NANOSECONDS.toMillis(StallLimit.LOOK_NANOS),
        "the end of a connection that takes no reset",
        () -> {
          if (!reset.isDone()) {
            connection.unsafe().close(connection.newPromise());
          }
        });
  }

  /** Linked only where {@code netty-codec-http2} is present. */
  private static final class Streams {
    static boolean isStream(Channel channel) {
      return channel instanceof Http2StreamChannel;
    }

    static ChannelFuture reset(ChannelHandlerContext stream) {
      return stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    }
  }
}
