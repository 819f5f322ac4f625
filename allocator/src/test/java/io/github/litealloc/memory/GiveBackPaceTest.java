package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.testing.TestMemorySource;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A store that gives back a few chunks at a time. */
final class GiveBackPaceTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int AT_ONCE = 16;

  private final Source source = new Source();
  private final MemoryBudget budget = MemoryBudget.unlimited("pace");
  private final Floor none = new Floor(0);
  private long millis;
  private final ChunkStore store = store(10_000);

  private ChunkStore store(long decayMillis) {
    return ChunkStore.builder()
        .source(source)
        .budget(budget)
        .decayMillis(decayMillis)
        .chunksAtOnce(AT_ONCE)
        .nanoTime(() -> TimeUnit.MILLISECONDS.toNanos(millis))
        .build();
  }

  private void burst(ChunkStore store, int count) {
    Deque<Chunk> held = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      held.push(store.take(none, UNIT, UNIT));
    }
    while (!held.isEmpty()) {
      store.giveBack(none, held.pop());
    }
  }

  private long idle() {
    assertThat(store.idleBytes()).isEqualTo(budget.reservedBytes()).isEqualTo(source.bytes());
    return store.idleBytes() / UNIT;
  }

  private boolean tick(ChunkAccount account, boolean hasReason) {
    return account.tick(TimeUnit.MILLISECONDS.toNanos(millis), 0, hasReason);
  }

  @Test
  void decay_aBurst_goesBackAFewAtATimeAndInTheEndAsMuchAsAtOnce() {
    burst(store, 1_000);
    millis = 1_000;
    assertThat(store.decay(TimeUnit.MILLISECONDS.toNanos(millis))).isEqualTo(AT_ONCE * UNIT);
    assertThat(idle()).isEqualTo(1_000 - AT_ONCE);
    int steps = 1;
    while (store.giveBackRest()) {
      steps++;
      assertThat(idle()).isEqualTo(1_000 - AT_ONCE - steps * AT_ONCE + AT_ONCE);
    }
    assertThat(idle()).isEqualTo(500);
    assertThat(store.giveBackRest()).isFalse();
    assertThat(idle()).isEqualTo(500);
    millis = 10_000;
    store.decay(TimeUnit.MILLISECONDS.toNanos(millis));
    for (int i = 0; store.giveBackRest(); i++) {
      assertThat(i).isLessThan(500 / AT_ONCE);
    }
    assertThat(idle()).isZero();
  }

  @Test
  void giveBackRest_chunksReusedMeanwhile_givesBackNoMoreThanThereIs() {
    burst(store, 100);
    millis = 10_000;
    store.decay(TimeUnit.MILLISECONDS.toNanos(millis));
    Deque<Chunk> held = new ArrayDeque<>();
    for (int i = 0; i < 80; i++) {
      held.push(store.take(none, UNIT, UNIT));
    }
    assertThat(store.giveBackRest()).isFalse();
    assertThat(store.idleBytes()).isZero();
    assertThat(source.bytes()).isEqualTo(80L * UNIT);
    held.forEach(chunk -> store.giveBack(none, chunk));
    assertThat(idle()).isEqualTo(80); // they are young again
  }

  @Test
  void trimUnneeded_nobodyTicks_givesBackAll() {
    ChunkAccount account = store.openAccount("sleeps", 0);
    burst(store, 100);
    assertThat(tick(account, true)).isTrue();
    account.close();
    store.trimUnneeded();
    assertThat(idle()).isZero();
  }

  @Test
  void trimUnneeded_somebodyTicks_leavesHimTheRestAndKeepsHimTicking() {
    for (ChunkStore each : new ChunkStore[] {store, store(ChunkStore.NEVER)}) {
      ChunkAccount account = each.openAccount("ticks", 0);
      tick(account, true);
      burst(each, 100);
      each.trimUnneeded();
      assertThat(each.idleBytes()).isEqualTo((100L - AT_ONCE) * UNIT);
      assertThat(each.hasRest()).isTrue();
      assertThat(tick(account, false)).isTrue();
      while (each.giveBackRest()) {
        assertThat(each.idleBytes()).isPositive();
      }
      assertThat(each.idleBytes()).isZero();
      assertThat(tick(account, false)).isFalse();
      account.close();
    }
  }

  @Test
  void giveBackRest_systemTakesNothingBack_isNotTriedAgainAndAgain() {
    burst(store, 100);
    millis = 10_000;
    source.takesNothingBack = true;
    assertThat(store.decay(TimeUnit.MILLISECONDS.toNanos(millis))).isZero();
    assertThat(store.hasRest()).isFalse();
    assertThat(idle()).isEqualTo(100);
    source.takesNothingBack = false;
    store.trim();
    assertThat(idle()).isZero();
  }

  @Test
  void trim_whileThereIsARest_givesBackAllAtOnce() {
    burst(store, 100);
    millis = 10_000;
    store.decay(TimeUnit.MILLISECONDS.toNanos(millis));
    assertThat(store.trim()).isEqualTo((100L - AT_ONCE) * UNIT);
    assertThat(store.hasRest()).isFalse();
  }

  @Test
  void chunksAtOnce_none_isRefused() {
    assertThatThrownBy(() -> ChunkStore.builder().chunksAtOnce(0))
        .hasMessage("chunksAtOnce: 0 (expected: at least 1)");
  }

  private static final class Source implements MemorySource {
    private final TestMemorySource inner = new TestMemorySource();
    private boolean takesNothingBack;

    long bytes() {
      return inner.bytes();
    }

    @Override
    public Memory allocate(int bytes) {
      Memory memory = inner.allocate(bytes);
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
          if (takesNothingBack) {
            throw new IllegalStateException("not now");
          }
          memory.release();
        }
      };
    }

    @Override
    public String name() {
      return "pace";
    }
  }
}
