package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.internal.Queues;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import java.util.Queue;

/** One channel at a {@link PressureGate}, and what it makes up for when it may go on. */
public final class GatedChannel {

  /** What a request that is answered at once does not take. */
  private static final long LARGE_OUTSIDE_BYTES = 16 * 1024;

  private final ChannelHandlerContext context;
  private final PressureGate gate;
  private final PressedMemory memory;
  private final ReadRecord record = new ReadRecord();
  private final OutputProgress output = new OutputProgress();
  private final TimeoutsBehind timeouts = new TimeoutsBehind();

  /** What was read before autoRead was off: a loop reads from every channel that was ready. */
  private final Queue<Object> held = Queues.unforgetting();

  private boolean autoReadTurnedOff;
  private boolean readPutOff;
  private boolean readCompleteHeldBack;
  private boolean foundNothing;
  private boolean readSinceTick;
  private boolean left;
  private long noHandshakeUntil; // a tick

  private int messages; // of the read that is under way
  private long receivedBytes;
  private long grownBytes;
  private long outsideBytes;
  private long reservedBytes;
  private long freeBytes; // before the first of those was reserved

  /**
   * Makes a channel that has not {@linkplain PressureGate#enter entered} yet.
   *
   * @param context of the handler in the channel's pipeline
   * @param gate where it may be stopped
   * @param memory what its reads may let grow
   */
  public GatedChannel(ChannelHandlerContext context, PressureGate gate, PressedMemory memory) {
    this.context = context;
    this.gate = gate;
    this.memory = memory;
  }

  Channel channel() {
    return context.channel();
  }

  /** Has timeouts for idle readers begin anew. */
  void resetTimeouts(long tick) {
    timeouts.reset(context.channel(), tick);
  }

  /** Whether TLS is being agreed on, as far as was seen lately. */
  boolean shakesHands(long tick) {
    if (tick < noHandshakeUntil) {
      return false;
    }
    if (TimeoutsBehind.shakesHands(context.channel())) {
      return true;
    }
    noHandshakeUntil = tick + TimeoutsBehind.LOOK_TICKS;
    return false;
  }

  /** What peers send may change the pipeline. */
  private void forgetHandlers() {
    timeouts.forget();
    noHandshakeUntil = 0;
  }

  ReadRecord record() {
    return record;
  }

  OutputProgress output() {
    return output;
  }

  /**
   * Hands on a message that was read, or keeps it while the channel is stopped.
   *
   * @param message what was read
   */
  public void read(Object message) {
    foundNothing = false;
    if (message instanceof Channel) {
      handOn(message); // a server's new connection is no memory, and gains nothing by waiting
      return;
    }
    long kept = beginRead(message);
    if (kept == PressureGate.STOPPED) {
      gate.noteGrowth(memory.bytesOf(message)); // or it would seem to be by somebody else's work
      stop();
      return;
    }
    try {
      handOn(message);
    } finally {
      gate.endRead(kept);
    }
  }

  /** What the gate says, which has the message held if it is {@link PressureGate#STOPPED}. */
  private long beginRead(Object message) {
    try {
      long kept = held.isEmpty() ? gate.beginRead(this) : PressureGate.STOPPED;
      if (kept == PressureGate.STOPPED) {
        held.add(message);
      }
      return kept;
    } catch (Throwable e) {
      lose(message);
      throw e;
    }
  }

  /**
   * Ends a channel whose message can be neither held nor handed on, say for want of heap: what its
   * peer sends has a hole.
   */
  private void lose(Object message) {
    if (message instanceof Channel connection) {
      connection.unsafe().closeForcibly(); // others have nothing to do with it
      return;
    }
    try {
      ReferenceCountUtil.release(message);
    } finally {
      end();
    }
  }

  /** Returns whether the first of them may be handed on, and was. */
  private boolean handOnHeld() {
    long kept = gate.beginRead(this);
    if (kept == PressureGate.STOPPED) {
      return false;
    }
    try {
      Object message = held.remove();
      gate.noteGrowth(-memory.bytesOf(message)); // noted again with what becomes of it
      handOn(message);
    } finally {
      gate.endRead(kept);
    }
    return true;
  }

  private void handOn(Object message) {
    long bytes;
    long before; // of each call alone: between those of a stream the loop may hand on others' reads
    long outsideBefore;
    boolean isKnown;
    long reservedBefore;
    try {
      gate.reads(this);
      bytes = memory.bytesOf(message);
      before = memory.usedBytesHere();
      outsideBefore = memory.outsideBytesHere();
      isKnown = record.isGrowing() || record.isTrusted();
      reservedBefore = isKnown ? 0 : memory.reservedBytesHere();
    } catch (Throwable e) {
      lose(message);
      throw e;
    }
    readSinceTick = true;
    messages++;
    receivedBytes += bytes;
    context.fireChannelRead(message);
    forgetHandlers();
    long grown = memory.usedBytesHere() - before + bytes;
    grownBytes += grown;
    gate.noteGrowth(grown); // now: other event loops must not take it for growth by no read
    if (!isKnown) {
      long reserved = memory.reservedBytesHere() - reservedBefore;
      if (reserved > 0) {
        freeBytes = reservedBytes == 0 ? Math.max(0, reservedBefore - before) : freeBytes;
        reservedBytes += reserved;
      }
    }
    // Of what the budget had no room for nobody says when it ends, so small pieces do not count.
    long outside = memory.outsideBytesHere() - outsideBefore;
    if (outside >= LARGE_OUTSIDE_BYTES) {
      outsideBytes += outside;
    }
    if (bytes == 0 && ReferenceCountUtil.refCnt(message) > 0) {
      long kept = bytesOutside(message);
      receivedBytes += kept;
      outsideBytes += kept;
    }
    if (gate.isShut() && record.canBeNoticed(grownBytes + outsideBytes)) {
      stopUnlessMayRead(); // not yet another message: perhaps this was only written, and not
      // flushed
    }
  }

