package io.github.litealloc.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.util.Locale;

/** What stands between who uses a buffer and the memory. */
enum Through {
  /** Nothing: the buffer as it is allocated. */
  PLAIN {
    @Override
    ByteBuf open(ByteBufAllocator alloc, int bytes) {
      return alloc.directBuffer(bytes);
    }
  },

  /** A slice of a buffer that is a little larger on both sides. */
  SLICE {
    @Override
    ByteBuf open(ByteBufAllocator alloc, int bytes) {
      ByteBuf whole = alloc.directBuffer(bytes + 2 * MARGIN).writeZero(bytes + 2 * MARGIN);
      return whole.slice(MARGIN, bytes);
    }
  },

  /** A duplicate. */
  DUPLICATE {
    @Override
    ByteBuf open(ByteBufAllocator alloc, int bytes) {
      return alloc.directBuffer(bytes).duplicate();
    }
  },

  /** A composite buffer of equal parts, full to begin with. */
  COMPOSITE {
    @Override
    ByteBuf open(ByteBufAllocator alloc, int bytes) {
      CompositeByteBuf composite = alloc.compositeDirectBuffer(COMPONENTS);
      int part = (bytes + COMPONENTS - 1) / COMPONENTS;
      for (int i = 0; i < COMPONENTS; i++) {
        composite.addComponent(true, alloc.directBuffer(part).writeZero(part));
      }
      return composite;
    }
  },

  /** What the leak detector, at its default level, puts around the buffers that it picks. */
  LEAK_AWARE {
    @Override
    ByteBuf open(ByteBufAllocator alloc, int bytes) {
      ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
      try {
        ByteBuf buffer = alloc.directBuffer(bytes);
        while (buffer.unwrap() == null) { // one in 128 has something around it
          buffer.release();
          buffer = alloc.directBuffer(bytes);
        }
        return buffer;
      } finally {
        ResourceLeakDetector.setLevel(before);
      }
    }
  };

  private static final int COMPONENTS = 4;
  private static final int MARGIN = 16;

  /** Returns a buffer of at least so many bytes, which a release frees. */
  abstract ByteBuf open(ByteBufAllocator alloc, int bytes);

  static Through of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
