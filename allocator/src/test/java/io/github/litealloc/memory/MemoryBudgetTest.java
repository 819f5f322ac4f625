package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.support.Threads;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {

  private final Floor none = new Floor(0);

  private boolean charge(MemoryBudget budget, long bytes) {
    return budget.tryClaim(none, bytes) && budget.reserve(bytes);
  }

  private void credit(MemoryBudget budget, long bytes) {
    budget.credit(bytes);
    budget.unclaim(none, bytes);
  }

  @Test
  void of_notPositive_isRefused() {
    assertThatThrownBy(() -> MemoryBudget.of("b", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBytes: 0 (expected: at least 1 byte)");
    assertThatThrownBy(() -> MemoryBudget.of("b", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBytes: -1 (expected: at least 1 byte)");
  }

  @Test
  void charge_toTheLastByte_worksAndNoFurther() {
    MemoryBudget budget = MemoryBudget.of("b", 100);
    assertThat(budget.name()).isEqualTo("b");
    assertThat(budget.maxBytes()).isEqualTo(100);
    assertThat(charge(budget, 60)).isTrue();
    assertThat(charge(budget, 41)).isFalse();
    assertThat(charge(budget, 40)).isTrue();
    assertThat(charge(budget, 1)).isFalse();
    assertThat(charge(budget, 0)).isTrue();
    assertThat(budget.reservedBytes()).isEqualTo(100);
    assertThat(budget.refusals()).isEqualTo(2);

    credit(budget, 60);
    assertThat(budget.reservedBytes()).isEqualTo(40);
    assertThat(budget.peakReservedBytes()).isEqualTo(100);
    assertThat(charge(budget, 60)).isTrue();
    assertThat(budget.toString()).isEqualTo("MemoryBudget(b: 100 of 100 bytes)");
  }

  @Test
  void unlimited_hugeCharges_neverOverflow() {
    MemoryBudget budget = MemoryBudget.unlimited("u");
    assertThat(charge(budget, Long.MAX_VALUE - 1)).isTrue();
    assertThat(charge(budget, 2)).isFalse();
    assertThat(charge(budget, 1)).isTrue();
    assertThat(budget.reservedBytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(budget.refusals()).isEqualTo(1);
    assertThat(budget).hasToString("MemoryBudget(u: 9223372036854775807 of unlimited bytes)");
  }

  @Test
  void ofProcess_isOneAndHasTheDefaultCeiling() {
    assertThat(MemoryBudget.ofProcess()).isSameAs(MemoryBudget.ofProcess());
    assertThat(MemoryBudget.ofProcess().name()).isEqualTo("default");
    assertThat(MemoryBudget.ofProcess().maxBytes()).isEqualTo(DefaultCeiling.find().bytes());
    assertThat(ChunkStore.builder().build().budget()).isSameAs(MemoryBudget.ofProcess());
  }

  @Test
  void charge_manyThreads_neverExceedsTheCeiling() throws Exception {
    int max = 10_000;
    MemoryBudget budget = MemoryBudget.of("contended", max);
    AtomicLong held = new AtomicLong(); // raised after charging, lowered before crediting
    AtomicLong refused = new AtomicLong();
    List<Threads.Running<Long>> threads =
        Threads.startTogether(
            "charger",
            4,
            index -> {
              Random random = new Random(index);
              long charges = 0;
              for (int round = 0; round < 200_000; round++) {
                int bytes = random.nextInt(max / 2);
                if (charge(budget, bytes)) {
                  charges++;
                  long now = held.addAndGet(bytes);
                  long reserved = budget.reservedBytes();
                  if (now > max || reserved > max || reserved < bytes) {
                    throw new AssertionError(now + " held, " + reserved + " reserved");
                  }
                  held.addAndGet(-bytes);
                  credit(budget, bytes);
                } else {
                  refused.incrementAndGet();
                }
              }
              return charges;
            });
    long charges = 0;
    for (Threads.Running<Long> thread : threads) {
      charges += thread.join();
    }
    assertThat(charges).isPositive();
    assertThat(budget.reservedBytes()).isZero();
    assertThat(budget.peakReservedBytes()).isBetween(1L, (long) max);
    assertThat(budget.refusals()).isEqualTo(refused.get());
  }
}
