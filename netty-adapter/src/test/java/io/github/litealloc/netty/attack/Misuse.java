package io.github.litealloc.netty.attack;

import io.netty.buffer.ByteBuf;

/** What a thread may do to a buffer that another one is just releasing. No program may. */
enum Misuse {
  RELEASE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.release();
    }
  },
  RELEASE_BY_A_SLICE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.slice(0, MIN_BYTES).release();
    }
  },
  RELEASE_BY_A_DUPLICATE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.duplicate().release();
    }
  },
  RETAIN_AND_RELEASE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.retain().release();
    }
  },
  RETAINED_SLICE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.retainedSlice(0, MIN_BYTES).release();
    }
  },
  RETAINED_DUPLICATE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.retainedDuplicate().release();
    }
  },
  RESIZE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.capacity(anySize(dice));
    }
  },
  WRITE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.setLong(dice.below(victim.capacity() - Long.BYTES + 1), dice.anyLong());
    }
  },
  WRITE_BYTES {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.setBytes(0, dice.scratch(MAX_BYTES), 0, victim.capacity());
    }
  },
  WRITE_BY_A_SLICE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.slice(0, MIN_BYTES).setLong(Long.BYTES, dice.anyLong());
    }
  },
  WRITE_BY_A_DUPLICATE {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.duplicate().setIndex(0, 0).writeLong(dice.anyLong());
    }
  },
  WRITE_TO_MEMORY {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.nioBuffer(0, MIN_BYTES).putLong(0, dice.anyLong());
    }
  },
  READ {
    @Override
    void of(ByteBuf victim, Dice dice) {
      victim.getBytes(0, dice.scratch(MIN_BYTES), 0, MIN_BYTES);
    }
  };

  static final int MIN_BYTES = 2 * Long.BYTES;
  static final int MAX_BYTES = 100_000;
  private static final int MAX_SMALL_BYTES = 3_000;

  abstract void of(ByteBuf victim, Dice dice);

  /** A capacity with which all of them can be tried. */
  static int anySize(Dice dice) {
    int most = dice.isOneIn(16) ? MAX_BYTES : MAX_SMALL_BYTES;
    return MIN_BYTES + dice.below(most - MIN_BYTES);
  }
}
