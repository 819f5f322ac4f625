package io.github.litealloc;

import static io.github.litealloc.MemoryPressure.CRITICAL;
import static io.github.litealloc.MemoryPressure.HIGH;
import static io.github.litealloc.MemoryPressure.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryPressureTest {

  private final MemoryBudget budget = MemoryBudget.of("pressed", 1_000);
  private final List<MemoryPressure> told = new ArrayList<>();

  /** Charges or credits until exactly so many bytes are charged. */
  private MemoryPressure charge(long bytes) {
    long delta = bytes - budget.reservedBytes();
    if (delta >= 0) {
      assertThat(budget.tryCharge(delta)).isTrue();
    } else {
      budget.credit(-delta);
    }
    return budget.pressure();
  }

  @Test
  void pressure_rising_changesAtItsMarks() {
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThat(charge(799)).isEqualTo(NORMAL);
    assertThat(charge(800)).isEqualTo(HIGH);
    assertThat(charge(949)).isEqualTo(HIGH);
    assertThat(charge(950)).isEqualTo(CRITICAL);
    assertThat(charge(1_000)).isEqualTo(CRITICAL);
  }

  @Test
  void pressure_falling_isLeftWellBelowItsMark() {
    charge(1_000);
    assertThat(charge(900)).isEqualTo(CRITICAL);
    assertThat(charge(800)).isEqualTo(CRITICAL);
    assertThat(charge(799)).isEqualTo(HIGH);
    assertThat(charge(700)).isEqualTo(HIGH);
    assertThat(charge(699)).isEqualTo(NORMAL);
    assertThat(charge(799)).isEqualTo(NORMAL);
  }

  @Test
  void pressure_manyLevelsAtOnce_isTheLast() {
    assertThat(charge(1_000)).isEqualTo(CRITICAL);
    assertThat(charge(0)).isEqualTo(NORMAL);
  }

  @Test
  void pressure_refusedCharge_staysAsItIs() {
    charge(100);
    assertThat(budget.tryCharge(901)).isFalse();
    assertThat(budget.pressure()).isEqualTo(NORMAL);
    assertThat(budget.refusals()).isEqualTo(1);
  }

  @Test
  void listener_addedWhenTheLevelIsHigh_isToldAtOnce() {
    charge(850);
    budget.addPressureListener(Runnable::run, told::add);
    assertThat(told).containsExactly(HIGH);
  }

  @Test
  void pressure_unlimitedBudget_staysNormal() {
    MemoryBudget unlimited = MemoryBudget.unlimited("u");
    unlimited.tryCharge(1L << 50);
    assertThat(unlimited.pressure()).isEqualTo(NORMAL);
  }

  @Test
  void listener_everyChange_isToldOnceAndInOrder() throws Exception {
    AutoCloseable registration = budget.addPressureListener(Runnable::run, told::add);
    charge(500);
    charge(850);
    charge(860);
    charge(960);
    charge(750);
    charge(750);
    charge(10);
    assertThat(told).containsExactly(HIGH, CRITICAL, HIGH, NORMAL);

    registration.close();
    charge(1_000);
    assertThat(told).hasSize(4);
    assertThat(budget.pressure()).isEqualTo(CRITICAL);
  }

  @Test
  void listener_throws_othersAreToldAndTheChargeHolds() {
    budget.addPressureListener(
        Runnable::run,
        level -> {
          throw new WithoutStackTrace("a listener may throw");
        });
    budget.addPressureListener(Runnable::run, told::add);
    charge(960);
    assertThat(told).containsExactly(CRITICAL);
    assertThat(budget.reservedBytes()).isEqualTo(960);
  }

  @Test
  void pressure_arenaOnTheBudget_followsIt() {
    int unit = ChunkStore.CHUNK_UNIT_BYTES;
    MemoryBudget small = MemoryBudget.of("small", 10 * unit);
    small.addPressureListener(Runnable::run, told::add);
    ChunkStore store =
        ChunkStore.builder().source(new TestMemorySource()).budget(small).decayMillis(0).build();
    Arena arena = Arena.builder().strategy("free-list").store(store).build();
    long block = arena.allocate(8 * unit);
    assertThat(told).containsExactly(HIGH);
    assertThat(arena.allocate(8 * unit)).isEqualTo(Blocks.NO_BLOCK);
    assertThat(told).containsExactly(HIGH); // a refusal is counted, and says nothing of the level
    assertThat(small.refusals()).isPositive();
    arena.free(block, 8 * unit);
    arena.close();
    assertThat(told).containsExactly(HIGH, NORMAL);
  }
}
