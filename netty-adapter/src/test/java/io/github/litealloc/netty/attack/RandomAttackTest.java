package io.github.litealloc.netty.attack;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.VirtualThreads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random operations of all kinds on event loops, plain and virtual threads, with a model of every
 * live byte, while strategies are swapped, memory is trimmed, buffers are sampled and walked over,
 * and the budget is too small. From time to time everybody stops, and no two live buffers may have
 * memory in common. The seed is in the name of what fails.
 *
 * <p>{@code -Dlitealloc.attack.operations=1000000000} sets how many operations there are in all.
 */
final class RandomAttackTest {

  private static final long OPERATIONS = Long.getLong("litealloc.attack.operations", 240_000);
  private static final int BATCH = 500;

  /** So many batches does everybody do before all are looked at. */
  private static final long ROUND_BATCHES = 40;

  private static final long DISTURBANCE_NANOS = 500_000;

  private static final Figures FIGURES = new Figures("random-operations");
  private static final int ATTACKS = 6;
  private static final int LOOPS = 3;
  private static final int PLAIN_THREADS = 2;
  private static final String[] STRATEGIES = {
    "hybrid", "bump-free-list", "segregated-bump", "free-list"
  };

  private final List<EventLoop> loops = new ArrayList<>();
  private final ExecutorService plain = Executors.newFixedThreadPool(PLAIN_THREADS);
  private final AtomicBoolean hasEnded = new AtomicBoolean();

  @ParameterizedTest
  @CsvSource({
    "hybrid, FALLBACK, true",
    "hybrid, THROW, false",
    "bump-free-list, FALLBACK, false",
    "segregated-bump, THROW, false",
    "free-list, FALLBACK, false",
    "free-list, THROW, true"
  })
  void attack_everythingAtOnce_noByteIsWrongAndNothingIsLeft(
      String strategy, ExhaustionPolicy whenExhausted, boolean swaps) throws Exception {
    long seed = Long.getLong("litealloc.test.seed", System.nanoTime());
    MemoryBudget budget = MemoryBudget.of("attack", 3 << 20);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name("attack-" + seed)
            .strategy(strategy)
            .budget(budget)
            .fallback(
                PooledByteBufAllocator.DEFAULT) // keeps its memory: giving it back is slow on 25
            .whenExhausted(whenExhausted)
            .decayMillis(200)
            .build();
    Tally tally = new Tally();
    Thread disturber = new Thread(() -> disturb(allocator, swaps, new Random(seed), tally));
    try {
      List<Executor> executors = executors();
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < executors.size(); i++) {
        actors.add(new Actor(allocator, tally, seed + i));
      }
      actors.forEach(actor -> actor.others(actors));
      disturber.start();
      long batches = Math.max(1, OPERATIONS / ATTACKS / executors.size() / BATCH);
      for (long done = 0; done < batches; done += ROUND_BATCHES) {
        long round = Math.min(ROUND_BATCHES, batches - done);
        awaitAll(executors, actors, actor -> actor.act(BATCH), round, seed);
        List<ByteBuf> all = new ArrayList<>();
        actors.forEach(actor -> actor.addTo(all));
        OverlapError.requireApart(all);
      }
      hasEnded.set(true);
      disturber.join();
      awaitAll(executors, actors, Actor::end, 1, seed);
      awaitAll(executors, actors, Actor::end, 1, seed); // what others handed over at their end

      allocator.assertNoneOutstanding();
      eventually(() -> allocator.metric().liveBuffers() == 0, allocator::metric);
      assertThat(allocator.metric().usedBytes()).isZero();
      allocator.closeAsync().get(30, TimeUnit.SECONDS);
      eventually(() -> budget.reservedBytes() == 0, budget::toString);
    } catch (Throwable e) {
      tally.failure(e);
      throw e;
    } finally {
      hasEnded.set(true);
      tally.refusals(fallbacksOfAnEmptyBudget(allocator));
      FIGURES.add(whenExhausted + (swaps ? ", swapped" : ""), strategy, tally);
      allocator.close();
      plain.shutdown();
      loops.forEach(loop -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
    }
    // An owner that was at work when its arena was taken away ends it on its own, a little later.
    eventually(() -> budget.promisedBytes() == 0, budget::toString);
  }

  private static long fallbacksOfAnEmptyBudget(LiteByteBufAllocator allocator) {
    return allocator.metric().fallbacks(FallbackReason.EXHAUSTED);
  }

  private List<Executor> executors() {
    List<Executor> executors = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      EventLoop loop = new DefaultEventLoop();
      loops.add(loop);
      executors.add(loop);
    }
    for (int i = 0; i < PLAIN_THREADS; i++) {
      executors.add(plain);
    }
    VirtualThreads.executor().ifPresent(executors::add);
    return executors;
  }

  private interface Deed {
    void of(Actor actor);
  }

  /** Each actor does it so many times, one after the other, on its executor. */
  private static void awaitAll(
      List<Executor> executors, List<Actor> actors, Deed deed, long times, long seed)
      throws Exception {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < actors.size(); i++) {
      all.add(again(executors.get(i), actors.get(i), deed, times));
    }
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("-Dlitealloc.test.seed=" + seed, e.getCause());
    }
  }

  private static CompletableFuture<?> again(Executor executor, Actor actor, Deed deed, long times) {
    CompletableFuture<?> done = CompletableFuture.completedFuture(null);
    return times <= 0
        ? done
        : CompletableFuture.runAsync(() -> deed.of(actor), executor)
            .thenComposeAsync(any -> again(executor, actor, deed, times - 1), executor);
  }

  private void disturb(LiteByteBufAllocator allocator, boolean swaps, Random random, Tally tally) {
    while (!hasEnded.get()) {
      switch (random.nextInt(7)) {
        case 0 -> {
          allocator.trim();
          tally.trims.increment();
        }
        case 1 -> {
          allocator.trim(random.nextInt(1 << 21));
          tally.trims.increment();
        }
        case 2 -> allocator.sampling(random.nextInt(4) / 3 * 7); // most often not at all
        case 3 -> allocator.outstanding();
        case 4 -> allocator.holders();
        default -> {
          if (swaps) {
            allocator.strategy(STRATEGIES[random.nextInt(STRATEGIES.length)]);
            tally.swaps.increment();
          }
        }
      }
      LockSupport.parkNanos(DISTURBANCE_NANOS);
    }
  }
}
