package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Hardening;
import io.github.litealloc.Strategies;
import io.github.litealloc.memory.Subscription;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An allocator and a loop; or threads that are none, in place of the loop. */
final class ForeignAllocatorTrial extends ForeignTrial {

  private static final int MAX_BUFFERS = 30;

  private final ForeignBuffers foreign;
  private final boolean isHardened;
  private final boolean isOffLoop;
  private final EventLoop loop;
  private final List<ByteBuf> held = Collections.synchronizedList(new ArrayList<>());
  private final List<Future<Long>> promised = new ArrayList<>();
  private @Nullable LiteByteBufAllocator allocator;

  ForeignAllocatorTrial(ForeignCode code, boolean fillsLog, boolean isHardened, boolean isOwnLoop) {
    this(code, fillsLog, isHardened, isOwnLoop, false);
  }

  /** On threads that are no loops, and share arenas. */
  static ForeignAllocatorTrial offLoop(ForeignCode code, boolean fillsLog, boolean isHardened) {
    return new ForeignAllocatorTrial(code, fillsLog, isHardened, false, true);
  }

  private ForeignAllocatorTrial(
      ForeignCode code,
      boolean fillsLog,
      boolean isHardened,
      boolean isOwnLoop,
      boolean isOffLoop) {
    super(code, fillsLog);
    this.isOffLoop = isOffLoop;
    this.foreign = new ForeignBuffers(code);
    this.isHardened = isHardened;
    this.loop = isOwnLoop ? new ForeignLoop() : new DefaultEventLoop();
  }

  /** Fails where ours ask it, and not where Netty does. */
  private final class ForeignLoop extends DefaultEventLoop {
    @Override
    public void execute(Runnable task) {
      code.atIfOurs(ForeignPoint.LOOP_EXECUTES);
      super.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      code.atIfOurs(ForeignPoint.LOOP_SCHEDULES);
      return super.schedule(task, delay, unit);
    }

    @Override
    public boolean inEventLoop() {
      code.atIfOurs(ForeignPoint.LOOP_KNOWS_ITSELF);
      return super.inEventLoop();
    }

    @Override
    public boolean isShutdown() {
      code.atIfOurs(ForeignPoint.LOOP_IS_SHUT_DOWN);
      return super.isShutdown();
    }

    @Override
    public boolean isTerminated() {
      code.atIfOurs(ForeignPoint.LOOP_IS_TERMINATED);
      return super.isTerminated();
    }
  }

