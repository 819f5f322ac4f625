package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BufferLivesTest {

  @Test
  void of_aHistory_countsLivesInAllocationsOfTheOwnThread() {
    Traffic.Builder builder = new Traffic.Builder();
    int first = builder.allocate(0, 0, 100);
    builder.release(1, 0, first); // before the next one
    int second = builder.allocate(2, 0, 200);
    int elsewhere = builder.allocate(3, 1, 300); // another thread's, never released
    builder.allocate(4, 1, 0); // without bytes
    int third = builder.allocate(5, 0, 400);
    builder.resize(6, 0, third, 4_000);
    builder.resize(7, 0, third, 40);
    builder.release(8, 1, second); // by another thread: it counts those of its own
    builder.release(9, 0, third);

    BufferLives lives =
        BufferLives.of(builder.build(new boolean[] {true, true}, Traffic.Losses.NONE));

    assertThat(elsewhere).isEqualTo(2);
    assertThat(lives.count()).isEqualTo(4);
    assertThat(new int[] {lives.size(0), lives.life(0)}).containsExactly(100, 1);
    assertThat(new int[] {lives.size(1), lives.life(1)}).containsExactly(200, 2);
    assertThat(new int[] {lives.size(2), lives.life(2)}).containsExactly(300, 2);
    assertThat(new int[] {lives.size(3), lives.life(3)}).containsExactly(4_000, 1);
  }
}
