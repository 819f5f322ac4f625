package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** All gates on a budget together try as often without room as one of them would. */
final class LostTriesTest {

  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(PressureGate.TICK_MILLIS);

  private final PressedBudget shared =
      new PressedBudget(MemoryBudget.of("tries", 1 << 20), new StallLimit(0));
  private final Object gate = new Object();
  private final Object other = new Object();

  private void open(int gates) {
    for (int i = 0; i < gates; i++) {
      shared.addGate(new Thread()); // each another one, and never run
    }
  }

  @Test
  void hasLostTry_beforeAny_isFalse() {
    open(2);
    assertThat(shared.hasLostTry(gate, 0)).isFalse();
  }

  @Test
  void hasLostTry_onAnotherGate_forATick() {
    open(2);
    shared.noteLostTry(other, 5);
    assertThat(shared.hasLostTry(gate, 5 + TICK - 1)).isTrue();
    assertThat(shared.hasLostTry(gate, 5 + TICK)).isFalse();
  }

  /** So that it does not have all of them. */
  @Test
  void hasLostTry_onTheSameGateBesideOthers_forTwoTicks() {
    open(2);
    shared.noteLostTry(gate, 5);
    assertThat(shared.hasLostTry(gate, 5 + 2 * TICK - 1)).isTrue();
    assertThat(shared.hasLostTry(gate, 5 + 2 * TICK)).isFalse();
  }

  @Test
  void hasLostTry_onTheOnlyGate_isFalse() {
    open(1);
    shared.noteLostTry(gate, 5);
    assertThat(shared.hasLostTry(gate, 5)).isFalse();
  }
}
