package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Blocks;
import io.github.litealloc.Chunks;
import io.github.litealloc.FreeRunVisitor;
import io.github.litealloc.RemoteFree;
import io.github.litealloc.Strategy;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.MemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Code of others, of every kind that ours calls, which does as it should, until one {@link
 * ForeignPoint} is armed. Any thread.
 */
final class ForeignCode {

  private static final int PAGE_BYTES = 4096;

  /** When the armed point strikes. */
  enum Moment {
    BEFORE_ITS_WORK,
    AFTER_ITS_WORK
  }

  private final Map<ForeignPoint, Set<String>> callersSeen = new EnumMap<>(ForeignPoint.class);
  private final Set<Throwable> thrown = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Map<ForeignPoint, Set<Moment>> momentsSeen = new EnumMap<>(ForeignPoint.class);
  private volatile @Nullable ForeignPoint armed;
  private final @Nullable ForeignPoint besides;
  private int timesBesides;
  private Moment moment = Moment.BEFORE_ITS_WORK;
  private Runnable strike = () -> {};
  private int strikesLeft;
  private int strikesUnderWay;
  private volatile boolean isRefusing;

  /** Code in which nothing fails. */
  ForeignCode() {
    this(null);
  }

  /**
   * @param besides where every second call fails
   */
  ForeignCode(@Nullable ForeignPoint besides) {
    this.besides = besides;
  }

  /** Has a point throw. */
  synchronized void arm(ForeignPoint point, Moment when, int times, Supplier<Throwable> failure) {
    armWith(
        point,
        when,
        times,
        () -> {
          Throwable fresh = failure.get();
          synchronized (this) {
            thrown.add(fresh);
          }
          ForeignCode.<RuntimeException>raise(fresh);
        });
  }

  /** Has a point do something besides its work. */
  synchronized void armWith(ForeignPoint point, Moment when, int times, Runnable what) {
    armed = point;
    moment = when;
    strikesLeft = times;
    strike = what;
  }

  /** Nothing strikes any more, and what has struck on another thread has come to its end. */
  synchronized void disarm() throws InterruptedException {
    armed = null;
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(ForeignTrial.PATIENCE_SECONDS);
    while (strikesUnderWay > 0 && System.nanoTime() - endNanos < 0) {
      wait(10);
    }
    assertThat(strikesUnderWay).as("calls that have not ended").isZero();
  }

  @SuppressWarnings("unchecked") // checked exceptions, too, since others may do so
  private static <E extends Throwable> void raise(Throwable failure) throws E {
    throw (E) failure;
  }

  synchronized Set<Moment> momentsSeen(ForeignPoint point) {
    return Set.copyOf(momentsSeen.getOrDefault(point, Set.of()));
  }

  /** Which classes of ours were on the stack when a point was called. */
  synchronized Set<String> callersSeen(ForeignPoint point) {
    return Set.copyOf(callersSeen.getOrDefault(point, Set.of()));
  }

