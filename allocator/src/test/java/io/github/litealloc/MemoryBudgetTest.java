package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MemoryBudgetTest {

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
  void tryCharge_toTheLastByte_worksAndNoFurther() {
    MemoryBudget budget = MemoryBudget.of("b", 100);
    assertThat(budget.name()).isEqualTo("b");
    assertThat(budget.maxBytes()).isEqualTo(100);
    assertThat(budget.tryCharge(60)).isTrue();
    assertThat(budget.tryCharge(41)).isFalse();
    assertThat(budget.tryCharge(40)).isTrue();
    assertThat(budget.tryCharge(1)).isFalse();
    assertThat(budget.tryCharge(0)).isTrue();
    assertThat(budget.reservedBytes()).isEqualTo(100);
    assertThat(budget.refusals()).isEqualTo(2);

    budget.credit(60);
    assertThat(budget.reservedBytes()).isEqualTo(40);
    assertThat(budget.peakReservedBytes()).isEqualTo(100);
    assertThat(budget.tryCharge(60)).isTrue();
    assertThat(budget.toString()).isEqualTo("MemoryBudget(b: 100 of 100 bytes)");
  }

  @Test
  void unlimited_hugeCharges_neverOverflow() {
    MemoryBudget budget = MemoryBudget.unlimited("u");
    assertThat(budget.tryCharge(Long.MAX_VALUE - 1)).isTrue();
    assertThat(budget.tryCharge(2)).isFalse();
    assertThat(budget.tryCharge(1)).isTrue();
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
  void tryCharge_manyThreads_neverExceedsTheCeiling() throws Exception {
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
                if (budget.tryCharge(bytes)) {
                  charges++;
                  long now = held.addAndGet(bytes);
                  long reserved = budget.reservedBytes();
                  if (now > max || reserved > max || reserved < bytes) {
                    throw new AssertionError(now + " held, " + reserved + " reserved");
                  }
                  held.addAndGet(-bytes);
                  budget.credit(bytes);
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
