package io.github.litealloc.netty;

import io.netty.buffer.ByteBuf;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a buffer that its arena does not keep alive while it is out, because Netty's
 * leak detector tracks it or because it is sampled. It outlives a buffer that was forgotten, whose
 * memory it then stands for.
 *
 * <p>Made by the arena's owner; any thread may read it.
 */
final class WeaklyHeldBuffer extends WeakReference<ByteBuf> {

  private final long allocatedNanos;
  private final @Nullable Sample sample;

  /** Written by whoever resizes the buffer. */
  private volatile Place place;

  /** Whether the buffer has come back, after which it may be collected without being forgotten. */
  private volatile boolean isBack;

  /**
   * Why a buffer stands for others.
   *
   * @param stack where it was asked for
   * @param everyN one in how many buffers was sampled then
   */
  record Sample(AllocationStack stack, int everyN) {}

  /**
   * Where a buffer's bytes are.
   *
   * @param capacity how many
   * @param chunk the slot of the chunk; {@link #ELSEWHERE} or {@link #IN_ANOTHER_ARENA} if the
   *     buffer has moved away from its arena
   * @param chunkBytes the size of that chunk, 0 if there is none
   */
  record Place(int capacity, int chunk, int chunkBytes) {

    /** The bytes are another allocator's. */
    static final int ELSEWHERE = -1;

    /** The bytes are those of another buffer, which an arena knows. */
    static final int IN_ANOTHER_ARENA = -2;

    static Place elsewhere(int capacity, boolean inAnotherArena) {
      return new Place(capacity, inAnotherArena ? IN_ANOTHER_ARENA : ELSEWHERE, 0);
    }

    boolean isInArena() {
      return chunk >= 0;
    }

    boolean isInAnotherArena() {
      return chunk == IN_ANOTHER_ARENA;
    }
  }

  WeaklyHeldBuffer(ByteBuf buffer, Place place, long allocatedNanos, @Nullable Sample sample) {
    super(buffer);
    this.allocatedNanos = allocatedNanos;
    this.sample = sample;
    this.place = place;
  }

  /** The buffer was resized. */
  void moved(Place place) {
    this.place = place;
  }

  Place place() {
    return place;
  }

  /** The buffer has come back. Before its object can be reused or collected. */
  void cameBack() {
    isBack = true;
  }

  boolean isBack() {
    return isBack;
  }

  long allocatedNanos() {
    return allocatedNanos;
  }

  @Nullable Sample sample() {
    return sample;
  }
}
