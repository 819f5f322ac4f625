package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pause must not do to one channel's handlers of Netty that come after ours: count it as the
 * peer's silence. Does nothing if Netty's handlers are not there. The channel's event loop.
 */
final class TimeoutsBehind {

  /** Whether {@code netty-handler} is on the path, in a version that can do it (4.1.108, 4.2). */
  private static final boolean PRESENT = isPresent();

  /**
   * How long the handlers are taken to be those that were found last: to look through the pipelines
   * of ten thousand paused channels on each tick took a third of a processor.
   */
  static final int LOOK_TICKS = 50;

  private static final Object[] NONE = {};

  private Object[] idle = NONE; // an array: this is read for each of them, several times a second
  private long nextLook;

  private static boolean isPresent() {
    try {
      IdleStateHandler.class.getMethod("resetReadTimeout");
      return SslHandler.class.getMethod("handshakeFuture") != null;
    } catch (LinkageError | ReflectiveOperationException e) {
      return false;
    }
  }

  /** The pipeline may have changed. */
  void forget() {
    nextLook = 0;
  }

  /** Has timeouts for idle readers, {@code ReadTimeoutHandler} among them, begin anew. */
  void reset(Channel channel, long tick) {
    if (!PRESENT) {
      return;
    }
    if (tick >= nextLook) {
      idle = Handlers.idle(channel);
      nextLook = tick + LOOK_TICKS;
    }
    Handlers.reset(idle);
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

    static Object[] idle(Channel channel) {
      if (channel.pipeline().get(IdleStateHandler.class) == null) {
        return NONE; // at less cost
      }
      List<Object> found = new ArrayList<>();
      channel
          .pipeline()
          .forEach(
              named -> {
                if (named.getValue() instanceof IdleStateHandler each) {
                  found.add(each);
                }
              });
      return found.toArray();
    }

    static void reset(Object[] idle) {
      for (Object each : idle) {
        ((IdleStateHandler) each).resetReadTimeout();
      }
    }

    static boolean shakesHands(Channel channel) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      return tls != null && !tls.handshakeFuture().isDone();
    }
  }
}
