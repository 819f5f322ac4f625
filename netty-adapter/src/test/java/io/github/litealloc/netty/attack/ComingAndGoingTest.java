package io.github.litealloc.netty.attack;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import io.github.litealloc.netty.VirtualThreads;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Allocators and event loops come and go, in every order: nothing of them stays, neither memory nor
 * names nor threads nor objects. Some allocators are dropped without being closed; those adopt no
 * threads, whose end nobody tells them of: what such a thread left empty stays until somebody uses
 * or closes its allocator.
 *
 * <p>{@code -Dlitealloc.attack.allocators=5000} sets how many allocators, with each strategy.
 */
final class ComingAndGoingTest {

  private static final int ALLOCATORS = Integer.getInteger("litealloc.attack.allocators", 60);
  private static final String NAME = "coming-and-going";
  private static final int MAX_LOOPS = 3;
  private static final int BUFFERS = 20;
  private static final int MAX_BYTES = 100_000;
  private static final long TIMEOUT_SECONDS = 60;

  private static final Pattern JDK_THREADS =
      Pattern.compile("ForkJoinPool|VirtualThread-|Cleaner-");

  private static final Figures FIGURES = new Figures("coming-and-going");

  /** What happens at the end of an allocator's life, once each, in any order. */
  private enum End {
    RELEASE,
    END_LOOPS,
    CLOSE
  }

  /** Something that must go, and in which life it was. */
  private record Watched(String life, WeakReference<?> reference) {
    boolean isGone() {
      return reference.get() == null;
    }

    @Override
    public String toString() {
      return reference.get() + " of life " + life;
    }
  }

  /** What must be empty in the end, and in which life it was. */
  private record Budget(String life, MemoryBudget memory) {}

