package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;

/**
 * What a pause must not do to handlers of Netty that come after ours: count it as the peer's
 * silence. Does nothing if Netty's handlers are not there. The channel's event loop.
 */
final class TimeoutsBehind {

  /** Whether {@code netty-handler} is on the path, in a version that can do it (4.1.108, 4.2). */
  private static final boolean PRESENT = isPresent();

  private TimeoutsBehind() {}

  private static boolean isPresent() {
    try {
      IdleStateHandler.class.getMethod("resetReadTimeout");
      return SslHandler.class.getMethod("handshakeFuture") != null;
    } catch (LinkageError | ReflectiveOperationException e) {
      return false;
    }
  }

  /** Has timeouts for idle readers, {@code ReadTimeoutHandler} among them, begin anew. */
  static void reset(Channel channel) {
    if (PRESENT) {
      Handlers.reset(channel);
    }
  }

  /**
   * Whether TLS is being agreed on, which has a timeout of its own, and takes little memory that
   * does not stay.
   */
  static boolean shakesHands(Channel channel) {
    return PRESENT && Handlers.shakesHands(channel);
  }

  /** Linked only where {@code netty-handler} is present. */
  private static final class Handlers {

    static void reset(Channel channel) {
      channel
          .pipeline()
          .forEach(
              named -> {
                if (named.getValue() instanceof IdleStateHandler idle) {
                  idle.resetReadTimeout();
                }
              });
    }

    static boolean shakesHands(Channel channel) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      return tls != null && !tls.handshakeFuture().isDone();
    }
  }
}
