package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over free memory in pieces, which keep the owner for a bounded number of steps each. */
final class FreeWalkTest {

  private static final int BLOCKS = 3_000;
  private static final long SEED = 20261201;

  private record Live(long block, int bytes) {}

  private final Random random = new Random(SEED);
  private final List<Live> live = new ArrayList<>();
  private Arena arena = Arena.builder().build();

  @AfterEach
  void close() {
    arena.reset();
    arena.close();
  }

  static List<StrategyFactory> strategies() {
    List<StrategyFactory> strategies = new ArrayList<>(TestStrategies.all());
    strategies.add(TestStrategies.hardened(Strategies.HYBRID, "walked", Hardening.debug()));
    return strategies;
  }

  private void use(StrategyFactory strategy) {
    arena.close();
    arena = Arena.builder().strategy(strategy).build();
  }

  private void allocate() {
    int bytes = random.nextInt(20) == 0 ? 20_000 + random.nextInt(100_000) : random.nextInt(2_000);
    live.add(new Live(arena.allocate(Math.max(1, bytes)), Math.max(1, bytes)));
  }

  private void free() {
    Live freed = live.remove(random.nextInt(live.size()));
    arena.free(freed.block(), freed.bytes());
  }

  private void fragment() {
    for (int i = 0; i < BLOCKS; i++) {
      allocate();
    }
    for (int i = 0; i < BLOCKS / 2; i++) {
      free();
    }
  }

  private static FreeRunVisitor into(List<FragmentationMap.Run> runs) {
    return (chunk, offset, bytes) ->
        runs.add(new FragmentationMap.Run(chunk, offset, bytes, false));
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void walk_inPieces_tellsOfTheSameRunsInTheSameOrder(StrategyFactory strategy) {
    use(strategy);
    fragment();
    List<FragmentationMap.Run> all = new ArrayList<>();
    arena.router.visitFreeRuns(into(all));
    assertThat(all).hasSizeGreaterThan(20).doesNotHaveDuplicates();

    for (int steps : new int[] {1, 7, 100, BLOCKS * 10}) {
      FreeWalk walk = new FreeWalk();
      List<FragmentationMap.Run> told = new ArrayList<>();
      boolean isOver;
      do {
        int before = told.size();
        walk.nextPiece(steps);
        isOver = arena.router.walkFree(walk, into(told));
        // The rest of a chunk that is carved, of which a strategy has two at most, is no step.
        assertThat(told.size() - before).isLessThanOrEqualTo(steps + 2);
      } while (!isOver);
      assertThat(told).as("in pieces of %d", steps).isEqualTo(all);
    }
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void walk_ofAnArenaInUse_tellsOnlyOfWhatIsFreeAndEnds(StrategyFactory strategy) {
    use(strategy);
    fragment();
    FreeWalk walk = new FreeWalk();
    boolean isOver = false;
    for (int piece = 0; !isOver; piece++) {
      assertThat(piece).as("pieces").isLessThan(BLOCKS);
      for (int i = 0; i < 5; i++) {
        allocate();
        free();
      }
      List<FragmentationMap.Run> told = new ArrayList<>();
      walk.nextPiece(10);
      isOver = arena.router.walkFree(walk, into(told));
      told.forEach(this::requireFree);
    }
  }

  private void requireFree(FragmentationMap.Run run) {
    for (Live each : live) {
      boolean isApart =
          Blocks.chunk(each.block()) != run.chunk()
              || Blocks.offset(each.block()) >= run.offset() + run.bytes()
              || Blocks.offset(each.block()) + each.bytes() <= run.offset();
      assertThat(isApart).as("%s and %s", run, each).isTrue();
    }
  }
}
