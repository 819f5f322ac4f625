package io.github.litealloc.netty.attack;

import static io.github.litealloc.netty.Eventually.eventually;
import static io.github.litealloc.netty.attack.Misuse.RELEASE;
import static io.github.litealloc.netty.attack.Misuse.RELEASE_BY_A_DUPLICATE;
import static io.github.litealloc.netty.attack.Misuse.RELEASE_BY_A_SLICE;
import static io.github.litealloc.netty.attack.Misuse.RESIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three threads, one of them the owner, release, resize and use the same buffers at the same time,
 * which no program may do. Whatever becomes of those, no other buffer has a wrong byte or memory in
 * common with another one, and in the end nothing is live, reserved or promised.
 *
 * <p>Some of it no allocator of reused buffers can promise, and no fight asks for. Who was found
 * entitled to a buffer and writes a moment later may write to whoever has got its memory in that
 * moment: so where they write, nobody allocates or resizes, and nothing goes back to the system. A
 * release that comes after the object has got its next life releases that one: so who is allocated
 * in the middle of a fight must be apart from everybody else, but may have been released. And a
 * retain that is refused takes back what it has counted, for Netty counts first and looks then: in
 * the next life's count, if that has begun in between. So where they retain, nobody allocates.
 *
 * <p>{@code -Dlitealloc.attack.races=1000000} sets how many buffers are fought for, in each fight
 * and with each strategy.
 */
final class RacingMisuseTest {

  private static final long RACES = Long.getLong("litealloc.attack.races", 4_000);
  private static final int BATCH = 64;
  private static final int BATCHES_IN_A_ROW = 16;
  private static final int OTHERS = 2;
  private static final int PATIENCE_SPINS = 200;
  private static final long PAUSE_NANOS = 10_000;
  private static final long DISTURBANCE_NANOS = 200_000;
  private static final long TIMEOUT_SECONDS = 60;
  private static final long MAX_BYTES = 32 << 20;
  private static final String[] STRATEGIES = {
    "bump-free-list", "segregated-bump", "free-list", "hybrid"
  };

  private static final Figures FIGURES = new Figures("racing-misuse");

  /** What they do, and what else is done. */
  enum Fight {
    /** The owner allocates at the same time, and gets the objects that have just been released. */
    REUSED(EnumSet.of(RELEASE, RELEASE_BY_A_SLICE, RELEASE_BY_A_DUPLICATE, RESIZE)),
    TRIMMED(EnumSet.range(RELEASE, RESIZE)),
    SWAPPED(EnumSet.range(RELEASE, RESIZE)),
    CLOSED(EnumSet.range(RELEASE, RESIZE)),
    WRITTEN(EnumSet.complementOf(EnumSet.of(RESIZE)));

    private final List<Misuse> misuses;

    Fight(Collection<Misuse> misuses) {
      this.misuses = List.copyOf(misuses);
    }

    Misuse any(Dice dice) {
      return misuses.get(dice.below(misuses.size()));
    }
  }

  static Stream<Arguments> fightsAndStrategies() {
    return Stream.of(Fight.values())
        .flatMap(fight -> Stream.of(STRATEGIES).map(strategy -> Arguments.of(fight, strategy)));
  }