  /** Whether an exception is what a point has thrown, or follows from it. */
  synchronized boolean isFrom(Throwable failure) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (thrown.contains(next)) {
        return true;
      }
      for (Throwable suppressed : next.getSuppressed()) {
        if (thrown.contains(suppressed)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A point is called. */
  void at(ForeignPoint point) {
    at(point, Moment.BEFORE_ITS_WORK);
  }

  /** Its work is done. */
  void after(ForeignPoint point) {
    at(point, Moment.AFTER_ITS_WORK);
  }

  /** The same where Netty and the JDK call it, too. */
  void atIfOurs(ForeignPoint point) {
    if (isCalledByOurs()) {
      at(point);
    }
  }

  private void at(ForeignPoint point, Moment when) {
    if (armed == null) {
      note(point);
    }
    failBesides(point, when);
    Runnable what;
    synchronized (this) {
      momentsSeen.computeIfAbsent(point, any -> EnumSet.noneOf(Moment.class)).add(when);
      if (point != armed || when != moment || strikesLeft == 0) {
        return;
      }
      strikesLeft--;
      strikesUnderWay++;
      what = strike;
    }
    try {
      what.run();
    } finally {
      synchronized (this) {
        strikesUnderWay--;
      }
    }
  }

  /** What another point needs to be called at all. */
  private void failBesides(ForeignPoint point, Moment when) {
    if (point == besides && when == Moment.BEFORE_ITS_WORK && timesBesides++ % 2 == 0) {
      RuntimeException failure = new IllegalArgumentException("thrown by a test, besides");
      synchronized (this) {
        thrown.add(failure);
      }
      throw failure;
    }
  }

  private void note(ForeignPoint point) {
    Set<String> callers =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(ForeignCalls::isMain)
                        .map(type -> ForeignCalls.simple(type.getName()))
                        .collect(Collectors.toSet()));
    synchronized (this) {
      callersSeen.computeIfAbsent(point, any -> new HashSet<>()).addAll(callers);
    }
  }

  private static boolean isCalledByOurs() {
    return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(
            frames ->
                frames
                    .map(StackWalker.StackFrame::getDeclaringClass)
                    .dropWhile(type -> type.getName().contains(".Foreign"))
                    .findFirst()
                    .filter(ForeignCalls::isMain)
                    .isPresent());
  }

  Runnable runnable(ForeignPoint point) {
    return () -> at(point);
  }

  // ---- strategies ----

  StrategyFactory strategies() {
    return new StrategyFactory() {
      @Override
      public String name() {
        at(ForeignPoint.STRATEGY_NAMED);
        return "foreign";
      }

      @Override
      public Strategy create(Chunks chunks) {
        at(ForeignPoint.STRATEGY_MADE);
        Strategy strategy = new ForeignStrategy(chunks);
        after(ForeignPoint.STRATEGY_MADE);
        return strategy;
      }
    };
  }

  /** Gives each block a chunk, and keeps empty ones until it is told to trim. */
  private final class ForeignStrategy extends Strategy {
    private static final int MAX_BYTES = 1 << 20;

    /** Up to this size a block leaves pages of its chunk free. */
    private static final int MAX_SMALL_BYTES = 1_000;

    private final Queue<Integer> empty = new ArrayDeque<>();

    ForeignStrategy(Chunks chunks) {
      super(chunks);
    }

    @Override
    protected long allocate(int bytes, int alignment) {
      at(ForeignPoint.STRATEGY_ALLOCATES);
      int slot = take(Math.max(1, bytes) + alignment);
      if (slot == Chunks.NO_CHUNK) {
        return Blocks.NO_BLOCK;
      }
      chunks.blockAllocated(slot, used(slot, bytes));
      after(ForeignPoint.STRATEGY_ALLOCATES);
      return Blocks.block(slot, (int) chunks.alignedOffset(slot, 0, alignment));
    }

    private int used(int slot, int bytes) {
      return bytes <= MAX_SMALL_BYTES ? 2 * PAGE_BYTES : chunks.bytes(slot);
    }

    private int take(int bytes) {
      for (Integer slot : empty) {
        if (chunks.bytes(slot) >= bytes) {
          empty.remove(slot);
          return slot;
        }
      }
      return chunks.take(bytes);
    }

    @Override
    protected void free(long block, int bytes) {
      at(ForeignPoint.STRATEGY_FREES);
      int slot = Blocks.chunk(block);
      if (chunks.blockFreed(slot, used(slot, bytes))) {
        empty.add(slot);
      }
      after(ForeignPoint.STRATEGY_FREES);
    }

    @Override
    protected long resize(long block, int oldBytes, int newBytes) {
      at(ForeignPoint.STRATEGY_RESIZES);
      boolean staysSmall = oldBytes <= MAX_SMALL_BYTES && newBytes <= MAX_SMALL_BYTES;
      boolean staysLarge = oldBytes > MAX_SMALL_BYTES && newBytes > MAX_SMALL_BYTES;
      int size = chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
      after(ForeignPoint.STRATEGY_RESIZES);
      return staysSmall || staysLarge && newBytes <= size ? block : Blocks.NO_BLOCK;
    }

    @Override
    protected int sizeOf(long block, int bytes) {
      at(ForeignPoint.STRATEGY_SIZES_A_BLOCK);
      if (bytes <= MAX_SMALL_BYTES) {
        return MAX_SMALL_BYTES;
      }
      return chunks.bytes(Blocks.chunk(block)) - Blocks.offset(block);
    }

    @Override
    protected int sizeFor(int bytes) {
      at(ForeignPoint.STRATEGY_SIZES_A_REQUEST);
      return 0;
    }

    @Override
    protected void trim() {
      at(ForeignPoint.STRATEGY_TRIMS);
      for (Integer slot : Set.copyOf(empty)) {
        if (chunks.shouldGoBack(slot)) {
          empty.remove(slot);
          chunks.giveBack(slot, 0);
        }
      }
      after(ForeignPoint.STRATEGY_TRIMS);
    }

    @Override
    protected void visitFreeRuns(FreeRunVisitor visitor) {
      at(ForeignPoint.STRATEGY_SHOWS);
    }

    /** It knows of nothing that is free beside a block. */
    @Override
    protected boolean forgetFree(BitSet slots, FreeRunVisitor visitor) {
      at(ForeignPoint.STRATEGY_FORGETS);
      return true;
    }

    @Override
    protected void reset() {
      at(ForeignPoint.STRATEGY_RESETS);
      empty.clear();
      after(ForeignPoint.STRATEGY_RESETS);
    }

    @Override
    protected int maxBytes() {
      at(ForeignPoint.STRATEGY_LIMITS);
      return MAX_BYTES;
    }
  }

  // ---- memory ----

  /** Whether the source has no memory. */
  void refuse(boolean isRefusing) {
    this.isRefusing = isRefusing;
  }

  MemorySource source() {
    return new MemorySource() {
      @Override
      public Memory allocate(int bytes) {
        at(ForeignPoint.SOURCE_ALLOCATES);
        if (isRefusing) {
          throw new OutOfMemoryError("refused by the test's source");
        }
        Memory memory =
            new ForeignMemory(NettyMemorySource.INSTANCE.allocate(bytes + PAGE_BYTES), bytes);
        after(ForeignPoint.SOURCE_ALLOCATES);
        return memory;
      }

      @Override
      public String name() {
        at(ForeignPoint.SOURCE_NAMED);
        return "foreign";
      }

      @Override
      public boolean freesAtOnce() {
        at(ForeignPoint.SOURCE_TELLS_WHO_FREES);
        return true;
      }

      @Override
      public boolean usesNativeHeap() {
        at(ForeignPoint.SOURCE_TELLS_ITS_HEAP);
        return true;
      }
    };
  }

  private final class ForeignMemory implements MemorySource.Memory {
    private final MemorySource.Memory memory;
    private final ByteBuffer buffer;
    private final int offset;
    private boolean isReleased;

    ForeignMemory(MemorySource.Memory memory, int bytes) {
      this.memory = memory;
      this.offset = -memory.buffer().alignmentOffset(0, PAGE_BYTES) & PAGE_BYTES - 1;
      this.buffer = memory.buffer().slice(offset, bytes);
    }

    @Override
    public ByteBuffer buffer() {
      at(ForeignPoint.MEMORY_SHOWN);
      return buffer;
    }

    @Override
    public long address() {
      at(ForeignPoint.MEMORY_LOCATED);
      return memory.address() == 0 ? 0 : memory.address() + offset;
    }

    @Override
    public int pageBytes() {
      at(ForeignPoint.MEMORY_HAS_PAGES);
      return PAGE_BYTES;
    }

    @Override
    public void handBack(int offset, int bytes) {
      at(ForeignPoint.MEMORY_HANDED_BACK);
      for (int i = offset; i < offset + bytes; i++) {
        buffer.put(i, (byte) 0);
      }
      after(ForeignPoint.MEMORY_HANDED_BACK);
    }

    @Override
    public void release() {
      at(ForeignPoint.MEMORY_RELEASED);
      if (isReleased) {
        throw new AssertionError("memory is released twice");
      }
      isReleased = true;
      memory.release();
    }
  }

  // ---- what is released elsewhere ----

  RemoteFree released(Runnable free) {
    return new RemoteFree() {
      private @Nullable RemoteFree next;

      @Override
      public @Nullable RemoteFree nextRemoteFree() {
        at(ForeignPoint.RELEASED_IS_FOLLOWED);
        return next;
      }

      @Override
      public void setNextRemoteFree(@Nullable RemoteFree next) {
        at(ForeignPoint.RELEASED_IS_LINKED);
        this.next = next;
      }

      @Override
      public void freeOnOwner() {
        at(ForeignPoint.RELEASED_FREES);
        free.run();
        after(ForeignPoint.RELEASED_FREES);
      }
    };
  }
}
