package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.attack.Figures;
import io.github.litealloc.netty.attack.OverlapError;
import io.github.litealloc.netty.attack.Tally;
import io.github.litealloc.netty.attack.WrongByteError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An event loop and another thread change one buffer at the same time, which no program may do. It
 * may harm that buffer, but no other: no two share memory, none is lost, and none has bytes that it
 * was not given. Refused, in the figures, is what the one that was late was told.
 *
 * <p>{@code -Dlitealloc.stress.resizes=10000000} sets how many buffers are fought for, in each way
 * and with each strategy; 20,000 by default.
 */
final class ResizeRaceStressTest {

  private static final long ROUNDS = Long.getLong("litealloc.stress.resizes", 20_000);
  private static final int BATCH = 128;
  private static final long MAX_BYTES = 4 << 20;
  private static final int MIN_BYTES = 2 * Long.BYTES;
  private static final int MAX_INITIAL_BYTES = 3_000;

  /** So long does the second one wait for the first, which may not have a processor. */
  private static final int PATIENCE_SPINS = 300;

  /** So long does it sleep then, where nothing goes on without the other one. */
  private static final long PAUSE_NANOS = 10_000;

  private static final Figures FIGURES = new Figures("resize-races");

  /** What the two do to a buffer. */
  enum Way {
    /** The owner releases what the other one resizes. */
    OWNER_RELEASES,
    /** And at once asks for the next one, which is the same object. */
    OWNER_REUSES,
    /** The other one releases what the owner resizes. */
    OTHER_RELEASES,
    /** Both resize. */
    BOTH_RESIZE
  }

  static Stream<Arguments> waysAndStrategies() {
    return Stream.of(Way.values())
        .flatMap(way -> TestAllocators.strategies().map(strategy -> Arguments.of(way, strategy)));
  }

  private final PooledByteBufAllocator fallback = // without a cache, so that it can be counted
      new PooledByteBufAllocator(true, 0, 1, 8 * 1024, 9, 0, 0, false);

  private final SplittableRandom random = new SplittableRandom(42);
  private final ByteBuf[] victims = new ByteBuf[BATCH];
  private final ByteBuf[] bystanders = new ByteBuf[BATCH];
  private final ByteBuf[] fresh = new ByteBuf[BATCH];
  private final int[] resized = new int[BATCH];
  private final AtomicLong batchesBegun = new AtomicLong();
  private final AtomicLong batchesFought = new AtomicLong();

  /** Up to which one the first of the two has come; the second is right behind it. */
  private final AtomicLong announced = new AtomicLong();

  private final AtomicLong refused = new AtomicLong();
  private volatile boolean isOver;

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("waysAndStrategies")
  void capacity_whileAnotherThreadChangesTheBuffer_harmsNoOther(Way way, String strategy)
      throws Exception {
    long batches = Math.max(1, ROUNDS / BATCH);
    Tally tally = new Tally();
    MemoryBudget budget = MemoryBudget.of("race", MAX_BYTES);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("race")
            .strategy(strategy)
            .budget(budget)
            .fallback(fallback)
            .build();
    Thread other = new Thread(() -> fightAlong(way), "the other one");
    other.start();
    try (TestLoop loop = new TestLoop()) {
      loop.loop()
          .submit(
              () -> {
                for (long batch = 0; batch < batches; batch++) {
                  fight(allocator, way);
                  tally.operations(BATCH);
                }
                return null;
              })
          .get();
      loop.run(allocator::trimOnThisThread);
      assertThat(allocator.metric().liveBuffers()).isZero();
      assertThat(allocator.metric().usedBytes()).isZero();
      assertThat(allocator.metric().requestedBytes()).isZero();
      assertThat(fallback.metric().directArenas())
          .allMatch((PoolArenaMetric arena) -> arena.numActiveAllocations() == 0);
    } catch (Throwable e) {
      tally.failure(e);
      throw e;
    } finally {
      tally.refusals(refused.get());
      FIGURES.add(way.name(), strategy, tally);
      isOver = true;
      other.join();
    }
    allocator.close();
    assertThat(budget.reservedBytes()).isZero();
  }

  private int anySize(int max) {
    return random.nextInt(MIN_BYTES, max);
  }