  private final long seed = Long.getLong("litealloc.test.seed", System.nanoTime());
  private final Dice dice = new Dice(seed); // the owner's
  private final Tally tally = new Tally();
  private final MemoryBudget budget = MemoryBudget.of("racing", MAX_BYTES);
  private final PooledByteBufAllocator fallback = // without a cache, so that it can be counted
      new PooledByteBufAllocator(true, 0, 1, 8 * 1024, 9, 0, 0, false);
  private final ByteBuf[] victims = new ByteBuf[BATCH];
  private final List<ByteBuf> inBetween = new ArrayList<>();
  private final List<ModelledBuffer> bystanders = new ArrayList<>();
  private final AtomicLong batchesBegun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong announced = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean isOver;

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("fightsAndStrategies")
  void misuse_byThreeThreadsAtOnce_harmsNoOtherBuffer(Fight fight, String strategy)
      throws Exception {
    EventLoop owner = new DefaultEventLoop();
    List<Thread> others = new ArrayList<>();
    ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it would tell of victims
    try {
      for (int i = 1; i <= OTHERS; i++) {
        Dice own = new Dice(seed + i);
        others.add(new Thread(() -> fightAlong(fight, own), "other-" + i));
      }
      others.forEach(Thread::start);
      long lives = fight == Fight.CLOSED ? Math.max(4, RACES / BATCH / 64) : 1;
      for (long life = 0; life < lives; life++) {
        live(fight, strategy, owner, RACES / lives / BATCH);
      }
    } catch (Throwable e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      tally.failure(cause);
      throw new AssertionError("-Dlitealloc.test.seed=" + seed, cause);
    } finally {
      isOver = true;
      ResourceLeakDetector.setLevel(level);
      owner.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      for (Thread other : others) {
        other.join();
      }
      FIGURES.add(fight.name(), strategy, tally);
    }
  }

