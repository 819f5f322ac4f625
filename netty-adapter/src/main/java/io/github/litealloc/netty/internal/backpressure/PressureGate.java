package io.github.litealloc.netty.internal.backpressure;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.Subscription;
import io.github.litealloc.netty.internal.Tasks;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The channels of one event loop with one allocator, and whether they may read. That event loop
 * only.
 */
public final class PressureGate {
  /*
   * A pause must withhold what consumes memory and nothing else. Which reads do that cannot be told
   * from outside: a few bytes may be a request for a large answer, or the update of a window for
   * which megabytes wait. So the gate goes by what reads have done (ReadRecord): it looks at the
   * memory in use before and after each. While it is shut,
   *   - trusted channels go on reading: nothing grows by them, and what they bring may set memory
   *     free;
   *   - growing ones are tried again, one message each, after 20 ms, 40 ms and so on up to 5 s. Those
   *     with output need no room for the first try, and are tried one at a time: it is the one that
   *     finds a window update, after which the channel is trusted. Nor do those whose output waits
   *     for credit once they have asked for as much as any other lately: it is time for their window
   *     updates. Before, they need room for the rest of that. Those that collect what comes in
   *     are only tried below the high mark, or after 5 s: the room up to the critical mark belongs to
   *     the turn. They are promised what they may read, or ten would share the room for one;
   *     If nothing gets less for half a second, all with output are tried again without room: what
   *     would set memory free may lie behind another request. Whenever such a try was in vain, the
   *     next one is half a second later, a second, and so on up to 2 s (RisksWithoutRoom), and the
   *     other gates wait, too (PressedBudget.hasLostTry);
   *   - unknown ones read if there is room for twice what such reads have cost lately, besides what
   *     is just being read on any event loop (RoomForReads), or if such reads cost little and none has
   *     grown without room within the tick;
   *   - and of those that are left one at a time on a budget has a turn, in which it may grow: half
   *     of a request is memory that only its other half sets free.
   * Memory that grows otherwise, by other threads or in tasks, is put down to whoever has read in the
   * same tick. What is held back counts as its channel's: else honest clients were blamed for what
   * strangers had sent, and stood still at the critical mark. What the budget cannot serve counts as
   * growth, too: else reads seemed to cost nothing just when nothing fits.
   *
   * Chosen by experiment (30 connections with 10 answers of 512 KiB each, one loop, 16 MiB; eight
   * peers with 15 of 16 MiB each, 64 MiB):
   *   - all channels stopped but one in its turn: HTTP/2 not done in 30 s (5 to 26 of 157 MB), and
   *     honest clients beside the eight at 0 requests a second. docs/backpressure.md has what this
   *     gate does;
   *   - those that collect tried up to the critical mark: they took the room of the turn, and 40
   *     half-received requests stood still;
   *   - a turn for whoever waited longest, whether its message fits or not: 22 % of the bytes outside
   *     a budget of 8 MiB over plain TCP, as without a gate;
   *   - a first request taken for all that a peer asks for: 17 peers of HTTP/2 were let go on in the
   *     room of two, and each of their rests, which the window updates lay behind, left the budget
   *     (74 % of all bytes). Hence what they ask for adds up, and room is left for the rest of those
   *     that have begun (RoomForBegun);
   *   - new reads let go on by the tick alone: 5 s instead of 0.5 to 2 s for streams of HTTP/2 with a
   *     gate of their own. Hence the looks every 2 ms while memory gets less;
   *   - a read measured from its first message to its end: streams got their neighbours' growth
   *     (3.7 MB for 0.5 MB), and waited for room that nobody needed.
   * Not taken: to attribute each byte to a channel, by a field in every buffer; it costs every
   * allocation, and does not say whose read would set the byte free.
   *
   * The level is looked at whenever a channel reads, not only when the budget tells of a change: the
   * loop hears of that after it has served all channels that are ready, which may be too many.
   *
   * The timer runs only while the gate is shut. It gives back what is empty, since the level
   * depends on what is reserved, and passes the turn to the channel that has waited longest, for the
   * set is kept in that order; those that have just had nothing to read come last (PressureTurns).
   */

  static final long TICK_MILLIS = 20;

  private static final long LOOK_MILLIS = 2;

  /**
   * What is reserved during a read is what it costs from this part of the budget on, not a chunk.
   */
  private static final int PEAK_PART = 16;

  /** How long it must not have got less before any with output is tried again without room. */
  private static final int STUCK_TICKS = 25;

  /** The answer that a channel must not read. */
  static final long STOPPED = -1;

