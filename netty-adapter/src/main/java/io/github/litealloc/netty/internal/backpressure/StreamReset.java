package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;

/** Ends streams of HTTP/2, where there is {@code netty-codec-http2}. The channel's event loop. */
final class StreamReset {
  /*
   * To close a stream is not enough: once its last frame was written, Netty takes it for complete
   * and resets nothing, though all of its output may still wait for the peer's credit.
   */

  private static final boolean PRESENT = isPresent();

  private StreamReset() {}

  private static boolean isPresent() {
    try {
      return Http2StreamChannel.class.getMethod("stream") != null;
    } catch (LinkageError | NoSuchMethodException e) {
      return false;
    }
  }

  /** Resets the stream if the channel is one: what waits for its peer is dropped. */
  static void write(ChannelHandlerContext context) {
    if (PRESENT) {
      Frames.write(context);
    }
  }

  /** Linked only where {@code netty-codec-http2} is present. */
  private static final class Frames {
    static void write(ChannelHandlerContext context) {
      if (context.channel() instanceof Http2StreamChannel) {
        context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
      }
    }
  }
}
