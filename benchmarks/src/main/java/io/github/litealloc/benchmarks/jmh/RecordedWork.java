package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.record.BufferLives;
import io.github.litealloc.benchmarks.record.Recordings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Goes through {@link RecordedSteps}, again and again. One thread. */
final class RecordedWork {

  private final RecordedSteps steps;
  private final ByteBufAllocator allocator;
  private final @Nullable ByteBuf[] buffers = new ByteBuf[RecordedSteps.LENGTH];
  private int next;

  RecordedWork(RecordedSteps steps, ByteBufAllocator allocator) {
    this.steps = steps;
    this.allocator = allocator;
  }

  /**
   * Draws from a file.
   *
   * @param recording what {@link Recordings} can read
   * @param seed any number
   */
  static RecordedSteps steps(String recording, long seed) {
    BufferLives lives = BufferLives.of(Recordings.read(Path.of(recording)));
    if (lives.count() == 0) {
      throw new IllegalArgumentException(
          "recording: " + recording + ", in which no buffer has bytes");
    }
    return new RecordedSteps(lives, seed);
  }

  /** Makes a number of steps. */
  void go(int count) {
    for (int i = 0; i < count; i++) {
      int step = next;
      next = RecordedSteps.next(step);
      int end = steps.firstEnding(step + 1);
      for (int position = steps.firstEnding(step); position < end; position++) {
        int ending = steps.ending(position);
        ByteBuf buffer = buffers[ending];
        if (buffer != null) { // else it was to be allocated before the first step
          buffer.release();
          buffers[ending] = null;
        }
      }
      int bytes = steps.size(step);
      ByteBuf buffer = allocator.directBuffer(bytes);
      buffer.setByte(0, bytes);
      buffer.setByte(bytes - 1, bytes);
      buffers[step] = buffer;
    }
  }

  /** Releases everything. */
  void end() {
    for (ByteBuf buffer : buffers) {
      if (buffer != null) {
        buffer.release();
      }
    }
  }
}
