package io.github.litealloc.netty.attack;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Somebody who has buffers and does things to them, at random. For one thread at a time, but for
 * {@link #take}.
 */
final class Actor {

  private static final int MAX_LIVE = 40;
  private static final int MAX_SMALL_BYTES = 2_048;
  private static final int MAX_BYTES = 120_000;
  private static final int LARGE_ONE_IN = 32;

  private final LiteByteBufAllocator allocator;
  private final Tally tally;
  private final Dice dice;
  private final List<ModelledBuffer> live = new ArrayList<>();
  private final Queue<ModelledBuffer> handedOver = new ConcurrentLinkedQueue<>();
  private List<Actor> others = List.of();

  Actor(LiteByteBufAllocator allocator, Tally tally, long seed) {
    this.allocator = allocator;
    this.tally = tally;
    this.dice = new Dice(seed);
  }

  void others(List<Actor> others) {
    this.others = others;
  }

  /** Gets a buffer from another actor. Any thread. */
  private void take(ModelledBuffer buffer) {
    handedOver.add(buffer);
  }

  /** Acts, and counts what it did and which requests were refused, which is allowed. */
  void act(int operations) {
    for (int i = 0; i < operations; i++) {
      try {
        act();
      } catch (OutOfMemoryError e) {
        tally.refusals(1);
        releaseOne();
      }
    }
    tally.operations(operations);
  }

  private void act() {
    ModelledBuffer given = handedOver.poll();
    if (given != null) {
      given.verify(dice);
      live.add(given);
    }
    if (live.size() > MAX_LIVE) {
      releaseOne();
    }
    switch (dice.below(12)) {
      case 0, 1, 2 -> allocate();
      case 3, 4 -> releaseOne();
      case 5 -> handOver();
      default -> touch();
    }
  }

  private int size() {
    return dice.below(dice.isOneIn(LARGE_ONE_IN) ? MAX_BYTES : MAX_SMALL_BYTES);
  }

  private void allocate() {
    int size = size();
    live.add(
        new ModelledBuffer(
            dice.isOneIn(2)
                ? allocator.directBuffer(size)
                : allocator.directBuffer(size, 4 * MAX_BYTES),
            dice));
  }

  private void touch() {
    if (live.isEmpty()) {
      return;
    }
    ModelledBuffer buffer = live.get(dice.below(live.size()));
    switch (dice.below(8)) {
      case 0 -> buffer.resize(dice, size());
      case 1 -> buffer.discard(dice);
      case 2, 3, 4 -> buffer.write(dice);
      default -> buffer.read(dice);
    }
  }

  private void handOver() {
    if (!live.isEmpty()) {
      others.get(dice.below(others.size())).take(takeOne());
    }
  }

  private void releaseOne() {
    if (!live.isEmpty()) {
      takeOne().release(dice);
    }
  }

  private ModelledBuffer takeOne() {
    int last = live.size() - 1;
    int index = dice.below(live.size());
    ModelledBuffer taken = live.get(index);
    live.set(index, live.get(last));
    live.remove(last);
    return taken;
  }

  /** Adds what it has to a collection. Nobody may act meanwhile. */
  void addTo(Collection<ByteBuf> all) {
    live.forEach(each -> all.add(each.buffer()));
    handedOver.forEach(each -> all.add(each.buffer()));
  }

  /** Releases everything. When all others have come to their end, too: they may hand over more. */
  void end() {
    for (ModelledBuffer given = handedOver.poll(); given != null; given = handedOver.poll()) {
      live.add(given);
    }
    while (!live.isEmpty()) {
      releaseOne();
    }
  }
}