  private final long seed = Long.getLong("litealloc.test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Tally tally = new Tally();
  private final List<Budget> budgets = new ArrayList<>();
  private final List<Watched> objects = new ArrayList<>();
  private int closed;

  @ParameterizedTest
  @ValueSource(strings = {"bump-free-list", "segregated-bump", "free-list", "hybrid"})
  void allocators_thatComeAndGoWithTheirLoops_leaveNothing(String strategy) throws Exception {
    Registries registries = new Registries(Arena.class, LiteByteBufAllocator.class);
    live(strategy, true); // what is made once for all
    Map<String, Integer> sizesBefore = registries.sizes();
    Set<Long> threadsBefore = new HashSet<>(); // no threads, which may keep what they have run
    Thread.getAllStackTraces().keySet().forEach(thread -> threadsBefore.add(thread.getId()));
    try {
      for (int i = 0; i < ALLOCATORS; i++) {
        live(strategy, random.nextInt(4) > 0);
        tally.operations(1);
      }
      requireCollected();
      requireNoNameTaken(strategy, registries, sizesBefore);
      requireNoThreadLeft(threadsBefore);
      requireNoMemoryLeft();
    } catch (AssertionError e) {
      throw new AssertionError("-Dlitealloc.test.seed=" + seed, e);
    } finally {
      FIGURES.add("closed: " + closed, strategy, tally);
    }
  }

  /** The life of an allocator and its loops. */
  private void live(String strategy, boolean isClosed) throws Exception {
    MemoryBudget budget = MemoryBudget.of(NAME, 64 << 20);
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .name(NAME)
            .strategy(strategy)
            .budget(budget)
            .offLoop(
                isClosed && random.nextBoolean() ? OffLoopPolicy.ADOPT : OffLoopPolicy.FALLBACK)
            .build();
    List<EventLoop> loops = loops();
    List<ByteBuf> kept = new ArrayList<>();
    for (EventLoop loop : loops) {
      kept.addAll(onLoop(loop, allocator));
    }
    kept.addAll(onOtherThreads(allocator));
    if (random.nextInt(4) == 0) {
      allocator.strategy(random.nextBoolean() ? "free-list" : "hybrid");
      tally.swaps.increment();
    }
    List<End> ends = new ArrayList<>(List.of(End.values()));
    if (!isClosed) {
      ends.remove(End.CLOSE);
    }
    Collections.shuffle(ends, random);
    String life = budgets.size() + " of " + metric(allocator) + ", then " + ends;
    budgets.add(new Budget(life, budget));
    watch(life, allocator, kept, loops);
    for (End end : ends) {
      switch (end) {
        case RELEASE -> kept.forEach(ByteBuf::release);
        case END_LOOPS -> {
          for (EventLoop loop : loops) {
            loop.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          }
        }
        case CLOSE -> {
          allocator.closeAsync().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
          closed++;
        }
      }
    }
    assertThat(allocator.metric().liveBuffers()).isZero();
  }

  private static List<String> metric(LiteByteBufAllocator allocator) {
    return allocator.metric().arenas().stream()
        .map(arena -> arena.eventLoop() + ": " + arena.statistics())
        .toList();
  }

  private void watch(
      String life, LiteByteBufAllocator allocator, List<ByteBuf> kept, List<EventLoop> loops) {
    List<Object> all = new ArrayList<>(loops);
    all.add(allocator);
    all.addAll(allocator.metric().arenas());
    for (ByteBuf buffer : kept) {
      ByteBuf inner = buffer;
      while (inner.unwrap() != null) {
        inner = inner.unwrap();
      }
      if (inner.getClass().getPackage().equals(LiteByteBufAllocator.class.getPackage())) {
        all.add(inner); // not what the fallback keeps for reuse
      }
    }
    all.forEach(each -> objects.add(new Watched(life, new WeakReference<>(each))));
  }

  private List<EventLoop> loops() {
    List<EventLoop> loops = new ArrayList<>();
    int count = 1 + random.nextInt(MAX_LOOPS);
    if (random.nextInt(8) == 0) {
      new MultiThreadIoEventLoopGroup(count, NioIoHandler.newFactory())
          .forEach(loop -> loops.add((EventLoop) loop));
    } else {
      for (int i = 0; i < count; i++) {
        loops.add(new DefaultEventLoop());
      }
    }
    return loops;
  }

  private List<ByteBuf> onLoop(EventLoop loop, LiteByteBufAllocator allocator) {
    Random own = new Random(random.nextLong());
    return loop.submit(() -> traffic(allocator, own)).syncUninterruptibly().getNow();
  }

  private List<ByteBuf> onOtherThreads(LiteByteBufAllocator allocator) throws InterruptedException {
    List<ByteBuf> kept = Collections.synchronizedList(new ArrayList<>());
    Random own = new Random(random.nextLong());
    Runnable work = () -> kept.addAll(traffic(allocator, own));
    if (random.nextBoolean() && VirtualThreads.exist()) {
      ExecutorService virtual = VirtualThreads.executor().orElseThrow();
      virtual.execute(work);
      virtual.shutdown();
      assertThat(virtual.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } else {
      Thread thread = new Thread(work);
      thread.start();
      thread.join();
    }
    return kept;
  }

  /** Leaves some buffers, and empty memory. */
  private static List<ByteBuf> traffic(LiteByteBufAllocator allocator, Random own) {
    List<ByteBuf> kept = new ArrayList<>();
    for (int i = 0; i < BUFFERS; i++) {
      ByteBuf buffer = allocator.directBuffer(own.nextInt(MAX_BYTES));
      if (own.nextInt(4) == 0) {
        kept.add(buffer);
      } else {
        buffer.release();
      }
    }
    return kept;
  }

  private void requireCollected() throws InterruptedException {
    eventually(
        () -> {
          System.gc();
          objects.removeIf(Watched::isGone);
          return objects.isEmpty();
        },
        () -> "still reachable: " + objects.stream().limit(5).toList());
  }

  /** Names of dropped allocators are given back when the next one is taken. */
  private static void requireNoNameTaken(
      String strategy, Registries registries, Map<String, Integer> sizesBefore)
      throws InterruptedException {
    eventually(() -> nextName(strategy).equals(NAME), registries::sizes);
    // Without further allocators, of which each is looked after for some seconds.
    eventually(
        () ->
            registries.sizes().entrySet().stream()
                .allMatch(size -> size.getValue() <= sizesBefore.get(size.getKey())),
        () -> registries.sizes() + " (expected: at most " + sizesBefore + ')');
  }

  private static String nextName(String strategy) {
    try (LiteByteBufAllocator next =
        LiteByteBufAllocator.builder()
            .name(NAME)
            .strategy(strategy)
            .budget(MemoryBudget.unlimited(NAME))
            .decayMillis(0)
            .build()) {
      for (int i = 0; i < 20; i++) { // what was dropped is seen to by who takes chunks
        next.directBuffer(4 << 20).release();
        next.trim();
      }
      return next.name();
    }
  }

  /**
   * Netty's own for all loops ends by itself; those that the JDK runs virtual threads on do not.
   */
  private static void requireNoThreadLeft(Set<Long> before) throws InterruptedException {
    eventually(() -> newThreads(before).isEmpty(), () -> newThreads(before));
  }

  private static Set<Thread> newThreads(Set<Long> before) {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(
        thread ->
            before.contains(thread.getId()) || JDK_THREADS.matcher(thread.getName()).lookingAt());
    return threads;
  }

  private void requireNoMemoryLeft() throws InterruptedException {
    eventually(
        () -> budgets.stream().allMatch(budget -> budget.memory().reservedBytes() == 0),
        () -> budgets.stream().filter(budget -> budget.memory().reservedBytes() != 0).toList());
    assertThat(budgets).allMatch(budget -> budget.memory().promisedBytes() == 0);
  }
}
