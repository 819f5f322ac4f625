package io.github.litealloc.netty;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One operation of a fresh allocator, on an event loop or not; see {@link FirstUsesProgram}. */
public final class FirstUsesCase implements FirstUses.Trial {

  private static final String NAME = "first";
  private static final int BIG = 300_000;
  private static final int HUGE = 3_000_000;
  private static final int BYSTANDERS = 8;

  /** So many big ones fill the budget, each in a chunk of its own, and nothing has been beyond. */
  private static final int FILLING = 25;

  private static final long BUDGET_BYTES = FILLING * 5L * ChunkStore.CHUNK_UNIT_BYTES;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** What is done with a case. */
  private interface Step {
    void run(FirstUsesCase on) throws Exception;
  }

  private record Operation(Step before, Step step) {}

  private static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();

  private static void add(String name, Step before, Step step) {
    OPERATIONS.put(name, new Operation(before, step));
  }

  static {
    for (int bytes : new int[] {100, BIG, HUGE}) {
      add("allocate " + bytes, on -> {}, on -> on.hold(bytes));
      add("release " + bytes, on -> on.hold(bytes), on -> on.releaseLast());
      add("grow to " + bytes, on -> on.hold(50), on -> on.growLast(bytes));
      add("release elsewhere " + bytes, on -> on.hold(bytes), on -> on.releaseLastElsewhere());
      add("grow elsewhere to " + bytes, on -> on.hold(50), on -> on.growLastElsewhere(bytes));
      add("release after close " + bytes, on -> on.holdAndClose(bytes), on -> on.releaseLast());
      add("release after swap " + bytes, on -> on.holdAndSwap(bytes), on -> on.releaseLast());
      add("allocate beyond " + bytes, FirstUsesCase::fill, on -> on.hold(bytes));
      add("release beyond " + bytes, on -> on.holdBeyond(bytes), on -> on.releaseLast());
      add("grow beyond to " + bytes, on -> on.holdBeyond(90), on -> on.growLast(bytes));
    }
    add("grow until full", FirstUsesCase::fill, on -> on.growLast(HUGE));
    add("release cached", on -> on.hold(100), on -> on.releaseAndHold(100));
    add("trim", on -> on.holdAndRelease(BIG), on -> on.future = on.allocator().trim());
    add("trim on its thread", on -> on.holdAndRelease(BIG), on -> on.run(on.allocator()::trim));
    add("swap", on -> on.hold(100), on -> on.swap());
    add("swap and allocate", on -> on.hold(100), on -> on.swapAndHold(100));
    add("grow after swap", on -> on.holdAndSwap(50), on -> on.growLast(20_000));
    add("release moved", on -> on.holdMoved(20_000), on -> on.releaseLast());
    add("grow moved", on -> on.holdMoved(20_000), on -> on.growLast(90_000));
    add("close", on -> on.hold(100), on -> on.future = on.allocator().closeAsync());
    add("close on its thread", on -> on.hold(100), on -> on.run(on.allocator()::closeAsync));
    add("pass through", on -> on.hold(100), on -> on.allocator().passThrough(true));
    add("allocate heap", on -> {}, on -> on.holdHeap());
    add("grow heap", on -> on.holdHeap(), on -> on.growLast(9_000));
    add("release heap", on -> on.holdHeap(), on -> on.releaseLast());
    add("time passes", on -> on.holdAndRelease(BIG), on -> on.awaitTime());
  }

  /** The names of all operations. */
  public static List<String> operations() {
    return List.copyOf(OPERATIONS.keySet());
  }

  private final Operation operation;
  private final @Nullable EventLoop loop; // none for a thread that is none
  private final UnpooledByteBufAllocator fallback = new UnpooledByteBufAllocator(true);
  private final MemoryBudget budget = MemoryBudget.of("first", BUDGET_BYTES);
  private final List<ByteBuf> held = new ArrayList<>();
  private final long usedByNetty = PlatformDependent.usedDirectMemory();
  private @Nullable LiteByteBufAllocator allocator;
  private @Nullable Future<?> future;
  private boolean isOther;

