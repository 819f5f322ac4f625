package io.github.litealloc.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * NIO event loops that count how often they wake up for a task, timers included. (They look around
 * once in a second anyway, which Netty does by itself.)
 */
final class CountingLoops implements AutoCloseable {

  private final AtomicLong wakeUps = new AtomicLong();
  private final MultiThreadIoEventLoopGroup group;

  CountingLoops(int loops) {
    AtomicLong counter = wakeUps; // the group makes its loops before it is assigned
    group =
        new MultiThreadIoEventLoopGroup(loops, NioIoHandler.newFactory()) {
          @Override
          protected IoEventLoop newChild(
              Executor executor, IoHandlerFactory factory, Object... arguments) {
            return new SingleThreadIoEventLoop(this, executor, factory) {
              @Override
              protected boolean runAllTasks(long timeoutNanos) {
                boolean ranSome = super.runAllTasks(timeoutNanos);
                if (ranSome) {
                  counter.incrementAndGet();
                }
                return ranSome;
              }
            };
          }
        };
  }

  /** Of all the loops together. */
  long wakeUps() {
    return wakeUps.get();
  }

  List<EventLoop> all() {
    List<EventLoop> loops = new ArrayList<>();
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
    return loops;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 30, TimeUnit.SECONDS).awaitUninterruptibly(30, TimeUnit.SECONDS);
  }
}
