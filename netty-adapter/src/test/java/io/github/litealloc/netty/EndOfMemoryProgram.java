package io.github.litealloc.netty;

import io.github.litealloc.Hardening;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets the stack end at every depth of every operation, on a thread with a small stack of its own,
 * which is an event loop or not; or the heap, with so many allocations of the JVM left. A program,
 * since it needs a JVM with options of its own. What it prints at the end is {@code lost blocks,
 * bytes, dead arenas}.
 */
final class EndOfMemoryProgram {

  private static final long STACK_BYTES = 256 * 1024;

  /** How many calls before the end of the stack an operation begins at the earliest. */
  private static final int WINDOW = Integer.getInteger("litealloc.test.depths", 30);

  /** Of so many depths each strategy takes one, and the next strategy the next one. */
  private static final int STEP = Integer.getInteger("litealloc.test.depth.step", 1);

  /** What is left of a full heap for an operation. */
  private static final int[] FREE_BYTES = {0, 64, 256, 1024, 4096};

  private static final int HEAP_STEP = Integer.getInteger("litealloc.test.heap.step", 1);

  private static final int HEAP_ROUNDS = Integer.getInteger("litealloc.test.heaps", 1);

  private static final String[] STRATEGIES = {
    "hybrid", "free-list", "segregated-bump", "bump-free-list"
  };

  private static final int[] SIZES = {100, 9_000, 300_000, 3_000_000};
  private static final int BIGGEST_HELD = 1_000_000;
  private static final byte OUTSIDE_BYTE = 77;
  private static final int BYSTANDERS = 6;