  private final EventLoop eventLoop;
  private final PressedMemory memory;
  private final MemoryBudget budget;
  private final PressedBudget shared;
  private final LongAdder grownByReads;
  private final Runnable onEmpty;
  private final Subscription subscription;
  private final MemoryWatch watch = new MemoryWatch();
  private final EndProbes probes = new EndProbes();
  private final RisksWithoutRoom risks = new RisksWithoutRoom();
  private final ExpectedCosts costs;
  private final GateRoom room;
  private final PressureTurns turns;
  private final RoomForUnknown unknown;
  private final StalledOutput stalled;
  private final Runnable endStalled = this::endStalled;
  private final UnexplainedGrowth unexplained;
  private final PausedTimeouts timeouts;
  private final Set<GatedChannel> channels = new LinkedHashSet<>();

  private boolean shut;
  private boolean isOpening;
  private boolean timerRuns;
  private long ticks;
  private boolean looksSoon;
  private long usedAtLook;

  /**
   * Makes a gate without channels.
   *
   * @param eventLoop whose channels it stops, and where it runs
   * @param memory the allocator of those channels
   * @param shared what it has in common with the other gates on the budget
   * @param onEmpty runs when the last channel has left
   */
  public PressureGate(
      EventLoop eventLoop, PressedMemory memory, PressedBudget shared, Runnable onEmpty) {
    this.eventLoop = eventLoop;
    this.memory = memory;
    this.budget = memory.budget();
    this.shared = shared;
    this.grownByReads = shared.grownByReads(memory.owner());
    this.unexplained = new UnexplainedGrowth(memory, shared, grownByReads);
    this.onEmpty = onEmpty;
    this.timeouts = new PausedTimeouts(now());
    this.turns = new PressureTurns(this, eventLoop, memory, shared, watch);
    this.costs = new ExpectedCosts(shared);
    this.unknown = new RoomForUnknown(memory, shared, risks);
    this.stalled = new StalledOutput(shared);
    shared.addGate(endStalled);
    this.room = new GateRoom(budget, shared);
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
    probes.close(channel);
    shared.begun().forget(channel);
    turns.leave(channel);
    if (channels.isEmpty()) {
      shut = false;
      turns.clear();
      shared.removeGate(endStalled);
      room.leave();
      onEmpty.run();
      subscription.close();
    }
  }

  boolean has(GatedChannel channel) {
    return channels.contains(channel);
  }

  boolean isShut() {
    return shut;
  }

  /** Whether a channel must not read now. */
  boolean stops(GatedChannel channel) {
    if (!shut && !channels.isEmpty() && lacksRoomFor(channel)) {
      shut();
    }
    return shut && !mayRead(channel);
  }

  private boolean lacksRoomFor(GatedChannel channel) {
    long reserved = budget.reservedBytes();
    if (shared.isHigh(reserved)) {
      return true;
    }
    if (channel.record().isTrusted()) {
      return false;
    }
    long taken = isCalm(reserved) ? reserved : room.takenBytes(now());
    return !shared.fits(taken, shared.begun().bytes(now()) + expectedCost(channel));
  }

  /**
   * Whether there is so much room that no gate says, or hears, what is just being read. Not while
   * those that have waited go on: others may let theirs go on as well.
   */
  private boolean isCalm(long reservedBytes) {
    return !shut && !isOpening && shared.isRecovered(reservedBytes);
  }

  /**
   * Whether a channel may hand on a message now. What that may take is kept for it until {@link
   * #endRead}.
   *
   * @return what is kept, or {@link #STOPPED}
   */
  long beginRead(GatedChannel channel) {
    ReadRecord record = channel.record();
    if (record.isTrusted()) {
      return stops(channel) ? STOPPED : 0;
    }
    if (isCalm(budget.reservedBytes()) && !lacksRoomFor(channel)) {
      return 0;
    }
    long kept = shut && !record.isGrowing() ? unknown.bytes(now()) : expectedCost(channel);
    boolean mayRead = false;
    try {
      room.begin(kept, now());
      mayRead = !stops(channel);
      if (!mayRead && room.wasKeptBefore()) {
        lookSoon(); // it may have room when what is read elsewhere has cost less
      }
    } finally {
      room.decided();
      if (!mayRead) {
        room.end(kept);
      }
    }
    return mayRead ? kept : STOPPED;
  }

  /** What a channel has handed on is done with. */
  void endRead(long keptBytes) {
    room.end(keptBytes);
  }

