package io.github.litealloc.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.litealloc.benchmarks.record.BufferLives;
import io.github.litealloc.benchmarks.record.MadeUpTraffic;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordedStepsTest {

  private final BufferLives lives = BufferLives.of(MadeUpTraffic.random(7, 2_000));

  @Test
  void steps_ofARecording_releaseEachBufferOnceAndKeepAsManyLive() {
    RecordedSteps steps = new RecordedSteps(lives, 1);
    BitSet ended = new BitSet();
    for (int step = 0; step < RecordedSteps.LENGTH; step++) {
      for (int at = steps.firstEnding(step); at < steps.firstEnding(step + 1); at++) {
        assertThat(ended.get(steps.ending(at))).isFalse();
        ended.set(steps.ending(at));
      }
    }

    assertThat(ended.cardinality()).isEqualTo(RecordedSteps.LENGTH);
    assertThat(steps.meanLive())
        .isCloseTo(
            IntStream.range(0, lives.count()).map(lives::life).average().orElseThrow(),
            within(0.05 * steps.meanLive()));
  }

  @Test
  void steps_ofTheSameSeed_areTheSame() {
    int[] once = sizes(new RecordedSteps(lives, 3));

    assertThat(sizes(new RecordedSteps(lives, 3))).isEqualTo(once);
    assertThat(sizes(new RecordedSteps(lives, 4))).isNotEqualTo(once);
  }

  private static int[] sizes(RecordedSteps steps) {
    return IntStream.range(0, 1_000).map(steps::size).toArray();
  }

  @Test
  void work_someSteps_leavesNothingAtItsEnd() {
    PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    RecordedSteps steps = new RecordedSteps(lives, 1);
    RecordedWork work = new RecordedWork(steps, allocator);

    work.go(20_000);
    long atWork = allocator.pinnedDirectMemory();
    work.end();

    assertThat(atWork).isPositive();
    assertThat(allocator.pinnedDirectMemory()).isZero();
  }
}
