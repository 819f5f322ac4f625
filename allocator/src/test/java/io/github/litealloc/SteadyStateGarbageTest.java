package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An unchecked arena in a steady state creates no heap objects. */
final class SteadyStateGarbageTest {

  private static final int LIVE = 512;
  private static final int WARM_UP = 200_000;
  private static final int OPERATIONS = 20_000;
  private static final int ROUNDS = 10; // in some of which a chunk more is taken than ever before

  private static final int[] SIZES = {0, 9, 16, 60, 100, 256, 300, 1_000, 1_024, 4_096, 8_192};

  /** Beyond the largest that hybrid keeps in shared chunks; two of one size, and one very large. */
  private static final int[] HUGE_BYTES = {3 << 20, 2_500_000, 3 << 20, 20_000_000};

  static List<StrategyFactory> strategies() {
    List<StrategyFactory> strategies = new ArrayList<>(TestStrategies.all());
    strategies.add(TestStrategies.hardened(Strategies.HYBRID, "wiping", Hardening.zeroOnFree()));
    return strategies;
  }

  /** Heap bytes that the calling thread has allocated since it started. */
  private static final class HeapMeter {
    private final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * The heap bytes that a repeated task allocates when it is warm. The least of some rounds: an
     * array that has to grow once more is no garbage of the steady state.
     */
    long measure(Task task) {
      task.run(WARM_UP);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long before = bean.getCurrentThreadAllocatedBytes();
        task.run(OPERATIONS);
        least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
      }
      return least;
    }
  }

  /** Something to be done so many times. */
  private interface Task {
    void run(int times);
  }

  private static Arena arena(StrategyFactory strategy) {
    ChunkStore store =
        ChunkStore.builder()
            .source(new TestMemorySource())
            .budget(MemoryBudget.unlimited("garbage"))
            .build();
    return Arena.builder().strategy(strategy).store(store).checked(false).build();
  }

  /** Random numbers without objects (Marsaglia, Xorshift RNGs, 2003). */
  private static int next(int random) {
    int x = random;
    x ^= x << 13;
    x ^= x >>> 17;
    return x ^ (x << 5);
  }

  /** Replaces one of many live blocks at a time. */
  private static final class Replacing implements Task {
    private final Arena arena;
    private final boolean isReallocating;
    private final boolean isRemote;
    private final long[] blocks = new long[LIVE];
    private final int[] sizes = new int[LIVE];
    private final Node[] nodes = new Node[LIVE];
    private int random = 1;

    Replacing(Arena arena, boolean isReallocating, boolean isRemote) {
      this.arena = arena;
      this.isReallocating = isReallocating;
      this.isRemote = isRemote;
      for (int i = 0; i < LIVE; i++) {
        sizes[i] = SIZES[i % SIZES.length];
        blocks[i] = arena.allocate(sizes[i]);
        nodes[i] = new Node(arena);
      }
    }

    @Override
    public void run(int times) {
      for (int i = 0; i < times; i++) {
        random = next(random);
        int index = (random >>> 8) % LIVE;
        int bytes = SIZES[(random >>> 20) % SIZES.length];
        if (isReallocating) {
          blocks[index] = arena.reallocate(blocks[index], sizes[index], bytes);
        } else {
          free(index);
          blocks[index] = arena.allocate(bytes);
        }
        sizes[index] = bytes;
      }
    }

    private void free(int index) {
      if (isRemote) {
        nodes[index].block = blocks[index];
        nodes[index].bytes = sizes[index];
        arena.remoteFree(nodes[index]);
      } else {
        arena.free(blocks[index], sizes[index]);
      }
    }
  }

  /** A release that is its own queue node, as a pooled buffer object is. */
  private static final class Node extends LinkedRemoteFree {
    private final Arena arena;
    private long block;
    private int bytes;

    Node(Arena arena) {
      this.arena = arena;
    }

    @Override
    public void freeOnOwner() {
      arena.free(block, bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void allocateAndFree_oneBlockAtATime_createsNoObjects(StrategyFactory strategy) {
    Arena arena = arena(strategy);
    Task task =
        times -> {
          for (int i = 0; i < times; i++) {
            int bytes = SIZES[i % SIZES.length];
            arena.free(arena.allocate(bytes, i % 16 == 0 ? 64 : 16), bytes);
          }
        };
    assertThat(new HeapMeter().measure(task)).isZero();
    arena.reset();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void allocateAndFree_manyLive_createsNoObjects(StrategyFactory strategy) {
    Arena arena = arena(strategy);
    long created = new HeapMeter().measure(new Replacing(arena, false, false));
    assertThat(created).isZero();
    arena.reset();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void remoteFree_manyLive_createsNoObjects(StrategyFactory strategy) {
    Arena arena = arena(strategy);
    long created = new HeapMeter().measure(new Replacing(arena, false, true));
    assertThat(created).isZero();
    assertThat(arena.statistics().remoteFrees()).isEqualTo(WARM_UP + ROUNDS * OPERATIONS);
    arena.reset();
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void reallocate_manyLive_createsNoObjects(StrategyFactory strategy) {
    Arena arena = arena(strategy);
    long created = new HeapMeter().measure(new Replacing(arena, true, false));
    assertThat(created).isZero();
    assertThat(arena.statistics().reallocationsMoved()).isPositive();
    assertThat(arena.statistics().reallocationsInPlace()).isPositive();
    arena.reset();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#all") // wiping megabytes each time takes long
  void allocateAndFree_hugeBlocks_createNoObjects(StrategyFactory strategy) {
    Arena arena = arena(strategy);
    long[] live = new long[4];
    for (int i = 0; i < live.length; i++) {
      live[i] = arena.allocate(HUGE_BYTES[i]);
    }
    long chunksBefore = arena.statistics().chunkReservations();
    Task task =
        times -> {
          for (int i = 0; i < times; i++) {
            int index = i % live.length;
            arena.free(live[index], HUGE_BYTES[index]);
            live[index] = arena.allocate(HUGE_BYTES[index]);
          }
        };
    assertThat(new HeapMeter().measure(task)).isZero();
    if (strategy == Strategies.HYBRID) {
      assertThat(arena.statistics().chunkReservations() - chunksBefore)
          .isEqualTo(WARM_UP + (long) ROUNDS * OPERATIONS); // each was given back and taken anew
    }
    arena.reset();
  }

  @Test
  void measure_viewsAreObjects_findsThem() {
    // The meter measures: a view per operation is garbage, and must be seen as such.
    Arena arena = arena(Strategies.HYBRID);
    long block = arena.allocate(100);
    Object[] kept = new Object[1];
    Task task =
        times -> {
          for (int i = 0; i < times; i++) {
            kept[0] = arena.view(block, 100);
          }
        };
    assertThat(new HeapMeter().measure(task)).isGreaterThan(16L * OPERATIONS);
    assertThat(kept[0]).isNotNull();
    arena.reset();
  }
}