  boolean mayRead(GatedChannel channel) {
    ReadRecord record = channel.record();
    if (record.isTrusted() || isTurnOf(channel) || probes.isOpen(channel)) {
      return true;
    }
    long taken = room.takenBytes(now());
    if (!record.isGrowing()) {
      return unknown.mayRead(taken, now(), ticks) || channel.shakesHands(ticks);
    }
    long takenThen = taken + expectedCost(channel);
    if (record.isDue(ticks)
        && !(record.hasOutput() ? shared.isCritical(takenThen) : shared.isHigh(takenThen))) {
      return true;
    }
    if (risks.grewIn(ticks) || watch.hasShrunk()) {
      return false; // one of them at a time, and none while there is less to lose by waiting
    }
    boolean mayTry =
        record.hasOutput()
                && record.isDue(ticks)
                && (costs.isNextDueUpdate(record, now())
                    || risks.mayTry(ticks) && (record.isFirstTry() || isStuck()))
            || record.isLongDue(ticks)
                && (record.isSuspected()
                    || (record.hasOutput()
                        ? shared.fits(taken, record.costBytes())
                        : !shared.isCritical(takenThen)));
    return mayTry && !shared.hasLostTry(this, now());
  }

  private long now() {
    return LoopTime.nanoTime(eventLoop);
  }

  /**
   * Whether nothing gets less, perhaps because what would set memory free is not read. Then those
   * with output are tried without room for it, and none for a while after one by which memory grew.
   */
  private boolean isStuck() {
    return watch.stillTicks() >= STUCK_TICKS && risks.isCalm(ticks);
  }

  /**
   * Whether a channel may read again that has waited. What it will read is not in memory yet: those
   * that collect what comes in are promised their room, or all that wait would have the same.
   */
  boolean mayGoOnReading(GatedChannel channel) {
    if (stops(channel)) {
      return false;
    }
    ReadRecord record = channel.record();
    if (!shut || !record.isCollecting() || isTurnOf(channel) || probes.isOpen(channel)) {
      return true;
    }
    long cost = Math.max(PressedBudget.LEAST_COST_BYTES, record.costBytes());
    return shared.tryPromise(cost, budget.reservedBytes(), now());
  }

  /**
   * While memory gets less, others go on as soon as there is room: a tick is long for peers that
   * read.
   */
  private void lookSoon() {
    if (!looksSoon) {
      looksSoon =
          Tasks.schedule(eventLoop, LOOK_MILLIS, "a look at the memory under pressure", this::look);
    }
  }

  private void look() {
    looksSoon = false;
    if (!shut) {
      return;
    }
    memory.trim();
    if (!isPressed() || fits(shared.costBytes(now()))) {
      letGoOn();
    }
    long used = memory.usedBytes();
    if (shut && used < usedAtLook) {
      lookSoon();
    }
    usedAtLook = used;
  }

  private void letGoOn() {
    if (!isPressed()) {
      open();
    }
    if (!shut) {
      return;
    }
    for (GatedChannel channel : waiting()) {
      if (mayRead(channel)) {
        goOn(channel);
      }
    }
  }

  boolean isTurnOf(GatedChannel channel) {
    return turns.isTurnOf(channel);
  }

  /** A channel hands on what it has read. */
  void reads(GatedChannel channel) {
    turns.use(channel);
    probes.use(channel, ticks);
  }

  /** What a channel keeps, or lets go of, apart from its reads. */
  void noteGrowth(long deltaBytes) {
    if (deltaBytes != 0) { // as of most messages
      grownByReads.add(deltaBytes);
    }
  }

  /** Whether so much more is reserved that what a read has taken must be noted apart. */
  boolean isPeak(long reservedBytes) {
    return reservedBytes > shared.maxBytes() / PEAK_PART;
  }

  /**
   * A channel has read.
   *
   * @param deltaBytes how much more memory is used now
   * @param peakBytes what it has taken meanwhile, if that is far more
   * @param messages how many messages it has read
   * @param receivedBytes what they took
   */
  void noteRead(
      GatedChannel channel, long deltaBytes, long peakBytes, int messages, long receivedBytes) {
    turns.noteGrowth(channel, deltaBytes);
    ReadRecord record = channel.record();
    boolean isSurprise = !record.isGrowing();
    boolean isTry = shut && !isTurnOf(channel) && record.isGrowing() && record.hasOutput();
    if (shut && deltaBytes < 0) {
      lookSoon();
    }
    if (isSurprise && peakBytes > 0) {
      shared.noteCost(peakBytes, now()); // what the transport takes at once needed room, too
    }
    shared.begun().forget(channel);
    if (!record.note(
        deltaBytes,
        messages,
        receivedBytes,
        channel.pendingBytes(),
        ticks,
        shut && !isTurnOf(channel))) {
      return;
    }
    risks.grew(ticks);
    if (isTry && !hasRoom()) {
      risks.lost(ticks);
      shared.noteLostTry(this, now());
    }
    if (record.waitsForCredit()) {
      if (isSurprise && has(channel)) { // what it read may have taken the handler out
        shared.begun().keep(channel, costs.restBytes(record, now()), now());
      }
      shared.noteAsked(record.askedBytes(), now());
    }
    // What one that is known to grow does next says nothing about those that nobody knows.
    if (isSurprise) {
      shared.noteCost(record.costBytes(), now());
    }
  }