  /** A batch on the owner. */
  private void fight(LiteByteBufAllocator allocator, Way way) {
    for (int i = 0; i < BATCH; i++) {
      victims[i] = allocator.directBuffer(anySize(MAX_INITIAL_BYTES));
      bystanders[i] = marked(allocator.directBuffer(anySize(MAX_INITIAL_BYTES)));
      int most = random.nextInt(8) == 0 ? 100_000 : 3 * MAX_INITIAL_BYTES;
      resized[i] = anySize(most);
    }
    announced.set(-1);
    long batch = batchesBegun.incrementAndGet();
    for (int i = 0; i < BATCH; i++) {
      ByteBuf victim = victims[i];
      int bytes = victim.capacity();
      switch (way) {
        case OTHER_RELEASES -> {
          announced.set(i);
          resize(victim, resized[i]);
        }
        case BOTH_RESIZE -> {
          follow(i);
          resize(victim, bytes / 2 + 1);
        }
        case OWNER_RELEASES -> {
          follow(i);
          victim.release();
        }
        case OWNER_REUSES -> {
          follow(i);
          victim.release();
          fresh[i] = allocator.directBuffer(bytes);
        }
      }
    }
    await(batchesFought, batch);
    settle(allocator, way);
  }

  /** What must hold when both have done with a batch. */
  private void settle(LiteByteBufAllocator allocator, Way way) {
    for (ByteBuf victim : victims) {
      if (way == Way.BOTH_RESIZE) {
        assertThat(victim.release()).isTrue();
      }
      assertThat(way == Way.OWNER_REUSES || victim.refCnt() == 0).isTrue();
    }
    for (int i = 0; i < BATCH; i++) {
      if (way != Way.OWNER_REUSES) {
        fresh[i] = allocator.directBuffer(anySize(MAX_INITIAL_BYTES));
      }
      marked(fresh[i]); // where a late resize has hit the next life, that may have another capacity
    }
    List<ByteBuf> live = new ArrayList<>(Arrays.asList(fresh));
    live.addAll(Arrays.asList(bystanders));
    OverlapError.requireApart(live);
    for (int i = 0; i < BATCH; i++) {
      requireMark(fresh[i]);
      requireMark(bystanders[i]);
      assertThat(fresh[i].release()).isTrue();
      assertThat(bystanders[i].release()).isTrue();
    }
  }

  /** The same on the other thread. */
  private void fightAlong(Way way) {
    for (long batch = 1; ; batch++) {
      if (!await(batchesBegun, batch)) {
        return;
      }
      for (int i = 0; i < BATCH; i++) {
        if (way == Way.OTHER_RELEASES) {
          follow(i);
          victims[i].release();
        } else {
          announced.set(i);
          resize(victims[i], resized[i]);
        }
      }
      batchesFought.set(batch);
    }
  }

  private void resize(ByteBuf victim, int bytes) {
    try {
      victim.capacity(bytes);
    } catch (IllegalStateException e) { // IllegalReferenceCountException is one
      refused.incrementAndGet();
    }
  }

  /** Goes on a moment after the other thread has begun with a buffer. */
  private void follow(int i) {
    for (int spins = 0; announced.get() < i && spins < PATIENCE_SPINS; spins++) {
      Thread.onSpinWait();
    }
    // The moment has to differ from buffer to buffer, and must not be drawn from what they share.
    for (int spins = i % 4; spins > 0; spins--) {
      Thread.onSpinWait();
    }
  }

  private boolean await(AtomicLong counter, long value) {
    for (int spins = 0; counter.get() < value; spins++) {
      if (isOver) {
        return false;
      }
      if (spins > PATIENCE_SPINS) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
    return true;
  }

  private long marks;

  private ByteBuf marked(ByteBuf buffer) {
    int bytes = buffer.capacity();
    long id = ++marks;
    buffer.writerIndex(bytes);
    return buffer.setLong(bytes - Long.BYTES, ~id).setLong(0, id);
  }

  private static void requireMark(ByteBuf buffer) {
    if (buffer.getLong(0) != ~buffer.getLong(buffer.capacity() - Long.BYTES)) {
      throw new WrongByteError("somebody has written into " + buffer);
    }
  }
}
