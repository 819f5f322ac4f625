package io.github.litealloc.netty.attack;

import io.github.litealloc.netty.LiteByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Somebody who has buffers and does things to them, at random. For one thread at a time, but for
 * {@link #take}.
 */
final class Actor {

  private static final int MAX_LIVE = 40;
  private static final int MAX_SMALL_BYTES = 2_048;
  private static final int MAX_BYTES = 120_000;

  private final LiteByteBufAllocator allocator;
  private final Random random;
  private final List<ModelledBuffer> live = new ArrayList<>();
  private final Queue<ModelledBuffer> handedOver = new ConcurrentLinkedQueue<>();
  private List<Actor> others = List.of();
  private long refusals;

  Actor(LiteByteBufAllocator allocator, long seed) {
    this.allocator = allocator;
    this.random = new Random(seed);
  }

  void others(List<Actor> others) {
    this.others = others;
  }

  /** Gets a buffer from another actor. Any thread. */
  private void take(ModelledBuffer buffer) {
    handedOver.add(buffer);
  }

  /** How many requests were refused, which is allowed. */
  long refusals() {
    return refusals;
  }

  void act(int operations) {
    for (int i = 0; i < operations; i++) {
      try {
        act();
      } catch (OutOfMemoryError e) {
        refusals++;
        releaseOne();
      }
    }
  }

  private void act() {
    ModelledBuffer given = handedOver.poll();
    if (given != null) {
      given.verify();
      live.add(given);
    }
    if (live.size() > MAX_LIVE) {
      releaseOne();
    }
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> allocate();
      case 3, 4 -> releaseOne();
      case 5 -> handOver();
      default -> touch();
    }
  }

  private int size() {
    return random.nextInt(8) == 0 ? random.nextInt(MAX_BYTES) : random.nextInt(MAX_SMALL_BYTES);
  }

  private void allocate() {
    int size = size();
    live.add(
        new ModelledBuffer(
            random.nextBoolean()
                ? allocator.directBuffer(size)
                : allocator.directBuffer(size, 4 * MAX_BYTES),
            random));
  }

  private void touch() {
    if (live.isEmpty()) {
      return;
    }
    ModelledBuffer buffer = live.get(random.nextInt(live.size()));
    switch (random.nextInt(8)) {
      case 0 -> buffer.resize(random, size());
      case 1 -> buffer.discard(random);
      case 2, 3, 4 -> buffer.write(random);
      default -> buffer.read(random);
    }
  }

  private void handOver() {
    if (!live.isEmpty()) {
      others.get(random.nextInt(others.size())).take(takeOne());
    }
  }

  private void releaseOne() {
    if (!live.isEmpty()) {
      takeOne().release();
    }
  }

  private ModelledBuffer takeOne() {
    int last = live.size() - 1;
    int index = random.nextInt(live.size());
    ModelledBuffer taken = live.get(index);
    live.set(index, live.get(last));
    live.remove(last);
    return taken;
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
