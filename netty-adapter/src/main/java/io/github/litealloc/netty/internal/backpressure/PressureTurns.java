package io.github.litealloc.netty.internal.backpressure;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Passes turns to the channels that wait at a gate, one at a time on a budget. That event loop. */
final class PressureTurns {
  /*
   * A turn needs room, and ends at the critical mark. Where all that is in memory is half received,
   * nothing but a turn without room can set any of it free; part of it is then served outside of
   * the budget, or fails, which is better than none served ever again. There is one if nothing has
   * got less for long: for two seconds if the channel collects what comes in, since then only its
   * own rest can set that free, for ten if it may be output, which gets less as soon as a peer
   * reads. As long as each such turn has made less of it, the next ones need no room either: a turn
   * that is cut off at the critical mark takes the room that is left, and sets nothing free for it.
   * In exchange such a turn ends when memory has grown by a part of the budget.
   */

  /** How long memory must not have got less before there is a turn without room for it. */
  private static final int STANDSTILL_TICKS = 500;

  /** The same for a channel that collects what comes in. */
  private static final int COLLECTOR_STANDSTILL_TICKS = 100;

  /** The same far from the ceiling, for a message that may take all of it. */
  private static final int SHORT_STANDSTILL_TICKS = 10;

  /** What a turn without room may let memory grow by, as a part of the budget. */
  private static final int GROWTH_PART = 8;

  private final PressureGate gate;
  private final EventLoop eventLoop;
  private final PressedMemory memory;
  private final PressedBudget shared;
  private final MemoryWatch watch;

  private @Nullable PressureTurn turn;

  PressureTurns(
      PressureGate gate,
      EventLoop eventLoop,
      PressedMemory memory,
      PressedBudget shared,
      MemoryWatch watch) {
    this.gate = gate;
    this.eventLoop = eventLoop;
    this.memory = memory;
    this.shared = shared;
    this.watch = watch;
  }

  boolean isTurnOf(GatedChannel channel) {
    return turn != null && turn.channel() == channel && isAllowed(turn);
  }

  private boolean isAllowed(PressureTurn turn) {
    return turn.needsRoom() ? gate.hasRoom() : turn.grownBytes() < shared.maxBytes() / GROWTH_PART;
  }

  /** A channel hands on what it has read. */
  void use(GatedChannel channel) {
    if (turn != null && turn.channel() == channel) {
      turn.use();
    }
  }

  /** A channel has read, and so much more memory is used. */
  void noteGrowth(GatedChannel channel, long deltaBytes) {
    if (turn != null && turn.channel() == channel) {
      turn.grow(deltaBytes);
    }
  }

  void leave(GatedChannel channel) {
    if (turn != null && turn.channel() == channel) {
      end(turn);
    }
  }

  /** Nobody waits any more: there are no turns until somebody does. */
  void clear() {
    turn = null;
    shared.giveBack(gate);
    shared.forgetTurn(memory.owner(), gate);
  }

  void tick() {
    if (turn == null) {
      if (mayPass()) {
        pass();
      }
      return;
    }
    if (!watch.hasShrunk()) {
      turn.tick();
    }
    // Until the next tick other event loops can pass theirs.
    if (!isAllowed(turn)) {
      end(turn);
    } else if (turn.isOver()) {
      if (!turn.isUsed()) {
        turn.channel().findsNothing();
      }
      gate.moveToEnd(turn.channel());
      end(turn);
    }
  }

  private void end(PressureTurn ended) {
    turn = null;
    if (gate.has(ended.channel()) && !gate.mayRead(ended.channel())) {
      ended.channel().stop();
    }
    if (ended.isUsed()) {
      gate.watchAnew();
    }
    shared.giveBack(gate);
    if (ended.isUsed() && !ended.needsRoom() && !hasSetFree()) {
      shared.endWithoutRoom(gate, now()); // one that has made none is enough for long
    }
  }

  private long now() {
    return LoopTime.nanoTime(eventLoop);
  }

  private static long nanos(int ticks) {
    return TimeUnit.MILLISECONDS.toNanos(ticks * PressureGate.TICK_MILLIS);
  }

  private boolean mayPass() {
    if (gate.hasRoom()) {
      return !watch.hasShrunk();
    }
    // The last one has found the end of a connection: the next one may find another.
    return hasSetFree() || isStill(COLLECTOR_STANDSTILL_TICKS);
  }

  /** Whether nothing has got less for so long, nor by a turn without room, whoever had it. */
  private boolean isStill(int ticks) {
    return watch.stillTicks() >= ticks && !shared.rests(gate, nanos(ticks), now());
  }

  /** Whether less is in use than before the last turn without room. */
  private boolean hasSetFree() {
    return memory.usedBytes()
        <= shared.usedBeforeTurn(memory.owner()) - PressedBudget.LEAST_COST_BYTES;
  }

  private void pass() {
    boolean goesOn = hasSetFree();
    boolean needsRoom = gate.hasRoom() && !goesOn;
    GatedChannel next = next(gate.hasRoom(), goesOn);
    if (next == null) {
      return;
    }
    int turnTicks = needsRoom ? PressureTurn.MAX_TICKS : STANDSTILL_TICKS;
    if (shared.tryTake(gate, now(), nanos(turnTicks))) {
      turn = new PressureTurn(next, needsRoom);
      if (!needsRoom) {
        shared.beginTurn(memory.owner(), gate, memory.usedBytes());
      }
      gate.goOn(next);
    }
  }

  /** The one that has waited longest of those that may have a turn now. */
  private @Nullable GatedChannel next(boolean hasRoom, boolean goesOn) {
    int patience = gate.isPressed() ? STANDSTILL_TICKS : SHORT_STANDSTILL_TICKS;
    boolean mustFit = hasRoom && watch.stillTicks() < patience;
    boolean mustCollect = !hasRoom && !goesOn && !isStill(STANDSTILL_TICKS);
    GatedChannel first = null;
    for (GatedChannel channel : gate.waiting()) {
      if (mustFit && !gate.fits(gate.expectedCost(channel))
          || mustCollect && !channel.record().isCollecting()) {
        continue;
      }
      if (channel.isPromising()) {
        return channel;
      }
      if (first == null) {
        first = channel;
      }
    }
    return first;
  }
}