  /** How long to wait for the ends of allocators that nobody calls any more. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Hardening HARDENING =
      Boolean.getBoolean("litealloc.test.hardened") ? Hardening.debug() : Hardening.off();

  /** Gets tasks at the end of others' stacks, and must go on. */
  private static final EventLoop BYSTANDER =
      new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("bystander", true), NioIoHandler.newFactory())
          .next();

  /** One operation that is to be at the end of the stack. */
  private interface Operation {
    void run(Case on);
  }

  /** What comes before it is not at the end of the stack. */
  private record Named(String name, Operation before, Operation operation) {
    Named(String name, Operation operation) {
      this(name, on -> {}, operation);
    }
  }

  private static List<Named> operations() {
    List<Named> all = new ArrayList<>();
    for (int size : SIZES) {
      all.add(new Named("allocate " + size, on -> on.held[on.count] = on.allocate(size)));
      all.add(new Named("release " + size, on -> on.release(size)));
      all.add(new Named("grow to " + size, on -> on.buffer(50).capacity(size)));
      if (size < BIGGEST_HELD) {
        all.add(
            new Named("last release " + size, on -> on.closeBut(size), on -> on.last.release()));
      }
    }
    all.add(new Named("trim", on -> on.allocator.trim()));
    all.add(new Named("trim on a loop", Case::holdOnLoop, on -> on.allocator.trim()));
    all.add(
        new Named("release to a loop", Case::holdOnLoop, on -> on.held[on.count - 1].release()));
    all.add(new Named("allocate heap", on -> on.outside = on.allocator.heapBuffer(500)));
    all.add(
        new Named(
            "release heap",
            on -> on.outside = on.allocator.heapBuffer(500),
            on -> on.outside.release()));
    all.add(
        new Named(
            "allocate beyond", Case::fillSmall, on -> on.outside = on.small().directBuffer(900)));
    all.add(
        new Named(
            "release beyond",
            on -> {
              on.fillSmall();
              on.outside = on.small().directBuffer(900);
            },
            on -> on.outside.release()));
    all.add(
        new Named(
            "grow heap",
            on -> on.holdOutside(on.allocator.heapBuffer(500)),
            on -> on.outside.capacity(9_000)));
    all.add(
        new Named(
            "grow beyond",
            on -> {
              on.fillSmall();
              on.holdOutside(on.small().directBuffer(900));
            },
            on -> on.outside.capacity(9_000)));
    all.add(
        new Named(
            "make an arena",
            on -> on.small = on.newSmall(),
            on -> on.outside = on.small().directBuffer(900)));
    all.add(new Named("release moved", Case::moveOne, on -> on.moved.release()));
    all.add(new Named("release the last moved", Case::moveTheLast, on -> on.moved.release()));
    all.add(new Named("grow moved", Case::moveOne, on -> on.moved.capacity(90_000)));
    all.add(new Named("swap", on -> on.swap()));
    all.add(new Named("close", on -> on.allocator.close()));
    return all;
  }

  /** An allocator, and the buffers that are out. */
  private static final class Case {
    final MemoryBudget budget = MemoryBudget.of("end", 24 << 20);
    final LiteByteBufAllocator allocator;
    final ByteBuf[] held = new ByteBuf[64];
    final String strategy;
    ByteBuf last = Unpooled.EMPTY_BUFFER;
    int count;
    boolean isOther;

    /** What no arena has served. */
    ByteBuf outside = Unpooled.EMPTY_BUFFER;

    boolean isOutsideHeld; // with a byte of ours

    @Nullable LiteByteBufAllocator small;

    /** What has gone on in the arena that came after its own. */
    ByteBuf moved = Unpooled.EMPTY_BUFFER;

    boolean isMovedAlone; // and not among those that are held

    Case(String strategy) {
      this.strategy = strategy;
      this.allocator =
          LiteByteBufAllocator.builder()
              .strategy(strategy)
              .hardening(HARDENING)
              .budget(budget)
              // Netty's default spins or waits for ever once the stack has ended in the middle of
              // it.
              .heapAllocator(UnpooledByteBufAllocator.DEFAULT)
              .whenExhausted(ExhaustionPolicy.THROW)
              .build();
    }

    /** An allocator whose budget is used up, so that others serve. */
    LiteByteBufAllocator small() {
      return Objects.requireNonNull(small);
    }

    LiteByteBufAllocator newSmall() {
      return LiteByteBufAllocator.builder()
          .strategy(strategy)
          .hardening(HARDENING)
          .budget(MemoryBudget.of("small", 1 << 20))
          .whenExhausted(ExhaustionPolicy.FALLBACK)
          .build();
    }

    void fillSmall() {
      small = newSmall();
      for (int i = 0; i < 8; i++) {
        hold(small.directBuffer(200_000));
      }
    }

    void holdOutside(ByteBuf buffer) {
      buffer.setByte(0, OUTSIDE_BYTE);
      outside = buffer;
      isOutsideHeld = true;
    }

    void moveOne() {
      moved = buffer(50);
      swap();
      moved.capacity(20_000);
    }

    /** With its own arena drained, so that nobody knows that one any more. */
    void moveTheLast() {
      moved = buffer(50).retain();
      ByteBuf only = moved;
      swap();
      only.capacity(20_000);
      releaseAll();
      isMovedAlone = true;
    }

    /**
     * How many buffers that are allocated now are touched by what was left to do: none has anything
     * to do with it.
     */
    int harmedBystanders() {
      for (int i = 0; i < held.length; i++) {
        if (held[i] != null && held[i].refCnt() == 0) {
          held[i] = null; // the object may be another buffer's from now on
        }
      }
      ByteBuf[] bystanders = new ByteBuf[BYSTANDERS];
      for (int i = 0; i < bystanders.length; i++) {
        bystanders[i] = allocateAfterwards(i % 2 == 0 ? 50 : 20_000).setByte(0, i);
      }
      allocateAfterwards(100).release(); // whoever comes next
      allocator.trim();
      int harmed = 0;
      for (int i = 0; i < bystanders.length; i++) {
        ByteBuf bystander = bystanders[i];
        if (bystander.refCnt() != 1 || bystander.getByte(0) != i) {
          harmed++;
        } else {
          bystander.release();
        }
      }
      return harmed;
    }

    /** Bytes and buffers that are counted as live, and are not. */
    long countedOutside() {
      if (outside.refCnt() > 0 && outside != Unpooled.EMPTY_BUFFER) {
        outside.release();
      }
      long counted = countedOutside(allocator.metric());
      if (small != null) {
        small.directBuffer(900).release(); // whoever comes next
        small.trim();
        counted += countedOutside(small.metric());
        small.close();
      }
      return counted;
    }

    private static long countedOutside(LiteAllocatorMetric metric) {
      return metric.elsewhereBuffers()
          + metric.elsewhereBytes()
          + metric.heapBuffers()
          + metric.heapBytes();
    }

    ByteBuf allocate(int bytes) {
      return allocator.directBuffer(bytes);
    }

    /** A source that has failed for want of heap is not asked again for a moment. */
    ByteBuf allocateAfterwards(int bytes) {
      long begunNanos = System.nanoTime();
      while (true) {
        try {
          return allocate(bytes);
        } catch (DirectMemoryExhaustedError e) {
          if (System.nanoTime() - begunNanos > PATIENCE_NANOS) {
            throw e;
          }
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
      }
    }

    /** Buffers of all sizes, some of which are released again, so that lists are not empty. */
    void fill() {
      for (int round = 0; round < 3; round++) {
        for (int size : SIZES) {
          if (size < BIGGEST_HELD) {
            hold(allocate(size));
          }
        }
        hold(allocate(50));
      }
      for (int i = 0; i < count; i += 2) {
        held[i].release();
        held[i] = null;
      }
    }

    void hold(ByteBuf buffer) {
      buffer.setByte(0, count);
      held[count++] = buffer;
    }

    /** How many buffers show another byte than was written; none may, but one may show none. */
    int wrongBytes() {
      int wrong = 0;
      if (isOutsideHeld && outside.refCnt() > 0 && !hasItsByte(outside, OUTSIDE_BYTE)) {
        wrong++;
      }
      for (int i = 0; i < count; i++) {
        if (held[i] != null && held[i].refCnt() > 0 && !hasItsByte(held[i], i)) {
          wrong++;
        }
      }
      return wrong;
    }

    private static boolean hasItsByte(ByteBuf buffer, int written) {
      try {
        return buffer.getByte(0) == (byte) written;
      } catch (IndexOutOfBoundsException e) {
        return true; // the stack has ended after the old memory was gone
      }
    }

    ByteBuf buffer(int bytes) {
      ByteBuf last = null;
      for (ByteBuf buffer : held) {
        if (buffer != null && buffer.capacity() == bytes) {
          last = buffer;
        }
      }
      return last == null ? held[1] : last;
    }

    void release(int bytes) {
      buffer(bytes).release();
    }

    long heldBytes() {
      return budget.reservedBytes() + budget.promisedBytes();
    }

    void awaitNothingHeld(long sinceNanos) {
      while (heldBytes() > 0 && System.nanoTime() - sinceNanos < PATIENCE_NANOS) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }

    void swap() {
      isOther = !isOther;
      allocator.strategy(isOther ? "free-list" : strategy);
      held[count] = allocate(64);
    }

    /** Has the loop of somebody else make a buffer in an arena of its own. */
    void holdOnLoop() {
      hold(BYSTANDER.submit(() -> allocate(70)).syncUninterruptibly().getNow());
    }

    /** Closes the allocator with one buffer out. */
    void closeBut(int bytes) {
      last = buffer(bytes).retain();
      releaseAll();
      allocator.close();
    }

    void releaseAll() {
      for (int i = 0; i < held.length; i++) {
        if (held[i] != null && held[i].refCnt() > 0) {
          held[i].release();
        }
        held[i] = null;
      }
      count = 0;
    }
  }

  private int lostBlocks;
  private long lostBytes;
  private int deadArenas;
  private int wrongBytes;
  private int lostInNetty;
  private long waitedNanos;
  private int ends;
  private final List<String> details = new ArrayList<>();
  private final Map<Case, String> ending = new LinkedHashMap<>();

  private void check(Case on, String what, int depth, @Nullable Throwable end) {
    if (on.last != Unpooled.EMPTY_BUFFER) {
      checkLater(on, what + " at " + depth + trace(end), end);
      return;
    }
    wrongBytes += on.wrongBytes();
    if (on.isMovedAlone && on.moved.refCnt() > 0) {
      on.moved.release();
    }
    if (!on.allocator.isClosed()) {
      wrongBytes += on.harmedBystanders();
    }
    on.releaseAll();
    long outside = on.countedOutside();
    if (outside != 0) {
      details.add(what + " at " + depth + ": outside " + outside + trace(end));
    }
    boolean isClosed = on.allocator.isClosed();
    if (!isClosed) {
      ByteBuf probe = on.allocateAfterwards(200);
      if (!(probe instanceof LiteByteBuf)) {
        deadArenas++;
        details.add(what + " at " + depth + ": dead arena");
      }
      probe.release();
    }
    on.allocator.trim();
    on.allocator.close();
    on.allocator.closeAsync().awaitUninterruptibly(10, TimeUnit.SECONDS);
    boolean isLostInNetty = isBetweenCountAndEnd(end);
    if (!isLostInNetty) {
      long begunNanos = System.nanoTime();
      on.awaitNothingHeld(begunNanos - waitedNanos); // a loop may be at it
      waitedNanos +=
          System.nanoTime() - begunNanos; // what is lost is not waited for again and again
    }
    long live = on.allocator.metric().liveBuffers();
    long left = on.heldBytes();
    if (live == 1 && isLostInNetty) {
      lostInNetty++; // the count is 0, and nobody was called
    } else if (live != 0 || left != 0) {
      lostBlocks += (int) live;
      lostBytes += left;
      details.add(
          what
              + " at "
              + depth
              + ": live "
              + live
              + ", reserved "
              + on.budget.reservedBytes()
              + ", promised "
              + on.budget.promisedBytes()
              + trace(end));
    }
  }

  private static String trace(@Nullable Throwable end) {
    StackTraceElement[] trace = end == null ? new StackTraceElement[0] : end.getStackTrace();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(14, trace.length); i++) {
      text.append("\n    ").append(trace[i]);
    }
    return text.toString();
  }

  /** From here on nobody calls it any more: it must come to its end by itself. */
  private void checkLater(Case on, String what, @Nullable Throwable end) {
    if (on.last.refCnt() > 0) {
      on.last.release();
    }
    if (isBetweenCountAndEnd(end)) {
      lostInNetty++;
    } else {
      ending.put(on, what);
    }
  }

  private void awaitEnds() {
    long begunNanos = System.nanoTime();
    for (Map.Entry<Case, String> entry : ending.entrySet()) {
      Case on = entry.getKey();
      on.awaitNothingHeld(begunNanos);
      if (on.heldBytes() > 0) {
        long live = on.allocator.metric().liveBuffers();
        lostBlocks += (int) live;
        lostBytes += on.heldBytes();
        details.add(entry.getValue() + ": live " + live + ", not given back " + on.heldBytes());
      }
    }
    ending.clear();
  }

  /**
   * Netty counts a release, and then calls what ends the buffer's life: if the stack has no room
   * for that call, nobody hears of it. Netty's own buffers are lost there, too.
   */
  private static boolean isBetweenCountAndEnd(@Nullable Throwable end) {
    if (end == null || end.getStackTrace().length == 0) {
      return false;
    }
    StackTraceElement top = end.getStackTrace()[0];
    return top.getClassName().equals("io.netty.buffer.AbstractReferenceCountedByteBuf")
        && Set.of("release", "handleRelease").contains(top.getMethodName());
  }

  private static void dive(int depth, Operation operation, Case on) {
    if (depth == 0) {
      operation.run(on);
    } else {
      dive(depth - 1, operation, on);
    }
  }

  private static int limit(int depth) {
    try {
      return limit(depth + 1);
    } catch (StackOverflowError e) {
      return depth;
    }
  }

  private void runStack() {
    for (int i = 0; i < STRATEGIES.length; i++) {
      String strategy = STRATEGIES[i];
      for (Named named : operations()) {
        attempt(strategy, named, 0); // the warm pass
      }
      for (Named named : operations()) {
        int limit = deepest(strategy, named);
        for (int depth = limit + i % STEP; depth < limit + WINDOW; depth += STEP) {
          attempt(strategy, named, depth);
        }
      }
    }
  }

  /** The first depth at which it does not end. */
  private int deepest(String strategy, Named named) {
    int low = 0;
    int high = 1 << 14;
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (attempt(strategy, named, middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private boolean attempt(String strategy, Named named, int depth) {
    Case on = new Case(strategy);
    on.fill();
    named.before().run(on);
    Throwable end = null;
    try {
      dive(depth, named.operation(), on);
    } catch (StackOverflowError e) {
      end = e;
      ends++;
    } catch (IllegalReferenceCountException e) {
      end = e;
    }
    check(on, strategy + ", " + named.name(), depth, end);
    return end == null;
  }

  /** Fills the heap to the last byte, and goes on allocating and releasing. */
  private void runHeap() {
    for (String strategy : STRATEGIES) {
      attempt(strategy, new Named("warm", on -> on.hold(on.allocate(70))), 0);
      for (int round = 0; round < HEAP_ROUNDS; round++) {
        Case on = new Case(strategy);
        on.fill();
        ByteBuf[] more = new ByteBuf[20_000];
        Object[] ballast = fillHeap();
        Throwable end = null;
        for (int i = 0; i < more.length; i++) {
          try {
            more[i] = on.allocator.directBuffer(SIZES[i % 2]);
          } catch (OutOfMemoryError e) {
            end = e;
            ends++;
            if (i % 3 == 0 && more[i / 2] != null) {
              releaseQuietly(more, i / 2);
            }
            if (i % 10 == 9) {
              break;
            }
          }
        }
        ballast[0] = null; // and with it the chain
        for (int i = 0; i < more.length; i++) {
          if (more[i] != null && more[i].refCnt() > 0) {
            more[i].release();
          }
        }
        check(on, strategy + ", heap", round, end);
      }
    }
  }

  /** Fills the heap but for a little, and then does one of the operations. */
  private void runHeapOperations() {
    List<Named> operations = operations();
    for (String strategy : STRATEGIES) {
      for (Named named : operations) {
        attempt(strategy, named, 0); // the warm pass
      }
    }
    int trial = 0;
    for (Named named : operations) {
      for (int freeBytes : FREE_BYTES) {
        for (String strategy : STRATEGIES) {
          if (trial++ % HEAP_STEP == 0) {
            attemptWithFullHeap(strategy, named, freeBytes);
          }
        }
        trial++; // or an even step would always leave out the same strategies
      }
    }
  }

  private void attemptWithFullHeap(String strategy, Named named, int freeBytes) {
    Case on = new Case(strategy);
    on.fill();
    named.before().run(on);
    Throwable end = null;
    byte[][] free = {new byte[freeBytes]};
    Object[] ballast = fillHeap();
    try {
      free[0] = null;
      named.operation().run(on);
    } catch (OutOfMemoryError e) {
      end = e;
      ends++;
    } finally {
      ballast[0] = null;
    }
    check(on, strategy + ", " + named.name() + ", heap", freeBytes, end);
    awaitEnds(); // or what others' threads were to do would be lost in the next one's full heap
  }

  private static void releaseQuietly(ByteBuf[] buffers, int i) {
    try {
      buffers[i].release();
    } catch (OutOfMemoryError e) {
      // it is released all the same
    }
  }

  private static Object[] fillHeap() {
    Object[] first = new Object[1];
    Object chain = null;
    int bytes = 1 << 20;
    while (bytes >= 16) {
      try {
        Object[] link = new Object[bytes / 8 + 1];
        link[0] = chain;
        chain = link;
      } catch (OutOfMemoryError e) {
        bytes /= 16; // each time the collector looks in vain
      }
    }
    first[0] = chain;
    return first;
  }

  /** As Netty counts it, where it does. What nobody uses any longer goes back off the loops. */
  private static long notGivenBack() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    while (PlatformDependent.usedDirectMemory() > RegionByteBufAllocator.REGION_BYTES
        && System.nanoTime() - until < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return Math.max(0, PlatformDependent.usedDirectMemory());
  }

  private static Thread smallThread(Runnable task) {
    return new Thread(null, task, "small", STACK_BYTES);
  }

  public static void main(String[] arguments) throws Exception {
    EndOfMemoryProgram program = new EndOfMemoryProgram();
    String what = arguments.length > 0 ? arguments[0] : "stack";
    Runnable task =
        what.startsWith("heap operations")
            ? program::runHeapOperations
            : what.startsWith("heap") ? program::runHeap : program::runStack;
    if (what.endsWith("off the loop")) {
      FutureTask<Void> done = new FutureTask<>(task, null);
      smallThread(done).start();
      done.get(); // or the rest would seem to be right
    } else {
      DefaultEventLoop loop = new DefaultEventLoop((ThreadFactory) EndOfMemoryProgram::smallThread);
      loop.submit(task).get();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
    program.awaitEnds();
    if (!BYSTANDER.submit(() -> {}).await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
      program.details.add("a loop stands still that was to run a task");
    }
    program.details.stream().limit(Integer.getInteger("details", 40)).forEach(System.out::println);
    System.out.println(
        "ends: "
            + program.ends
            + ", lost between Netty's count and our end: "
            + program.lostInNetty
            + ", not given back: "
            + notGivenBack()
            + ", lost blocks: "
            + program.lostBlocks
            + ", bytes: "
            + program.lostBytes
            + ", dead arenas: "
            + program.deadArenas
            + ", wrong bytes: "
            + program.wrongBytes);
    System.exit(program.details.isEmpty() && program.wrongBytes == 0 ? 0 : 1);
  }
}
