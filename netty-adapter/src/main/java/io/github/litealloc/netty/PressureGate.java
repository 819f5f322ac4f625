package io.github.litealloc.netty;

import io.github.litealloc.MemoryBudget;
import io.github.litealloc.MemoryPressure;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one event loop with one allocator, and whether they may read. That event loop
 * only.
 */
final class PressureGate {
  /*
   * The level is looked at whenever a channel reads, not only when the budget tells of a change: the
   * loop hears of that after it has served all channels that are ready, which may be too many.
   *
   * The timer runs only while the gate is shut. It gives back what is empty, since the level
   * depends on what is reserved, and passes the turn to read (see MemoryPressureHandler) to the
   * channel that has waited longest: the set is kept in that order.
   */

  private static final System.Logger LOG = System.getLogger(PressureGate.class.getName());

  private static final long TICK_MILLIS = 20;

  /** How long a channel with the turn may go on reading if it always finds something. */
  private static final int MAX_TURN_TICKS = 50;

  /** How long it may wait for its peer: if all took turns quickly, all would grow. */
  private static final int MAX_UNUSED_TICKS = 10;

  private final EventLoop eventLoop;
  private final LiteByteBufAllocator allocator;
  private final MemoryBudget budget;
  private final Runnable onEmpty;
  private final AutoCloseable subscription;
  private final Set<GatedChannel> channels = new LinkedHashSet<>();

  private boolean shut;
  private boolean timerRuns;
  private long reservedAtLastTick;
  private @Nullable GatedChannel turn;
  private int turnTicks;
  private int unusedTicks;
  private boolean turnUsed;

  PressureGate(EventLoop eventLoop, LiteByteBufAllocator allocator, Runnable onEmpty) {
    this.eventLoop = eventLoop;
    this.allocator = allocator;
    this.budget = allocator.metric().budget();
    this.onEmpty = onEmpty;
    this.subscription = budget.addPressureListener(eventLoop, level -> levelChanged());
  }

  void enter(GatedChannel channel) {
    channels.add(channel);
    if (stops(channel)) {
      channel.stop();
    }
  }

  void leave(GatedChannel channel) {
    channels.remove(channel);
    if (channel == turn) {
      turn = null;
    }
    if (channels.isEmpty()) {
      shut = false;
      onEmpty.run();
      unsubscribe();
    }
  }

  private void unsubscribe() {
    try {
      subscription.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "could not take a pressure listener out", e);
    }
  }

  /** Whether a channel must not read now. */
  boolean stops(GatedChannel channel) {
    if (!shut && isUnderPressure() && !channels.isEmpty()) {
      shut();
    }
    if (channel == turn) {
      turnUsed = true;
      return false;
    }
    return shut;
  }

  private boolean isUnderPressure() {
    return budget.pressure() != MemoryPressure.NORMAL;
  }

  private void levelChanged() {
    if (isUnderPressure()) {
      shut();
    } else {
      open();
    }
  }

  private void shut() {
    if (shut || channels.isEmpty()) {
      return;
    }
    shut = true;
    reservedAtLastTick = budget.reservedBytes();
    channels.forEach(GatedChannel::stop);
    startTimer();
  }

  private void open() {
    shut = false;
    turn = null;
    for (GatedChannel channel : List.copyOf(channels)) {
      if (shut) {
        return; // one of them was enough
      }
      if (channels.contains(channel)) {
        goOn(channel);
      }
    }
  }

  private void goOn(GatedChannel channel) {
    if (channel.waits()) {
      channels.remove(channel);
      channels.add(channel); // the next time the others come first
      channel.goOn();
    }
  }

  private void startTimer() {
    if (timerRuns) {
      return;
    }
    try {
      eventLoop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
      timerRuns = true;
    } catch (RejectedExecutionException e) {
      // The loop is ending, and so are its channels.
    }
  }

  private void tick() {
    timerRuns = false;
    if (!shut) {
      return;
    }
    allocator.trimOnThisThread();
    if (!isUnderPressure()) {
      open();
      return;
    }
    startTimer();
    long reserved = budget.reservedBytes();
    if (reserved >= reservedAtLastTick) {
      passTurn();
    }
    reservedAtLastTick = reserved;
  }

  private void passTurn() {
    GatedChannel last = turn;
    if (last != null) {
      turnTicks++;
      unusedTicks = turnUsed ? 0 : unusedTicks + 1;
      turnUsed = false;
      if (turnTicks < MAX_TURN_TICKS && unusedTicks < MAX_UNUSED_TICKS) {
        return;
      }
    }
    turn = null;
    if (last != null) {
      last.stop();
    }
    for (GatedChannel next : channels) {
      if (next.waits()) {
        turn = next;
        turnTicks = 0;
        unusedTicks = 0;
        turnUsed = false;
        goOn(next);
        return;
      }
    }
  }
}
