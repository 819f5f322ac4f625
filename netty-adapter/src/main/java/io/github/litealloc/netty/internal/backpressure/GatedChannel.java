package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.util.ArrayDeque;
import java.util.Queue;

/** One channel at a {@link PressureGate}, and what it makes up for when it may go on. */
public final class GatedChannel {

  private final ChannelHandlerContext context;
  private final PressureGate gate;

  /** What was read before autoRead was off: a loop reads from every channel that was ready. */
  private final Queue<Object> held = new ArrayDeque<>();

  private boolean autoReadTurnedOff;
  private boolean readPutOff;
  private boolean readCompleteHeldBack;
  private boolean foundNothing;
  private boolean left;

  /**
   * Makes a channel that has not {@linkplain PressureGate#enter entered} yet.
   *
   * @param context of the handler in the channel's pipeline
   * @param gate where it may be stopped
   */
  public GatedChannel(ChannelHandlerContext context, PressureGate gate) {
    this.context = context;
    this.gate = gate;
  }

  /**
   * Keeps a message that was read while the channel is stopped, if it is memory.
   *
   * @param message what was read
   * @return {@code false} if the caller must hand it on
   */
  public boolean holdsBack(Object message) {
    foundNothing = false;
    // Anything else than memory, such as a server's new connection, gains nothing by waiting.
    if (!gate.stops(this) && held.isEmpty() || !(message instanceof ReferenceCounted)) {
      gate.reads(this);
      return false;
    }
    held.add(message);
    return true;
  }

  /**
   * Notes that a read is complete, if messages of it are held back.
   *
   * @return {@code false} if the caller must hand that on
   */
  public boolean holdsBackReadComplete() {
    if (held.isEmpty()) {
      return false;
    }
    readCompleteHeldBack = true;
    return true;
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
    while (!held.isEmpty()) {
      if (gate.stops(this)) {
        return false;
      }
      gate.reads(this);
      context.fireChannelRead(held.remove());
    }
    if (readCompleteHeldBack) {
      readCompleteHeldBack = false;
      context.fireChannelReadComplete();
    }
    if (!left && !gate.stops(this)) {
      resumeReading();
    }
    return heldSomething;
  }

  private void resumeReading() {
    if (autoReadTurnedOff) {
      autoReadTurnedOff = false;
      context.channel().config().setAutoRead(true); // which reads
      readPutOff = false;
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
    held.forEach(context::fireChannelRead);
    held.clear();
    if (readCompleteHeldBack) {
      context.fireChannelReadComplete();
    }
    resumeReading();
  }
}