  /** A case of an operation. */
  public FirstUsesCase(String operation, boolean isOnLoop) {
    this.operation = OPERATIONS.get(operation);
    this.loop = isOnLoop ? new DefaultEventLoop() : null;
  }

  private LiteByteBufAllocator build() {
    return LiteByteBufAllocator.builder()
        .name(NAME)
        .budget(budget)
        .decayMillis(200)
        .heapAllocator(fallback)
        .fallback(fallback)
        .build();
  }

  private LiteByteBufAllocator allocator() {
    return Objects.requireNonNull(allocator);
  }

  @Override
  public void prepare() throws Exception {
    allocator = build();
    run(() -> null);
    operation.before().run(this);
  }

  @Override
  public void operate() throws Exception {
    operation.step().run(this);
    run(() -> null); // what the loop was asked for
  }

  // ---- steps ----

  private <T> @Nullable T run(Callable<T> code) throws Exception {
    if (loop == null) {
      return code.call();
    }
    try {
      return loop.submit(code).get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private void hold(int bytes) throws Exception {
    hold(run(() -> allocator().directBuffer(bytes)));
  }

  private void holdHeap() throws Exception {
    hold(run(() -> allocator().heapBuffer(100)));
  }

  private void hold(@Nullable ByteBuf buffer) {
    if (buffer != null) {
      buffer.setByte(0, held.size());
      held.add(buffer);
    }
  }

  private ByteBuf last() {
    return held.get(held.size() - 1);
  }

  private void releaseLast() throws Exception {
    ByteBuf last = held.remove(held.size() - 1);
    run(last::release);
  }

  private void releaseLastElsewhere() throws Exception {
    ByteBuf last = held.remove(held.size() - 1);
    elsewhere(last::release);
  }

  private void growLast(int bytes) throws Exception {
    run(() -> last().capacity(bytes));
  }

  private void growLastElsewhere(int bytes) throws Exception {
    elsewhere(() -> last().capacity(bytes));
  }

  private static void elsewhere(Callable<?> code) throws Exception {
    FutureTask<?> task = new FutureTask<>(code);
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
    try {
      task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  private void holdAndRelease(int bytes) throws Exception {
    hold(bytes);
    releaseLast();
  }

  private void releaseAndHold(int bytes) throws Exception {
    releaseLast();
    hold(bytes);
  }

  private void holdAndClose(int bytes) throws Exception {
    hold(bytes);
    allocator().closeAsync().sync();
  }

  private void fill() throws Exception {
    for (int i = 0; i < FILLING; i++) {
      hold(BIG);
    }
  }

  private void holdBeyond(int bytes) throws Exception {
    fill();
    hold(bytes);
  }

  private void swap() {
    isOther = !isOther;
    allocator().strategy(isOther ? "free-list" : "hybrid");
  }

  private void holdAndSwap(int bytes) throws Exception {
    hold(bytes);
    swap();
  }

  private void swapAndHold(int bytes) throws Exception {
    swap();
    hold(bytes);
  }

  private void holdMoved(int bytes) throws Exception {
    holdAndSwap(50);
    growLast(bytes);
  }

  private void awaitTime() {
    long begunNanos = System.nanoTime();
    while (budget.reservedBytes() > 0
        && System.nanoTime() - begunNanos < TimeUnit.MILLISECONDS.toNanos(1_500)) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  // ---- afterwards ----

  @Override
  public String faults() throws Exception {
    StringBuilder faults = new StringBuilder();
    LiteByteBufAllocator used = allocator();
    used.passThrough(false);
    boolean isClosed = used.isClosed();
    if (!isClosed) {
      int harmed = harmedBystanders();
      if (harmed > 0) {
        faults.append(" harmed bystanders: ").append(harmed);
      }
    }
    for (int i = 0; i < held.size(); i++) {
      ByteBuf buffer = held.get(i);
      if (buffer.refCnt() != 1) {
        faults.append(" refCnt: ").append(buffer.refCnt());
        continue;
      }
      if (buffer.getByte(0) != (byte) i) {
        faults.append(" wrong byte");
      }
    }
    for (ByteBuf buffer : held) {
      if (buffer.refCnt() == 1) {
        run(buffer::release);
      }
    }
    if (!isClosed) {
      ByteBuf probe = run(() -> allocator().directBuffer(200));
      if (!(probe instanceof LiteByteBuf served)) {
        faults.append(" dead arena");
      } else if (!served.arena().arena().strategy().equals(used.strategy())) {
        faults.append(" strategy: ").append(served.arena().arena().strategy());
      }
      if (probe != null) {
        run(probe::release);
      }
    }
    if (future != null && !future.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
      faults.append(" a future that is never completed");
    }
    used.trim().await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    used.closeAsync().await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    long begunNanos = System.nanoTime();
    while (!leftOver().isEmpty() && System.nanoTime() - begunNanos < PATIENCE_NANOS) {
      LockSupport.parkNanos(1_000_000);
    }
    faults.append(leftOver());
    LiteByteBufAllocator next = build();
    if (!next.name().equals(NAME)) {
      faults.append(" name: ").append(next.name());
    }
    next.close();
    if (loop != null) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
    return faults.toString();
  }

  private String leftOver() {
    LiteAllocatorMetric metric = allocator().metric();
    StringBuilder left = new StringBuilder();
    append(left, "live", metric.liveBuffers());
    append(left, "reserved", budget.reservedBytes());
    append(left, "promised", budget.promisedBytes());
    append(left, "elsewhere", metric.elsewhereBuffers());
    append(left, "bytes elsewhere", metric.elsewhereBytes());
    append(left, "heap", metric.heapBuffers());
    append(left, "heap bytes", metric.heapBytes());
    append(left, "arenas", metric.arenas().size());
    append(left, "outstanding", allocator().outstanding().buffers().size());
    append(left, "fallback", fallback.metric().usedDirectMemory());
    append(left, "fallback heap", fallback.metric().usedHeapMemory());
    append(left, "Netty", PlatformDependent.usedDirectMemory() - usedByNetty);
    return left.toString();
  }

  private static void append(StringBuilder text, String what, long count) {
    if (count != 0) {
      text.append(' ').append(what).append(": ").append(count);
    }
  }

  /** How many buffers that are allocated now are touched by what was left to do. */
  private int harmedBystanders() throws Exception {
    List<ByteBuf> bystanders = new ArrayList<>();
    for (int i = 0; i < BYSTANDERS; i++) {
      int bytes = new int[] {50, 100, 20_000, BIG}[i % 4];
      ByteBuf bystander = run(() -> allocator().directBuffer(bytes));
      if (bystander != null) {
        bystanders.add(bystander.setByte(0, i).setByte(bytes - 1, i));
      }
    }
    ByteBuf next = run(() -> allocator().directBuffer(100)); // whoever comes next
    if (next != null) {
      run(next::release);
    }
    allocator().trim().await(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    for (int i = 0; i < BYSTANDERS; i++) {
      ByteBuf another = run(() -> allocator().directBuffer(100));
      if (another != null) {
        another.setByte(0, 100);
        run(another::release);
      }
    }
    int harmed = 0;
    for (int i = 0; i < bystanders.size(); i++) {
      ByteBuf bystander = bystanders.get(i);
      if (bystander.refCnt() != 1
          || bystander.getByte(0) != i
          || bystander.getByte(bystander.capacity() - 1) != i) {
        harmed++;
      } else {
        run(bystander::release);
      }
    }
    return harmed;
  }
}