  private <T> T call(Callable<T> step) throws Exception {
    if (!isOffLoop) {
      return loop.submit(step).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    FutureTask<T> task = new FutureTask<>(step);
    new Thread(task, "off the loop").start();
    return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Half of the listeners return, so that what the others throw is not all that is seen. */
  private Hardening hardening() {
    if (!isHardened) {
      return Hardening.off();
    }
    return isOffLoop
        ? Hardening.debugBuilder()
            .onViolation(violation -> code.at(ForeignPoint.VIOLATION_LISTENER))
            .build()
        : Hardening.debug();
  }

  private LiteByteBufAllocator newAllocator() {
    return LiteByteBufAllocator.builder()
        .name("foreign")
        .strategy(code.strategies())
        .offLoop(isOffLoop ? OffLoopPolicy.STRIPED : OffLoopPolicy.FALLBACK)
        .budget(budget)
        .hardening(hardening())
        .fallback(foreign.allocator())
        .heapAllocator(foreign.allocator())
        .whenExhausted(
            request -> {
              code.at(ForeignPoint.EXHAUSTION_HANDLER);
              return foreign
                  .allocator()
                  .directBuffer(request.requestedBytes(), request.maxCapacity());
            })
        .build();
  }

  @Override
  void use() throws Exception {
    LiteByteBufAllocator made = newAllocator();
    allocator = made;
    Subscription listening = made.metric().addArenaListener(listener(ForeignPoint.ARENA_LISTENER));
    call(
        () -> {
          useOnLoop(made);
          return true;
        });
    attemptTo(made.metric()::usedHeapMemory);
    attemptTo(made::strategy);
    elsewhere(() -> made.directBuffer(100).release());
    elsewhere(() -> made.heapBuffer(100).release());
    elsewhere(this::growFirst);
    releaseOneElsewhere();
    call(
        () -> {
          fill(made);
          return true;
        });
    trim(made);
    attemptTo(() -> made.strategy(Strategies.HYBRID));
    allocateOnLoop(made);
    attemptTo(() -> made.strategy(code.strategies()));
    allocateOnLoop(made);
    releaseOneElsewhere();
    trim(made);
    call(
        () -> {
          promise(made.closeAsync());
          return true;
        });
    releaseOneElsewhere();
    listening.close();
  }

  private void useOnLoop(LiteByteBufAllocator made) {
    hold(made, 100);
    hold(made, 9_000);
    hold(made, 300_000);
    hold(made, 300);
    ByteBuf heap = attempt(() -> made.heapBuffer(200));
    if (heap != null) {
      held.add(Math.min(2, held.size()), heap); // neither the first nor the last
      attemptTo(() -> heap.touch("by a trial"));
    }
    for (int i = 0; i < held.size(); i++) {
      ByteBuf each = held.get(i);
      attemptTo(() -> each.capacity(each.capacity() + 10));
      attemptTo(() -> each.capacity(400_000));
      attemptTo(() -> each.capacity(50));
      attemptTo(() -> copy(each));
    }
    overrun();
    release(0);
  }

  private void copy(ByteBuf buffer) {
    ByteBuf other = foreign.buffer(50);
    attemptTo(() -> buffer.setBytes(0, foreign.input(), 10));
    attemptTo(() -> buffer.getBytes(0, foreign.output(), 10));
    attemptTo(() -> buffer.setBytes(0, foreign.readable(), 10));
    attemptTo(() -> buffer.getBytes(0, foreign.writable(), 10));
    attemptTo(() -> buffer.setBytes(0, foreign.file(), 0, 10));
    attemptTo(() -> buffer.getBytes(0, foreign.file(), 0, 10));
    attemptTo(() -> buffer.setBytes(0, other, 0, 10));
    attemptTo(() -> buffer.getBytes(0, other, 0, 10));
    other.release();
  }

  /** A hardened arena reports by throwing, which is one more way to fail. */
  private void overrun() {
    if (isHardened && !held.isEmpty()) {
      ByteBuf whole = held.get(held.size() - 1);
      while (whole.unwrap() != null) {
        whole = whole.unwrap();
      }
      if (whole instanceof LiteByteBuf buffer && !buffer.isMoved()) {
        buffer._setByte(buffer.capacity(), 1); // beyond its end, past the checks
      }
      release(held.size() - 1);
    }
  }

  @Override
  boolean mayFollow(Throwable failure) {
    if (isRefusal(failure)
        || failure instanceof IllegalReferenceCountException
        || failure instanceof DirectMemoryExhaustedError) {
      return true; // of a callback, or of what a callback has released
    }
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (isHardened && next instanceof io.github.litealloc.MemoryViolationException) {
        return true;
      }
    }
    return false;
  }

  private void hold(LiteByteBufAllocator from, int bytes) {
    ByteBuf buffer = attempt(() -> from.directBuffer(bytes));
    if (buffer != null) {
      held.add(buffer);
    }
  }

  private void growFirst() {
    if (!held.isEmpty()) {
      ByteBuf buffer = held.get(0);
      buffer.capacity(500_000); // and moves away
      buffer.capacity(600_000);
      buffer.capacity(100);
    }
  }

  private void fill(LiteByteBufAllocator made) {
    for (int i = 0; i < MAX_BUFFERS; i++) {
      hold(made, 200_000);
    }
    if (!held.isEmpty()) {
      attemptTo(() -> held.get(held.size() - 1).capacity(700_000));
    }
    while (held.size() > 4) {
      release(held.size() - 1);
    }
  }

  /** What it throws, it throws when the buffer is released. */
  private void release(int index) {
    if (index < held.size()) {
      ByteBuf buffer = held.remove(index);
      attemptTo(buffer::release);
    }
  }

  private void releaseOneElsewhere() throws InterruptedException {
    elsewhere(() -> release(0));
  }

  private void allocateOnLoop(LiteByteBufAllocator made) throws Exception {
    call(
        () -> {
          hold(made, 100);
          return true;
        });
  }

  private void trim(LiteByteBufAllocator made) {
    attemptTo(() -> promise(made.trim()));
  }

  private void promise(Future<Long> future) {
    future.addListener(done -> code.at(ForeignPoint.GIVEN_BACK_LISTENER));
    promised.add(future);
  }

  @Override
  void requireAllInOrder() throws Exception {
    LiteByteBufAllocator made = allocator;
    assertThat(made).isNotNull();
    for (Future<Long> future : promised) {
      assertThat(future.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("completed").isTrue();
      if (future.cause() != null) {
        note(future.cause());
      }
    }
    call(
        () -> {
          while (!held.isEmpty()) { // a release may call back, and that may add to it
            releaseIfLive(held.remove(held.size() - 1));
          }
          return true;
        });
    LiteByteBufAllocator next = newAllocator();
    assertThat(next.name()).as("a free name").startsWith("foreign");
    call(
        () -> {
          ByteBuf buffer = next.directBuffer(100);
          assertThat(next.metric().liveBuffers()).as("from an arena").isEqualTo(1);
          return buffer.release();
        });
    requireDone(next.closeAsync());
    requireDone(made.trim());
    requireDone(made.closeAsync());
    loop.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(loop.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    requireDone(made.trim());
    assertThat(made.metric().liveBuffers()).as("live").isZero();
    assertThat(made.metric().elsewhereBytes()).as("live elsewhere").isZero();
    assertThat(made.metric().heapBytes()).as("live on the heap").isZero();
    requireNothingLeft();
  }

  // ---- what code of others asks for in the middle ----

  enum Callback {
    ALLOCATE,
    ALLOCATE_MUCH,
    RELEASE,
    GROW,
    TRIM,
    SWAP,
    CLOSE,
    REMOVE_THREAD_LOCALS
  }

  /** What it throws reaches whoever asks, who lets it out, as careless code does. */
  void callBack(Callback what) {
    LiteByteBufAllocator asked = allocator;
    if (asked == null) {
      return;
    }
    switch (what) {
      case ALLOCATE -> held.add(asked.directBuffer(100));
      case ALLOCATE_MUCH -> held.add(asked.directBuffer(1_500_000));
      case RELEASE -> {
        if (!held.isEmpty()) {
          releaseIfLive(held.remove(held.size() - 1));
        }
      }
      case GROW -> {
        if (!held.isEmpty()) {
          held.get(held.size() - 1).capacity(450_000);
        }
      }
      case TRIM -> promised.add(asked.trim());
      case SWAP -> asked.strategy(Strategies.FREE_LIST);
      case CLOSE -> promised.add(asked.closeAsync());
      case REMOVE_THREAD_LOCALS -> FastThreadLocal.removeAll();
    }
  }

  private static void releaseIfLive(ByteBuf buffer) {
    try {
      if (buffer.refCnt() > 0) {
        buffer.release();
      }
    } catch (IllegalReferenceCountException e) {
      // Somebody has.
    }
  }

  private static void requireDone(Future<Long> future) throws InterruptedException {
    assertThat(future.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("completed").isTrue();
  }
}
