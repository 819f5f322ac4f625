package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How what a store keeps goes back with time: by a clock that only the test moves. */
final class ChunkStoreDecayTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;

  private final TestMemorySource source = new TestMemorySource();
  private final MemoryBudget budget = MemoryBudget.unlimited("decay");
  private final Floor none = new Floor(0);
  private final Deque<Chunk> held = new ArrayDeque<>();
  private long millis = 7;
  private final ChunkStore store = store(ChunkStore.DEFAULT_DECAY_MILLIS);

  private ChunkStore store(long decayMillis) {
    return ChunkStore.builder()
        .source(source)
        .budget(budget)
        .decayMillis(decayMillis)
        .nanoTime(this::nanos)
        .build();
  }

  /** Near the end of what a long holds, as nanoTime may be. */
  private long nanos() {
    return Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(2) + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void take(int count) {
    for (int i = 0; i < count; i++) {
      Chunk chunk = store.take(none, UNIT, UNIT);
      assertThat(chunk).isNotNull();
      held.push(chunk);
    }
  }

  private void giveBackAll() {
    while (!held.isEmpty()) {
      store.giveBack(none, held.pop());
    }
  }

  /** A burst of so many chunks ends now. */
  private void burst(int count) {
    take(count);
    giveBackAll();
  }

  private long idleAfter(long afterMillis) {
    millis += afterMillis;
    store.decay(nanos());
    assertThat(budget.reservedBytes()).isEqualTo(store.idleBytes());
    assertThat(source.bytes()).isEqualTo(store.idleBytes());
    return store.idleBytes() / UNIT;
  }

  @Test
  void decay_silence_leavesHalfAfterEachSecond() {
    burst(1_024);
    assertThat(idleAfter(999)).isEqualTo(1_024);
    assertThat(idleAfter(1)).isEqualTo(512);
    assertThat(idleAfter(999)).isEqualTo(512);
    assertThat(idleAfter(1)).isEqualTo(256);
    assertThat(idleAfter(1_000)).isEqualTo(128);
  }

  @Test
  void decay_askedLate_catchesUp() {
    burst(1_024);
    assertThat(idleAfter(3_500)).isEqualTo(128);
    assertThat(idleAfter(499)).isEqualTo(128);
    assertThat(idleAfter(1)).isEqualTo(64);
  }

  @Test
  void decay_silenceOfTenSeconds_leavesNothing() {
    burst(100_000 / 64);
    assertThat(idleAfter(9_999)).isPositive();
    assertThat(store.hasDecayingChunks()).isTrue();
    assertThat(idleAfter(1)).isZero();
    assertThat(store.hasDecayingChunks()).isFalse();
  }

  @Test
  void decay_oddAmount_leavesAtMostHalf() {
    burst(7);
    assertThat(idleAfter(1_000)).isEqualTo(3);
    assertThat(idleAfter(1_000)).isEqualTo(1);
    assertThat(idleAfter(1_000)).isZero();
  }

  @Test
  void decay_chunksThatAreNeededNowAndThen_stay() {
    burst(8);
    for (int i = 0; i < 4; i++) {
      assertThat(idleAfter(200)).isEqualTo(8);
      burst(6);
    }
    assertThat(idleAfter(200)).isEqualTo(7); // of the two that nobody needed
    burst(6);
    assertThat(idleAfter(999)).isEqualTo(7);
    assertThat(source.pieces()).isEqualTo(7);
  }

  @Test
  void decay_burstsBeforeSilence_areGoneTenSecondsAfterTheLast() {
    for (int i = 0; i < 20; i++) {
      burst(50 + i);
      idleAfter(300);
    }
    burst(64);
    assertThat(idleAfter(2_000)).isLessThanOrEqualTo(32);
    assertThat(idleAfter(8_000)).isZero();
  }

  @Test
  void decay_neverWanted_keepsEverything() {
    ChunkStore never = store(-1);
    never.giveBack(none, never.take(none, UNIT, UNIT));
    millis += TimeUnit.DAYS.toMillis(1);
    assertThat(never.decay(nanos())).isZero();
    assertThat(never.hasDecayingChunks()).isFalse();
    assertThat(never.idleBytes()).isEqualTo(UNIT);
  }

  @Test
  void decay_atOnce_keepsNothing() {
    ChunkStore atOnce = store(0);
    atOnce.giveBack(none, atOnce.take(none, UNIT, UNIT));
    assertThat(atOnce.idleBytes()).isZero();
    assertThat(source.pieces()).isZero();
    assertThat(atOnce.decay(nanos())).isZero();
  }

  @Test
  void decay_shortestAndLongestTimes_areExact() {
    ChunkStore shortest = store(1);
    shortest.giveBack(none, shortest.take(none, UNIT, UNIT));
    assertThat(shortest.decay(nanos())).isZero();
    millis++;
    assertThat(shortest.decay(nanos())).isEqualTo(UNIT);

    ChunkStore longest = store(Long.MAX_VALUE);
    longest.giveBack(none, longest.take(none, UNIT, UNIT));
    millis += TimeUnit.DAYS.toMillis(300);
    assertThat(longest.decay(nanos())).isZero();
  }

  @Test
  void stopRetaining_chunksKeptForAnotherTry_goBackWithTheNextDecay() {
    burst(3);
    store.stopRetaining();
    assertThat(store.idleBytes()).isZero();
    assertThat(store.decay(nanos())).isZero();
  }
}
