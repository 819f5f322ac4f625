package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/** One channel at a {@link PressureGate}, and what it makes up for when it may go on. */
public final class GatedChannel {

  private final ChannelHandlerContext context;
  private final PressureGate gate;
  private final PressedMemory memory;
  private final ReadRecord record = new ReadRecord();

  /** What was read before autoRead was off: a loop reads from every channel that was ready. */
  private final Queue<Object> held = new ArrayDeque<>();

  private boolean autoReadTurnedOff;
  private boolean readPutOff;
  private boolean readCompleteHeldBack;
  private boolean foundNothing;
  private boolean readSinceTick;
  private boolean left;

  private int messages; // of the read that is under way
  private long receivedBytes;
  private long grownBytes;

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

  ReadRecord record() {
    return record;
  }

  /**
   * Hands on a message that was read, or keeps it while the channel is stopped.
   *
   * @param message what was read
   */
  public void read(Object message) {
    foundNothing = false;
    // A server's new connection is no memory, and gains nothing by waiting.
    if (!(message instanceof Channel) && (!held.isEmpty() || gate.stops(this))) {
      held.add(message);
      stop();
    } else {
      handOn(message);
    }
  }

  private void handOn(Object message) {
    gate.reads(this);
    readSinceTick = true;
    long bytes = memory.bytesOf(message);
    messages++;
    receivedBytes += bytes;
    // Of each call alone: between those of a stream the loop may hand on what others have read.
    long before = memory.usedBytesHere();
    context.fireChannelRead(message);
    grownBytes += memory.usedBytesHere() - before + bytes;
    if (gate.isShut() && record.canBeNoticed(grownBytes)) {
      stopUnlessMayRead(); // not yet another message: perhaps this was only written, and not
      // flushed
    }
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
      long delta = grownBytes + memory.usedBytesHere() - before;
      int count = messages;
      long received = receivedBytes;
      messages = 0;
      grownBytes = 0;
      receivedBytes = 0;
      gate.noteRead(this, delta, count, received);
    }
  }

  /** Events that come after what was read must not overtake it. */
  public void letHeldGoOn() {
    while (!held.isEmpty()) {
      context.fireChannelRead(held.remove());
    }
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
    if (context.channel().config().isAutoRead()) {
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
    while (!held.isEmpty() && !gate.stops(this)) {
      // One by one, since what each of them costs decides on the next.
      handOn(held.remove());
      if (!held.isEmpty() || readCompleteHeldBack) {
        complete();
      }
    }
    if (!held.isEmpty()) {
      return false;
    }
    readCompleteHeldBack = false;
    if (!left && !gate.stops(this)) {
      resumeReading();
    }
    return heldSomething;
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
      held.forEach(ReferenceCountUtil::release);
      held.clear();
      return;
    }
    letHeldGoOn();
    resumeReading();
  }
}
