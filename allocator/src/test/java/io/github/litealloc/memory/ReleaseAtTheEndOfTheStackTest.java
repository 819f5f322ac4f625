package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A chunk that is said to have gone back has done so, wherever the stack ends. */
final class ReleaseAtTheEndOfTheStackTest {

  private static final int STACK_BYTES = 256 * 1024;

  /** At so many depths a release begins, from the first at which it does not end. */
  private static final int DEPTHS = 400;

  /** How often that one is looked for: compiled frames are smaller. */
  private static final int ROUNDS = 5;

  /** How many calls deep a source is. */
  private static final int CALLS = 25;

  private int tooLate;

  private static final class DeepMemory implements MemorySource.Memory {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Chunk.UNIT_BYTES);
    private boolean hasBegun;
    private boolean isReleased;

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public void release() {
      hasBegun = true;
      dive(CALLS, () -> isReleased = true);
    }
  }

  private static void dive(int calls, Runnable then) {
    if (calls == 0) {
      then.run();
    } else {
      dive(calls - 1, then);
    }
  }

  /** Returns whether there was stack enough. */
  private boolean releaseAt(int depth) {
    DeepMemory memory = new DeepMemory();
    Chunk chunk = new Chunk(memory, Chunk.UNIT_BYTES);
    boolean[] isDone = {false};
    boolean isEnough = true;
    try {
      dive(depth, () -> isDone[0] = chunk.release());
    } catch (StackOverflowError e) {
      tooLate++;
      isEnough = false;
    }
    assertThat(memory.hasBegun).as("has begun, at %d", depth).isEqualTo(isDone[0]);
    assertThat(memory.isReleased).as("released, at %d", depth).isEqualTo(isDone[0]);
    assertThat(isDone[0] || chunk.release()).as("later").isTrue();
    assertThat(memory.isReleased).as("released in the end").isTrue();
    return isEnough;
  }

  private void releaseAtAllDepths() {
    for (int round = 0; round < ROUNDS; round++) {
      releaseWhereTheStackEnds();
    }
  }

  private void releaseWhereTheStackEnds() {
    int depth = 1;
    while (releaseAt(depth)) { // the first time so that no class is initialised at the end
      depth *= 2;
    }
    for (int step = depth / 2; step > 0; step /= 2) {
      depth += releaseAt(depth) ? step : -step;
    }
    for (int i = 0; i < DEPTHS; i++) {
      releaseAt(depth + i);
    }
  }

  @Test
  void release_whereverTheStackEnds_isDoneOrHasNotBegun() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(null, this::releaseAtAllDepths, "small", STACK_BYTES);
    thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
    assertThat(tooLate).isPositive();
  }
}