  private static long bytesOutside(Object message) {
    return message instanceof ByteBuf buffer && buffer.isDirect() ? buffer.capacity() : 0;
  }

  private void stopUnlessMayRead() {
    if (!gate.isTurnOf(this)) {
      stop();
    }
  }

  /** Notes that a read is complete, and hands that on if no messages are held back. */
  public void readComplete() {
    if (!held.isEmpty() && messages == 0) {
      readCompleteHeldBack = true;
      return;
    }
    readCompleteHeldBack = !held.isEmpty();
    complete();
    if (!left && held.isEmpty() && !gate.stops(this)) {
      resumeReading();
    }
  }

  private void complete() {
    long before = memory.usedBytesHere();
    context.fireChannelReadComplete();
    if (messages > 0) {
      long grown = memory.usedBytesHere() - before;
      long delta = grownBytes + grown;
      int count = messages;
      long received = receivedBytes;
      long outside = outsideBytes;
      // What was free has been taken first, if it was of use: not more than was reserved counts.
      long peak = reservedBytes + Math.min(freeBytes, reservedBytes);
      peak = gate.isPeak(reservedBytes) ? peak : 0;
      messages = 0;
      grownBytes = 0;
      outsideBytes = 0;
      reservedBytes = 0;
      freeBytes = 0;
      receivedBytes = 0;
      gate.noteGrowth(grown);
      gate.noteRead(this, delta + outside, peak, count, received);
    }
  }

  /** Events that come after what was read must not overtake it. */
  public void letHeldGoOn() {
    long before = memory.usedBytesHere();
    while (!held.isEmpty()) {
      context.fireChannelRead(held.remove());
    }
    forgetHandlers();
    gate.noteGrowth(memory.usedBytesHere() - before);
    if (readCompleteHeldBack) {
      readCompleteHeldBack = false;
      context.fireChannelReadComplete();
    }
  }

  /**
   * Notes that the application wants to read, if the channel is stopped.
   *
   * @return {@code false} if the caller must hand that on
   */
  public boolean putsOffRead() {
    if (!gate.stops(this)) {
      return false;
    }
    stop(); // perhaps the application has just turned autoRead on
    readPutOff = true;
    return true;
  }

  /** Whether there is something to go on with. */
  boolean waits() {
    return autoReadTurnedOff || readPutOff || !held.isEmpty();
  }

  /** Whether there may be something to read: the last time it could, it found something. */
  boolean isPromising() {
    return waits() && !foundNothing;
  }

  /** It could read, and there was nothing. */
  void findsNothing() {
    foundNothing = true;
  }

  /** Whether it has read since this was asked last. */
  boolean takeReadSinceTick() {
    boolean taken = readSinceTick;
    readSinceTick = false;
    return taken;
  }

  void stop() {
    if (!left && context.channel().config().isAutoRead()) {
      context.channel().config().setAutoRead(false);
      autoReadTurnedOff = true;
    }
  }

  /**
   * Makes up for what was put off, until the gate closes again.
   *
   * @return whether something was held, and has gone on now
   */
  boolean goOn() {
    boolean heldSomething = !held.isEmpty();
    // One by one, since what each of them costs decides on the next.
    while (!held.isEmpty() && handOnHeld()) {
      if (!held.isEmpty() || readCompleteHeldBack) {
        complete();
      }
    }
    if (!held.isEmpty()) {
      return false;
    }
    readCompleteHeldBack = false;
    if (!left && waits() && gate.mayGoOnReading(this)) {
      resumeReading();
    }
    return heldSomething;
  }

  /** The output that the transport has not taken yet, or -1 if it does not tell. */
  long pendingBytes() {
    ChannelOutboundBuffer pending = context.channel().unsafe().outboundBuffer();
    return pending == null ? -1 : pending.totalPendingWriteBytes();
  }

  /** Closes the channel past all handlers: they would first want to write, TLS for one. */
  void end() {
    Channel channel = context.channel();
    if (Http2Streams.isStream(channel)) {
      Http2Streams.reset(context);
    }
    channel.unsafe().close(channel.newPromise());
  }

  private void resumeReading() {
    if (autoReadTurnedOff) {
      autoReadTurnedOff = false;
      readPutOff = false;
      context.channel().config().setAutoRead(true); // which reads
    } else if (readPutOff) {
      readPutOff = false;
      context.read();
    }
  }

  /** The channel is closed or the handler is taken out, which ends a pause. */
  public void leave() {
    left = true;
    gate.leave(this);
    if (!context.channel().isOpen()) {
      long before = memory.usedBytesHere();
      held.forEach(ReferenceCountUtil::release);
      held.clear();
      gate.noteGrowth(memory.usedBytesHere() - before);
      return;
    }
    letHeldGoOn();
    resumeReading();
  }
}
