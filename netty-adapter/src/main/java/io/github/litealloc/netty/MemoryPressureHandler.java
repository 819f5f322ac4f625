package io.github.litealloc.netty;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.internal.backpressure.GatedChannel;
import io.github.litealloc.netty.internal.backpressure.PressedBudget;
import io.github.litealloc.netty.internal.backpressure.PressedMemory;
import io.github.litealloc.netty.internal.backpressure.PressureGate;
import io.github.litealloc.netty.internal.backpressure.StallLimit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
 * <p>From {@value io.github.litealloc.memory.MemoryPressure#HIGH_PERCENT} % of the budget of a
 * channel's {@link LiteByteBufAllocator} on, or earlier if there is no room for what the next read
 * is expected to cost, until less than {@value
 * io.github.litealloc.memory.MemoryPressure#RECOVERED_PERCENT} % is reserved, autoRead goes off on
 * those channels by whose reads memory grows, and on those that nobody knows yet if there is no
 * room for twice what a read has cost lately, beside what is just being read on any event loop;
 * what they have read already is held back. All others go on: whoever sends small requests, and
 * whoever sends what sets memory free, such as the window updates of HTTP/2. A peer that must send
 * such updates, and has begun to ask, waits until there is room for the rest of what the largest of
 * such peers has asked for lately. So peers that hold most of the budget and stall stand still
 * alone, but for one kind: those that ask for answers which fill the memory, and do not read them.
 * Channels that have read before are served beside them; nobody can tell a new channel from one
 * more of them, so that new ones wait, until such peers have taken nothing for {@linkplain
 * Builder#stallMillis ten seconds} and are closed. What counts are the bytes that the budget has
 * reserved, not its level. Whoever is paused otherwise stays connected, and loses and reorders
 * nothing.
 *
 * <p>A paused channel is tried again, one message at a time, at growing intervals of up to five
 * seconds, and one paused channel of each budget may read as much as it wants, in turns, as long as
 * the budget is not critical: requests that are only half received can be what fills the memory,
 * and would else never let go of it. If nothing shrinks at all there is a turn all the same, after
 * two seconds for a channel that collects what comes in, after ten for others, and at once as long
 * as each has set memory free: clients that read no reply before they get another one do not bring
 * the server to a stop for ever. What such a turn may let memory grow by is an eighth of the
 * budget.
 *
 * <p>What can still run into the ceiling is a single message, and of a pause's beginning one
 * message for each event loop. One message of HTTP/2 can bring as many requests as a connection may
 * have streams. Where their answers are large, put the handler into the pipelines of the streams
 * instead of the connection's ({@code Http2MultiplexHandler}): then each request waits by itself,
 * and the connection is read all the time. A stream counts for its connection's allocator; where it
 * has not that itself, one warning says so ({@link InheritedAllocator}); so it does where direct
 * buffers of another allocator are written to a connection. gRPC has no such pipelines: there let
 * the server send only while its stream is ready ({@code
 * ServerCallStreamObserver.setOnReadyHandler}). One read of HTTP/1.1 brings as many pipelined
 * requests as fit into it: where clients do that, make reads small ({@code
 * FixedRecvByteBufAllocator}).
 *
 * <p>The end of a connection is seen when it is read: at once, unless the channel is paused. Paused
 * channels are read in turns, and when memory is critical those that collect what comes in are
 * still asked for one message each, as many at a time as take a thirty-second of the budget: an end
 * with nothing before it is found by that. An end behind bytes that there is no room for is found
 * in a turn of its own, the first one two or ten seconds after memory has last got less, the next
 * ones at once as long as they set memory free; every peer between them that lives on costs as much
 * time again. {@code IdleStateHandler} and {@code ReadTimeoutHandler} behind this handler do not
 * count a pause as silence if their timeout is longer than half a second, and a TLS handshake is
 * not paused, unless memory grows by it; such handlers that are put in during a pause are found
 * within a second. New channels read while reads have cost little lately, even without room.
 *
 * <p>AutoRead stays off where the application has turned it off; a {@code read()} that the
 * application asks for during a pause is made up for afterwards. If the application turns autoRead
 * off on a channel that is paused already, the handler cannot see it and turns it on again after
 * the pause.
 *
 * <p>Threads: the handler may be shared by any number of channels, event loops and allocators. It
 * belongs first in the pipeline, and on the channel's own event loop.
 *
 * @since 0.1.0
 */
@Sharable
public final class MemoryPressureHandler extends ChannelDuplexHandler {

  /**
   * What is paused together. No record: on Java 17 the JDK keeps the class loader of records whose
   * {@code equals} was called.
   */
  private static final class GateKey {
    private final EventLoop eventLoop;
    private final LiteByteBufAllocator allocator;

    GateKey(EventLoop eventLoop, LiteByteBufAllocator allocator) {
      this.eventLoop = eventLoop;
      this.allocator = allocator;
    }

    EventLoop eventLoop() {
      return eventLoop;
    }

    LiteByteBufAllocator allocator() {
      return allocator;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof GateKey key
          && key.eventLoop == eventLoop
          && key.allocator == allocator;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(eventLoop) + System.identityHashCode(allocator);
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
    public long freeBytes() {
      return Math.max(0, allocator.metric().reservedBytes() - allocator.metric().usedBytes());
    }

    @Override
    public long usedBytesHere() {
      return allocator.usedBytesOnThisThread();
    }

    @Override
    public long reservedBytesHere() {
      return allocator.reservedBytesOnThisThread();
    }

    @Override
    public long bytesOf(Object message) {
      Object content = message instanceof ByteBufHolder holder ? holder.content() : message;
      return content instanceof ByteBuf buffer && buffer.alloc() == allocator && buffer.isDirect()
          ? buffer.capacity()
          : 0;
    }

    @Override
    public long outsideBytesHere() {
      return allocator.servedElsewhereOnThisThread();
    }

    @Override
    public Object owner() {
      return allocator;
    }

    @Override
    public void trim() {
      allocator.trimOnThisThread();
    }
  }

  private final Map<GateKey, PressureGate> gates = new ConcurrentHashMap<>();
  private final Map<ChannelHandlerContext, GatedChannel> channels = new ConcurrentHashMap<>();

  /** Weak: a handler may outlive the allocators that it has served. Guarded by itself. */
  private final Map<MemoryBudget, PressedBudget> budgets = new WeakHashMap<>();

  private final StallLimit stallLimit;

  /** Makes a handler for any number of channels, with the defaults of its {@link Builder}. */
  public MemoryPressureHandler() {
    this(new Builder());
  }

  private MemoryPressureHandler(Builder builder) {
    stallLimit = new StallLimit(builder.stallMillis);
  }

  /** {@return a builder, for what is not as everybody wants it} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Counts the channels that were closed because their peers took nothing of their output while
   * others waited for the memory: see {@link Builder#stallMillis}. Any thread.
   *
   * @return how many so far
   */
  public long closedChannels() {
    return stallLimit.ended();
  }

  /** Makes handlers. Not thread-safe. */
  public static final class Builder {

    private static final long DEFAULT_STALL_MILLIS = 10_000;

    private long stallMillis = DEFAULT_STALL_MILLIS;

    private Builder() {}

    /**
     * Sets for how long a peer may take nothing, or less than 1 KiB, of its output while others
     * wait for the memory. Peers that ask for answers which fill the budget, and read none of them,
     * would keep out every new channel for as long as they please.
     *
     * <p>The time counts only while others wait for room and the memory in use has not fallen to a
     * new low for half a second, and only where at least 16 KiB wait for the peer. What the
     * application has not flushed yet does not count. Then the channels that hold most are closed
     * until there is room, with one line in the log. Nothing is flushed first, since nothing would
     * be taken.
     *
     * <p>Where the handler is in the pipelines of HTTP/2 streams, they are reset, and their
     * connections go on, unless they do not even take the reset. Where it is in a connection's,
     * only output that waits for the socket counts, not what waits for the peer's credit (HTTP/2,
     * gRPC, RSocket).
     *
     * @param millis at least 500, or 0 so that none is ever closed for that; 10,000 by default
     * @return this builder
     * @throws IllegalArgumentException for any other time
     */
    public Builder stallMillis(long millis) {
      if (millis != 0 && (millis < 500 || millis > TimeUnit.DAYS.toMillis(1))) {
        throw new IllegalArgumentException(
            "stallMillis " + millis + " (expected: 500 to 86,400,000, or 0 for ever)");
      }
      this.stallMillis = millis;
      return this;
    }

    /** {@return a handler for any number of channels} */
    public MemoryPressureHandler build() {
      return new MemoryPressureHandler(this);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the channel's allocator is not a {@link LiteByteBufAllocator},
   *     or the handler was added with an executor of its own
   */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (allocatorOf(context) == null) {
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
    StreamsElsewhere.look(context.channel());
    enter(context);
  }

  @Override
  public void channelRegistered(ChannelHandlerContext context) {
    enter(context); // again, perhaps: a channel can change its event loop
    context.fireChannelRegistered();
  }

  private void enter(ChannelHandlerContext context) {
    LiteByteBufAllocator allocator = allocatorOf(context);
    if (channels.containsKey(context) || allocator == null) {
      return;
    }
    GateKey key = new GateKey(context.channel().eventLoop(), allocator);
    PressureGate gate =
        gates.computeIfAbsent(
            key,
            k ->
                new PressureGate(
                    k.eventLoop(),
                    new Pressed(k.allocator()),
                    shared(k.allocator()),
                    () -> gates.remove(k)));
    GatedChannel channel = new GatedChannel(context, gate, new Pressed(allocator));
    channels.put(context, channel);
    gate.enter(channel);
  }

  private PressedBudget shared(LiteByteBufAllocator allocator) {
    synchronized (budgets) {
      return budgets.computeIfAbsent(
          allocator.metric().budget(), budget -> new PressedBudget(budget, stallLimit));
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
    if (channel == null) {
      context.fireChannelRead(message);
    } else {
      channel.read(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    GatedChannel channel = channels.get(context);
    if (channel == null) {
      context.fireChannelReadComplete();
    } else {
      channel.readComplete();
    }
  }

  /** The end of a peer's output comes after what was read before it. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    GatedChannel channel = channels.get(context);
    if (channel != null
        && (event instanceof ChannelInputShutdownEvent
            || event instanceof ChannelInputShutdownReadComplete)) {
      channel.letHeldGoOn();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void read(ChannelHandlerContext context) {
    GatedChannel channel = channels.get(context);
    if (channel == null || !channel.putsOffRead()) {
      context.read();
    }
  }

  /** Only looks: what comes by here from another allocator is in no figure. */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf buffer && buffer.alloc() != context.alloc()) {
      StreamsElsewhere.lookAtWritten(context.channel(), buffer);
    }
    context.write(message, promise);
  }

  /**
   * The allocator whose memory a channel's reads may let grow: its own, or that of the connection
   * that it is a stream of, for streams are made with Netty's default.
   */
  private static @Nullable LiteByteBufAllocator allocatorOf(ChannelHandlerContext context) {
    return InheritedAllocator.nearest(context.channel());
  }
}
