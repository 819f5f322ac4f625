package io.github.litealloc.benchmarks.record;

import java.util.Arrays;

/**
 * How large each buffer of a history was, and how long it lived: not in time, but in allocations of
 * the thread that made it, so that whoever draws from it has as much live as that thread had, how
 * fast he may be. Unchangeable.
 */
public final class BufferLives {

  private final int count;
  private final int[] sizes;
  private final int[] lives;

  private BufferLives(int count, int[] sizes, int[] lives) {
    this.count = count;
    this.sizes = sizes;
    this.lives = lives;
  }

  /**
   * Reads a history. A buffer counts with the largest size that it had; one that was never released
   * lives until the end, and one without bytes is left out.
   *
   * @param traffic the history
   * @return its buffers
   */
  public static BufferLives of(Traffic traffic) {
    int[] sizes = new int[traffic.buffers()];
    int[] owners = new int[traffic.buffers()];
    int[] births = new int[traffic.buffers()];
    int[] lives = new int[traffic.buffers()];
    int[] allocations = new int[traffic.threads()];
    for (int event = 0; event < traffic.events(); event++) {
      int buffer = traffic.buffer(event);
      switch (traffic.kind(event)) {
        case ALLOCATE -> {
          sizes[buffer] = traffic.size(event);
          owners[buffer] = traffic.thread(event);
          births[buffer] = allocations[traffic.thread(event)]++;
        }
        case RESIZE -> sizes[buffer] = Math.max(sizes[buffer], traffic.size(event));
        case RELEASE -> lives[buffer] = allocations[owners[buffer]] - births[buffer];
      }
    }
    int count = 0;
    for (int buffer = 0; buffer < sizes.length; buffer++) {
      if (sizes[buffer] > 0) {
        sizes[count] = sizes[buffer];
        lives[count] =
            lives[buffer] > 0 ? lives[buffer] : allocations[owners[buffer]] - births[buffer];
        count++;
      }
    }
    return new BufferLives(count, Arrays.copyOf(sizes, count), Arrays.copyOf(lives, count));
  }

  /** {@return how many buffers there are} */
  public int count() {
    return count;
  }

  /**
   * Returns how large a buffer was.
   *
   * @param buffer from 0
   * @return bytes, at least 1
   */
  public int size(int buffer) {
    return sizes[buffer];
  }

  /**
   * Returns how long a buffer lived.
   *
   * @param buffer from 0
   * @return allocations of its thread, its own among them: 1 if it was released before the next
   */
  public int life(int buffer) {
    return lives[buffer];
  }
}
