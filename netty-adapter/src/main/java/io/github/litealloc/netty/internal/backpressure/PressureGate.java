package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemoryPressure;
import io.github.litealloc.memory.Subscription;
import io.github.litealloc.netty.internal.Tasks;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one event loop with one allocator, and whether they may read. That event loop
 * only.
 */
public final class PressureGate {
  /*
   * The level is looked at whenever a channel reads, not only when the budget tells of a change: the
   * loop hears of that after it has served all channels that are ready, which may be too many.
   *
   * The timer runs only while the gate is shut. It gives back what is empty, since the level
   * depends on what is reserved, and passes the turn to read (see MemoryPressureHandler) to the
   * channel that has waited longest, for the set is kept in that order; those that have just had
   * nothing to read come last.
   *
   * A turn can take memory as well as set it free: if replies that nobody reads are what fills it,
   * the next request makes one more. So there is one turn at a time on a budget, and none beyond
   * the mark from which the level is critical: there only peers that read help. If nothing gets
   * less for long, nothing but a turn can change that, and a request that fails is better than
   * none served ever again.
   */

  private static final long TICK_MILLIS = 20;

  /** How long memory must not have got less before there is a turn without room for it. */
  private static final int STANDSTILL_TICKS = 500;

  private final EventLoop eventLoop;
  private final PressedMemory memory;
  private final MemoryBudget budget;
  private final TurnLease lease;
  private final Runnable onEmpty;
  private final Subscription subscription;
  private final long roomBelowBytes;
  private final MemoryWatch watch = new MemoryWatch();
  private final Set<GatedChannel> channels = new LinkedHashSet<>();

  private boolean shut;
  private boolean timerRuns;
  private @Nullable PressureTurn turn;

  /**
   * Makes a gate without channels.
   *
   * @param eventLoop whose channels it stops, and where it runs
   * @param memory the allocator of those channels
   * @param lease says which of the gates on the budget may pass a turn
   * @param onEmpty runs when the last channel has left
   */
  public PressureGate(
      EventLoop eventLoop, PressedMemory memory, TurnLease lease, Runnable onEmpty) {
    this.eventLoop = eventLoop;
    this.memory = memory;
    this.budget = memory.budget();
    this.lease = lease;
    this.onEmpty = onEmpty;
    this.roomBelowBytes = (long) (budget.maxBytes() / 100.0 * MemoryPressure.CRITICAL_PERCENT);
    this.subscription = budget.addPressureListener(eventLoop, level -> levelChanged());
  }

  /**
   * Takes in a channel, and stops it if the gate is shut.
   *
   * @param channel a channel of this event loop
   */
  public void enter(GatedChannel channel) {
    channels.add(channel);
    if (stops(channel)) {
      channel.stop();
    }
  }

  void leave(GatedChannel channel) {
    channels.remove(channel);
    if (turn != null && turn.channel() == channel) {
      endTurn(turn);
    }
    if (channels.isEmpty()) {
      shut = false;
      lease.giveBack(this);
      onEmpty.run();
      subscription.close();
    }
  }

  /** Whether a channel must not read now. */
  boolean stops(GatedChannel channel) {
    if (!shut && isUnderPressure() && !channels.isEmpty()) {
      shut();
    }
    return shut && !mayReadInTurn(channel);
  }

  private boolean mayReadInTurn(GatedChannel channel) {
    return turn != null && turn.channel() == channel && (!turn.needsRoom() || hasRoom());
  }

  /** A channel hands on what it has read. */
  void reads(GatedChannel channel) {
    if (turn != null && turn.channel() == channel) {
      turn.use();
    }
  }

  private boolean isUnderPressure() {
    return budget.pressure() != MemoryPressure.NORMAL;
  }

  private boolean hasRoom() {
    return budget.reservedBytes() < roomBelowBytes;
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
    watchAnew();
    channels.forEach(GatedChannel::stop);
    startTimer();
  }

  private void watchAnew() {
    watch.start(budget.reservedBytes(), memory.usedBytes());
  }

  private void open() {
    shut = false;
    if (turn != null) {
      turn = null; // goes on with the others
      lease.giveBack(this);
    }
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
    if (channel.waits() && channel.goOn()) {
      moveToEnd(channel);
    }
  }

  /**
   * The next time the others come first. Not for a channel that could not read yet: its client may
   * be the one who waits for this reply before it reads others.
   */
  private void moveToEnd(GatedChannel channel) {
    if (channels.remove(channel)) {
      channels.add(channel);
    }
  }

  private void startTimer() {
    if (timerRuns) {
      return;
    }
    // If not, the loop is ending, and so are its channels.
    timerRuns = Tasks.schedule(eventLoop, TICK_MILLIS, "the timer of back-pressure", this::tick);
  }

  private void tick() {
    timerRuns = false;
    if (!shut) {
      return;
    }
    startTimer(); // first: if anything below fails, the next tick makes up for it
    if (isUnderPressure()) {
      memory.trim();
    }
    if (!isUnderPressure()) {
      open();
      return;
    }
    watch.look(budget.reservedBytes(), memory.usedBytes());
    if (turn == null) {
      if (mayPassTurn()) {
        passTurn();
      }
      return;
    }
    if (!watch.hasShrunk()) {
      turn.tick();
    }
    // Until the next tick other event loops can pass theirs.
    if (turn.needsRoom() && !hasRoom()) {
      endTurn(turn);
    } else if (turn.isOver()) {
      if (!turn.isUsed()) {
        turn.channel().findsNothing();
      }
      moveToEnd(turn.channel());
      endTurn(turn);
    }
  }

  private void endTurn(PressureTurn ended) {
    turn = null;
    if (channels.contains(ended.channel())) {
      ended.channel().stop();
    }
    if (ended.isUsed()) {
      watchAnew();
    }
    // One turn without room for it is enough for long, unless it has made some.
    if (!ended.isUsed() || ended.needsRoom() || hasRoom()) {
      lease.giveBack(this);
    }
  }

  private boolean mayPassTurn() {
    return hasRoom() ? !watch.hasShrunk() : watch.stillTicks() >= STANDSTILL_TICKS;
  }

  private void passTurn() {
    GatedChannel next = next();
    boolean hasRoom = hasRoom();
    int ticks = hasRoom ? PressureTurn.MAX_TICKS : STANDSTILL_TICKS;
    long nanos = TimeUnit.MILLISECONDS.toNanos(ticks * TICK_MILLIS);
    if (next != null && lease.tryTake(this, eventLoop.ticker().nanoTime(), nanos)) {
      turn = new PressureTurn(next, hasRoom);
      goOn(next);
    }
  }

  private @Nullable GatedChannel next() {
    GatedChannel first = null;
    for (GatedChannel channel : channels) {
      if (channel.isPromising()) {
        return channel;
      }
      if (first == null && channel.waits()) {
        first = channel;
      }
    }
    return first;
  }
}
