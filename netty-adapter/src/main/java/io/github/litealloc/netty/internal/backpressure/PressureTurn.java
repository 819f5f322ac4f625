package io.github.litealloc.netty.internal.backpressure;

/** A channel that may read while others must not, and for how long. That channel's event loop. */
final class PressureTurn {

  /** How long a channel may go on reading if it always finds something. */
  static final int MAX_TICKS = 50;

  /** How long it may wait for its peer to send more: if all took turns quickly, all would grow. */
  private static final int MAX_UNUSED_TICKS = 10;

  private final GatedChannel channel;
  private final boolean needsRoom;

  private boolean used;
  private boolean usedSinceTick;
  private long grownBytes;
  private int ticks;
  private int unusedTicks;

  /**
   * @param needsRoom whether it ends when memory gets critical
   */
  PressureTurn(GatedChannel channel, boolean needsRoom) {
    this.channel = channel;
    this.needsRoom = needsRoom;
  }

  GatedChannel channel() {
    return channel;
  }

  boolean needsRoom() {
    return needsRoom;
  }

  /** The channel hands on what it has read. */
  void use() {
    used = true;
    usedSinceTick = true;
  }

  /** The channel has read, and so much more memory is used. */
  void grow(long deltaBytes) {
    grownBytes += deltaBytes;
  }

  long grownBytes() {
    return grownBytes;
  }

  boolean isUsed() {
    return used;
  }

  /** Some time has passed, in which memory has not got less. */
  void tick() {
    ticks++;
    unusedTicks = usedSinceTick ? 0 : unusedTicks + 1;
    usedSinceTick = false;
  }

  boolean isOver() {
    // What is there to be read is read at once: before the first tick.
    return !used || ticks >= MAX_TICKS || unusedTicks >= MAX_UNUSED_TICKS;
  }
}