  boolean isPressed() {
    long reserved = budget.reservedBytes();
    return shut ? !shared.isRecovered(reserved) : shared.isHigh(reserved);
  }

  boolean hasRoom() {
    return !shared.isCritical(budget.reservedBytes());
  }

  private void levelChanged() {
    if (!isPressed()) {
      open();
    } else {
      shut();
    }
  }

  private void shut() {
    if (shut || channels.isEmpty()) {
      return;
    }
    shut = true;
    watchAnew();
    unexplained.takeBytes();
    for (GatedChannel channel : channels) {
      if (!mayRead(channel)) {
        channel.stop();
      }
    }
    startTimer();
  }

  void watchAnew() {
    watch.start(budget.reservedBytes(), memory.usedBytes());
  }

  /**
   * Lets channels go on, one after the other, as long as there is room for what each may cost. The
   * gate stays shut for those that are left.
   */
  private void open() {
    if (!shut) {
      return;
    }
    for (GatedChannel channel : waiting()) {
      if (isPressed() || !fits(shared.begun().bytes(now()) + expectedCost(channel))) {
        break;
      }
      shut = false;
      isOpening = true;
      try {
        goOn(channel);
      } finally {
        isOpening = false;
        shut = true; // whatever it throws: the others still wait
      }
    }
    // Some are left, or one that went on has let others be stopped meanwhile.
    shut = isPressed() || channels.stream().anyMatch(GatedChannel::waits);
    if (shut) {
      startTimer();
      return;
    }
    turns.clear(); // its channel goes on with the others
  }

  boolean fits(long bytes) {
    return room.fits(bytes, now());
  }

  /** What a channel may cost that goes on: its next message, or all that its peer will ask for. */
  long expectedCost(GatedChannel channel) {
    return costs.bytes(channel.record(), now());
  }

  List<GatedChannel> waiting() {
    return channels.stream().filter(GatedChannel::waits).toList();
  }

  void goOn(GatedChannel channel) {
    if (channels.contains(channel) && channel.waits() && channel.goOn()) {
      moveToEnd(channel);
    }
  }

  /**
   * The next time the others come first. Not for a channel that could not read yet: its client may
   * be the one who waits for this reply before it reads others.
   */
  void moveToEnd(GatedChannel channel) {
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
    ticks++;
    if (isPressed()) {
      memory.trim();
    }
    blameForGrowth();
    letGoOn();
    if (!shut) {
      return;
    }
    if (timeouts.takeDue(now())) {
      waiting().forEach(channel -> channel.resetTimeouts(ticks));
    }
    watch.look(budget.reservedBytes(), memory.usedBytes());
    if (watch.stillTicks() == 0) {
      risks.fellToNewLow();
    }
    if (watch.hasShrunk()) {
      usedAtLook = memory.usedBytes();
      lookSoon();
    }
    turns.tick();
    tickProbes();
    if (watch.stillTicks() >= STUCK_TICKS && unknown.missingBytes(now()) > 0) {
      stalled.tick(channels, now());
    }
  }

  /** Some wait, here or at another gate, for memory that does not get less. Any thread. */
  private void endStalled() {
    Tasks.execute(
        eventLoop,
        "the end of stalled channels",
        () -> {
          if (stalled.end(List.copyOf(channels), unknown.missingBytes(now()), now())) {
            memory.trim(); // or what is empty now would stay for long where the gate is open
          }
        });
  }

  private void tickProbes() {
    for (GatedChannel ended; (ended = probes.takeEnded(ticks)) != null; ) {
      moveToEnd(ended);
      if (!mayRead(ended)) {
        ended.stop();
      }
    }
    if (hasRoom()) {
      return; // turns do it
    }
    int free = probes.free(EndProbes.places(shared), ticks);
    for (GatedChannel channel : waiting()) {
      if (free <= 0) {
        return;
      }
      // Not those that may ask for more output: their ends are seen when they are written to.
      ReadRecord record = channel.record();
      if (record.isGrowing()
          && !record.hasOutput()
          && !isTurnOf(channel)
          && channels.contains(channel)) { // what another one was handed may end it
        free--;
        probes.open(channel, ticks);
        goOn(channel);
      }
    }
  }

  /** Puts growth that no read explains down to all who have read meanwhile. */
  private void blameForGrowth() {
    long bytes = unexplained.takeBytesOfNote();
    List<GatedChannel> readers = channels.stream().filter(GatedChannel::takeReadSinceTick).toList();
    if (bytes <= 0) {
      return;
    }
    for (GatedChannel channel : readers) {
      channel.record().suspect(bytes / readers.size(), ticks);
      if (!mayRead(channel)) {
        channel.stop();
      }
    }
  }
}
