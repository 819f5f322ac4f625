package io.github.litealloc.benchmarks.demo.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The event loops of the demo: their making and their end. */
public final class Loops {

  private static final int END_TIMEOUT_SECONDS = 5;

  private Loops() {}

  public static EventLoopGroup newGroup(String name, int loops) {
    return new MultiThreadIoEventLoopGroup(
        loops, new DefaultThreadFactory(name), NioIoHandler.newFactory());
  }

  /** Ends event loops and waits until their threads are gone, a few seconds at most. */
  public static void end(EventLoopGroup loops) {
    loops
        .shutdownGracefully(0, END_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