  /** The life of one allocator. */
  private void live(Fight fight, String strategy, EventLoop owner, long batches) throws Exception {
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("racing-" + seed)
            .strategy(strategy)
            .budget(budget)
            .fallback(fallback)
            .offLoop(OffLoopPolicy.FALLBACK)
            .whenExhausted( // a closed allocator goes on only by others
                fight == Fight.CLOSED ? ExhaustionPolicy.FALLBACK : ExhaustionPolicy.THROW)
            .decayMillis(fight == Fight.WRITTEN ? -1 : 100)
            .build();
    try (Disturber disturber = new Disturber(fight, allocator)) {
      disturber.start();
      List<ModelledBuffer> veterans =
          owner.submit(() -> allocateAll(allocator)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      for (long done = 0; done < batches; done += BATCHES_IN_A_ROW) {
        long row = Math.min(BATCHES_IN_A_ROW, batches - done);
        owner.submit(() -> fightARow(allocator, fight, row)).get();
        requireLive(allocator, fight, veterans.size());
      }
      if (fight == Fight.CLOSED) {
        closeInTheMiddle(allocator, fight, owner);
      }
      owner.submit(() -> releaseAll(veterans)).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    allocator.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    eventually(() -> allocator.metric().arenas().isEmpty(), allocator::metric);
    eventually(() -> budget.reservedBytes() == 0, budget::toString);
    assertThat(budget.promisedBytes()).isZero();
    assertThat(fallback.metric().directArenas())
        .allMatch(arena -> arena.numActiveAllocations() == 0);
  }

  private void closeInTheMiddle(LiteByteBufAllocator allocator, Fight fight, EventLoop owner)
      throws Exception {
    long begun = batchesBegun.get();
    var last = owner.submit(() -> fightARow(allocator, fight, 1));
    while (!last.isDone() && (batchesBegun.get() == begun || announced.get() < BATCH / 2)) {
      Thread.onSpinWait();
    }
    allocator.close();
    last.get();
  }

  /** What is empty is in no figure, and what others have released is taken in. */
  private void requireLive(LiteByteBufAllocator allocator, Fight fight, long count)
      throws Exception {
    if (fight == Fight.WRITTEN) {
      return; // for what is trimmed goes back to the system: at the end
    }
    allocator.trim().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    eventually(() -> allocator.metric().liveBuffers() == count, allocator::metric);
  }

  private List<ModelledBuffer> allocateAll(LiteByteBufAllocator allocator) {
    List<ModelledBuffer> all = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      all.add(new ModelledBuffer(allocator.directBuffer(Misuse.anySize(dice)), dice));
    }
    return all;
  }

  private Void releaseAll(List<ModelledBuffer> all) {
    for (ModelledBuffer each : all) {
      each.verify(dice);
      each.release(dice);
    }
    return null;
  }

  private Void fightARow(LiteByteBufAllocator allocator, Fight fight, long batches) {
    for (long i = 0; i < batches; i++) {
      fight(allocator, fight);
      tally.operations(BATCH);
    }
    return null;
  }

  /** A batch on the owner. */
  private void fight(LiteByteBufAllocator allocator, Fight fight) {
    for (int i = 0; i < BATCH; i++) {
      victims[i] = allocator.directBuffer(Misuse.anySize(dice));
      bystanders.add(new ModelledBuffer(allocator.directBuffer(Misuse.anySize(dice)), dice));
    }
    inBetween.clear();
    announced.set(-1);
    long batch = batchesBegun.incrementAndGet();
    for (int i = 0; i < BATCH; i++) {
      announced.set(i);
      spin(dice.below(4));
      attempt(fight.any(dice), victims[i], dice);
      attempt(RELEASE, victims[i], dice);
      if (fight == Fight.REUSED) {
        inBetween.add(allocator.directBuffer(Misuse.anySize(dice)));
      }
    }
    while (ended.get() < OTHERS * batch) {
      pause();
    }
    settle(allocator);
  }

  /** The same on another thread. */
  private void fightAlong(Fight fight, Dice own) {
    try {
      for (long batch = 1; ; batch++) {
        while (batchesBegun.get() < batch) {
          if (isOver) {
            return;
          }
          pause();
        }
        for (int i = 0; i < BATCH; i++) {
          for (int spins = 0; announced.get() < i && spins < PATIENCE_SPINS; spins++) {
            Thread.onSpinWait();
          }
          spin(own.below(4));
          attempt(fight.any(own), victims[i], own);
        }
        ended.incrementAndGet();
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private void pause() {
    if (failure.get() != null) {
      throw new AssertionError("another thread has failed", failure.get());
    }
    LockSupport.parkNanos(PAUSE_NANOS);
  }

  /** Whoever is late is told so, in one of these ways. */
  private void attempt(Misuse misuse, ByteBuf victim, Dice own) {
    try {
      misuse.of(victim, own);
    } catch (IllegalStateException | IndexOutOfBoundsException e) {
      tally.refusals(1); // IllegalReferenceCountException is an IllegalStateException
    }
  }

  /** What must hold when all have done with a batch. */
  private void settle(LiteByteBufAllocator allocator) {
    for (ByteBuf victim : victims) {
      release(victim);
    }
    inBetween.forEach(RacingMisuseTest::release);
    for (ByteBuf victim : victims) {
      Misuse late = Misuse.values()[dice.below(Misuse.values().length)];
      assertThatThrownBy(() -> late.of(victim, dice))
          .as(late.name())
          .isInstanceOf(IllegalReferenceCountException.class);
    }
    bystanders.addAll(allocateAll(allocator));
    OverlapError.requireApart(bystanders.stream().map(ModelledBuffer::buffer).toList());
    releaseAll(bystanders);
    bystanders.clear();
  }

  private static void release(ByteBuf buffer) {
    while (buffer.refCnt() > 0) {
      buffer.release();
    }
  }

  /** Trims or swaps all the time, where the fight says so. */
  private final class Disturber implements AutoCloseable {
    private final Dice own = new Dice(seed - 1);
    private final LiteByteBufAllocator allocator;
    private final Thread thread;
    private volatile boolean isToEnd;

    Disturber(Fight fight, LiteByteBufAllocator allocator) {
      this.allocator = allocator;
      this.thread = new Thread(() -> disturb(fight), "disturber");
    }

    void start() {
      thread.start();
    }

    private void disturb(Fight fight) {
      while (!isToEnd) {
        if (fight == Fight.TRIMMED) {
          allocator.trim();
          tally.trims.increment();
        } else if (fight == Fight.SWAPPED) {
          allocator.strategy(STRATEGIES[own.below(STRATEGIES.length)]);
          tally.swaps.increment();
        }
        LockSupport.parkNanos(DISTURBANCE_NANOS);
      }
    }

    @Override
    public void close() {
      isToEnd = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
