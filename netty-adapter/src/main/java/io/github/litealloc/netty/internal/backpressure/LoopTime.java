package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.EventLoop;

/** The time as an event loop counts it; before Netty 4.2.1 they all count it as the JVM does. */
final class LoopTime {

  private static final boolean TICKS = ticks();

  private LoopTime() {}

  private static boolean ticks() {
    try {
      return EventLoop.class.getMethod("ticker") != null;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  static long nanoTime(EventLoop loop) {
    return TICKS ? loop.ticker().nanoTime() : System.nanoTime();
  }
}
