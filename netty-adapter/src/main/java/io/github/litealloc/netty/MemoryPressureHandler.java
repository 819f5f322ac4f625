package io.github.litealloc.netty;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.netty.internal.backpressure.GatedChannel;
import io.github.litealloc.netty.internal.backpressure.PressedMemory;
import io.github.litealloc.netty.internal.backpressure.PressureGate;
import io.github.litealloc.netty.internal.backpressure.TurnLease;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lets channels read less while direct memory is short: pushes back on the peers before the
 * allocator has to fall back or fail.
 *
 * <pre>{@code
 * MemoryPressureHandler pressure = new MemoryPressureHandler(); // one for all channels
 * childHandler: channel -> channel.pipeline().addFirst(pressure).addLast(...)
 * }</pre>
 *
 * <p>When the budget of a channel's {@link LiteByteBufAllocator} reaches {@link
 * MemoryPressure#HIGH}, autoRead goes off on all channels of the event loop that have that
 * allocator and this handler; what the channel has read already is held back. When the level is
 * {@link MemoryPressure#NORMAL} again they go on, one after the other for as long as it stays so.
 * Whoever is paused stays connected, and loses and reorders nothing.
 *
 * <p>Requests that are only half received can be what fills the memory, and would then never let go
 * of it. So while the memory in use does not shrink by itself, one channel of each budget may read,
 * in turns. When the level is {@link MemoryPressure#CRITICAL} a turn could make a request fail, so
 * there are none, except one every ten seconds in which nothing shrinks at all: clients that read
 * no reply before they get another one do not bring the server to a stop for ever.
 *
 * <p>What can still run into the ceiling is a single message: every event loop may be at work on
 * one when the level becomes high. What one message makes the application allocate, times the
 * number of event loops, should fit into a fifth of the budget.
 *
 * <p>AutoRead stays off where the application has turned it off; a {@code read()} that the
 * application asks for during a pause is made up for afterwards. If the application turns autoRead
 * off on a channel that is paused already, the handler cannot see it and turns it on again after
 * the pause.
 *
 * <p>Threads: the handler may be shared by any number of channels, event loops and allocators. It
 * belongs first in the pipeline, and on the channel's own event loop.
 */
@Sharable
public final class MemoryPressureHandler extends ChannelDuplexHandler {

  /**
   * What is paused together. No record: once one was compared, the JDK 17 keeps its class, and with
   * it the application's class loader.
   */
  private static final class GateKey {
    private final EventLoop eventLoop;
    private final LiteByteBufAllocator allocator;

    GateKey(EventLoop eventLoop, LiteByteBufAllocator allocator) {
      this.eventLoop = eventLoop;
      this.allocator = allocator;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof GateKey key
          && eventLoop.equals(key.eventLoop)
          && allocator.equals(key.allocator);
    }

    @Override
    public int hashCode() {
      return 31 * eventLoop.hashCode() + allocator.hashCode();
    }
  }

  /** As a gate sees an allocator. */
  private record Pressed(LiteByteBufAllocator allocator) implements PressedMemory {
    @Override
    public MemoryBudget budget() {
      return allocator.metric().budget();
    }

    @Override
    public long usedBytes() {
      return allocator.metric().usedBytes();
    }

    @Override
    public void trim() {
      allocator.trimOnThisThread();
    }
  }

  private final Map<GateKey, PressureGate> gates = new ConcurrentHashMap<>();
  private final Map<ChannelHandlerContext, GatedChannel> channels = new ConcurrentHashMap<>();

  /** Weak: a handler may outlive the allocators that it has served. Guarded by itself. */
  private final Map<MemoryBudget, TurnLease> leases = new WeakHashMap<>();

  /** Makes a handler for any number of channels. */
  public MemoryPressureHandler() {}

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the channel's allocator is not a {@link LiteByteBufAllocator},
   *     or the handler was added with an executor of its own
   */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (!(context.alloc() instanceof LiteByteBufAllocator)) {
      throw new IllegalStateException(
          "MemoryPressureHandler on a channel with the allocator "
              + context.alloc()
              + " (expected: ChannelOption.ALLOCATOR set to a LiteByteBufAllocator)");
    }
    if (!context.executor().equals(context.channel().eventLoop())) {
      throw new IllegalStateException(
          "MemoryPressureHandler added with the executor "
              + context.executor()
              + " (expected: none, which means the channel's event loop)");
    }
    enter(context);
  }

  @Override
  public void channelRegistered(ChannelHandlerContext context) {
    enter(context); // again, perhaps: a channel can change its event loop
    context.fireChannelRegistered();
  }

  private void enter(ChannelHandlerContext context) {
    if (channels.containsKey(context)
        || !(context.alloc() instanceof LiteByteBufAllocator allocator)) {
      return;
    }
    GateKey key = new GateKey(context.channel().eventLoop(), allocator);
    PressureGate gate =
        gates.computeIfAbsent(
            key,
            k ->
                new PressureGate(
                    k.eventLoop,
                    new Pressed(k.allocator),
                    lease(k.allocator),
                    () -> gates.remove(k)));
    GatedChannel channel = new GatedChannel(context, gate);
    channels.put(context, channel);
    gate.enter(channel);
  }

  private TurnLease lease(LiteByteBufAllocator allocator) {
    synchronized (leases) {
      return leases.computeIfAbsent(allocator.metric().budget(), budget -> new TurnLease());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    leave(context);
    context.fireChannelInactive();
  }

  @Override
  public void channelUnregistered(ChannelHandlerContext context) {
    leave(context);
    context.fireChannelUnregistered();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    leave(context);
  }

  private void leave(ChannelHandlerContext context) {
    GatedChannel channel = channels.remove(context);
    if (channel != null) {
      channel.leave();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    GatedChannel channel = channels.get(context);
    if (channel == null || !channel.holdsBack(message)) {
      context.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    GatedChannel channel = channels.get(context);
    if (channel == null || !channel.holdsBackReadComplete()) {
      context.fireChannelReadComplete();
    }
  }

  @Override
  public void read(ChannelHandlerContext context) {
    GatedChannel channel = channels.get(context);
    if (channel == null || !channel.putsOffRead()) {
      context.read();
    }
  }
}
