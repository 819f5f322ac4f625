package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.memory.MemorySource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an arena calls in the middle of an operation may call the arena. */
final class ArenaCallbacksTest {

  private static final int BYTES = 1_000;
  private static final int MUCH = 40_000; // so that every other one takes a chunk

  private enum Call {
    ALLOCATE,
    ALLOCATE_MUCH,
    REALLOCATE,
    TRIM,
    TICK,
    DRAIN,
    RESET,
    SHOW,
    VERIFY,
    CLOSE
  }

  private enum Place {
    SOURCE,
    RELEASE,
    GROWTH
  }

  private final MemoryBudget budget = MemoryBudget.unlimited("called back");
  private @Nullable Place armed;
  private Runnable callback = () -> {};
  private int calls;

  static Stream<Arguments> cases() {
    return Stream.of(
            Strategies.HYBRID,
            Strategies.FREE_LIST,
            Strategies.SEGREGATED_BUMP,
            Strategies.BUMP_FREE_LIST)
        .flatMap(
            strategy -> Arrays.stream(Place.values()).map(place -> Arguments.of(strategy, place)));
  }

  private void at(Place place) {
    if (place == armed) {
      calls++;
      callback.run();
    }
  }

  private final class CallingSource implements MemorySource {
    @Override
    public Memory allocate(int bytes) {
      at(Place.SOURCE);
      Memory memory = MemorySource.jdk().allocate(bytes);
      return new Memory() {
        @Override
        public ByteBuffer buffer() {
          return memory.buffer();
        }

        @Override
        public long address() {
          return memory.address();
        }

        @Override
        public void release() {
          at(Place.RELEASE);
          memory.release();
        }
      };
    }

    @Override
    public String name() {
      return "calling";
    }
  }

  private Arena newArena(StrategyFactory strategy) {
    ChunkStore store =
        ChunkStore.builder().source(new CallingSource()).budget(budget).decayMillis(0).build();
    return Arena.builder()
        .strategy(strategy)
        .store(store)
        .checked(false)
        .onGrowth(() -> at(Place.GROWTH))
        .build();
  }

  private static void call(Arena arena, Call call, long block) {
    switch (call) {
      case ALLOCATE -> arena.allocate(BYTES);
      case ALLOCATE_MUCH -> arena.allocate(MUCH);
      case REALLOCATE -> arena.reallocate(block, BYTES, MUCH);
      case TRIM -> arena.trim();
      case TICK -> arena.tick(System.nanoTime());
      case DRAIN -> arena.drainRemoteFrees();
      case RESET -> arena.reset();
      case SHOW -> arena.fragmentation();
      case VERIFY -> arena.verify();
      case CLOSE -> arena.close();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anything_calledInTheMiddle_isRefusedAndChangesNothing(
      StrategyFactory strategy, Place place) {
    for (Call call : Call.values()) {
      Arena arena = newArena(strategy);
      long mine = arena.allocate(BYTES);
      callback =
          () -> {
            long live = arena.statistics().liveBlocks();
            assertThat(arena.isBusy()).isTrue();
            assertThat(catchThrowable(() -> call(arena, call, mine)))
                .as("%s at %s", call, place)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in the middle of an operation");
            assertThat(arena.statistics().liveBlocks()).isEqualTo(live);
          };
      useAndEnd(arena, place, mine, BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void free_calledInTheMiddle_isPutOff(StrategyFactory strategy, Place place) {
    Arena arena = newArena(strategy);
    long[] mine = {arena.allocate(BYTES)};
    callback =
        () -> {
          if (mine[0] != Blocks.NO_BLOCK) {
            arena.free(mine[0], BYTES);
            mine[0] = Blocks.NO_BLOCK;
          }
        };
    useAndEnd(arena, place, Blocks.NO_BLOCK, BYTES);
    assertThat(mine[0]).isEqualTo(Blocks.NO_BLOCK);
  }

  private void useAndEnd(Arena arena, Place place, long mine, int bytes) {
    long[] blocks = new long[20];
    calls = 0;
    armed = place;
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = arena.allocate(MUCH);
      arena.view(blocks[i], MUCH).put(0, (byte) i).put(MUCH - 1, (byte) i);
    }
    for (int i = 0; i < blocks.length; i++) {
      ByteBuffer view = arena.view(blocks[i], MUCH);
      assertThat(new byte[] {view.get(0), view.get(MUCH - 1)}).containsOnly(i);
      arena.free(blocks[i], MUCH);
    }
    arena.trim();
    assertThat(calls).as("calls at %s", place).isPositive();
    assertThat(arena.isBusy()).isFalse();
    assertThat(arena.isSuspect()).isFalse();
    armed = null;
    if (mine != Blocks.NO_BLOCK) {
      arena.free(mine, bytes);
    }
    arena.drainRemoteFrees();
    assertThat(arena.statistics().liveBlocks()).isZero();
    arena.free(arena.allocate(BYTES), BYTES);
    arena.close();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.promisedBytes()).isZero();
  }
}
