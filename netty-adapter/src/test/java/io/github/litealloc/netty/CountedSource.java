package io.github.litealloc.netty;

import io.github.litealloc.memory.MemorySource;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** A source that knows what it has handed out, and takes nothing back while it is told so. */
final class CountedSource implements MemorySource {

  private final MemorySource inner = DefaultMemorySource.find();
  private final AtomicLong bytes = new AtomicLong();

  /** Whether it throws when memory is given back. */
  volatile boolean takesNothingBack;

  /** What it has handed out and not got back. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public Memory allocate(int size) {
    Memory memory = inner.allocate(size);
    bytes.addAndGet(size);
    return new CountedMemory(memory, size);
  }

  @Override
  public String name() {
    return "counted";
  }

  private final class CountedMemory implements Memory {
    private final Memory memory;
    private final int size;

    CountedMemory(Memory memory, int size) {
      this.memory = memory;
      this.size = size;
    }

    @Override
    public ByteBuffer buffer() {
      return memory.buffer();
    }

    @Override
    public long address() {
      return memory.address();
    }

    @Override
    public void release() {
      if (takesNothingBack) {
        throw new IllegalStateException("not now");
      }
      memory.release();
      bytes.addAndGet(-size);
    }
  }
}
