package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An owner is asked for what is empty once at a time, and not in vain again and again. */
final class GivingWayTest {

  private static final long FLOOR = 100;

  private final ArenaStatistics statistics = new ArenaStatistics();
  private long millis;
  private int wakeUps;
  private final GivingWay givingWay =
      new GivingWay(
          statistics, FLOOR, () -> wakeUps++, () -> TimeUnit.MILLISECONDS.toNanos(millis));

  private boolean ask() {
    boolean isNew = givingWay.ask();
    givingWay.tellOwner();
    return isNew;
  }

  @Test
  void ask_noMoreThanTheFloor_isNotAsked() {
    statistics.reservedChanged(FLOOR);
    assertThat(ask()).isFalse();
    assertThat(givingWay.isAsked()).isFalse();
    assertThat(wakeUps).isZero();
  }

  @Test
  void ask_severalTimes_tellsOnce() {
    statistics.reservedChanged(FLOOR + 1);
    assertThat(ask()).isTrue();
    assertThat(ask()).isFalse();
    assertThat(givingWay.isAsked()).isTrue();
    assertThat(wakeUps).isEqualTo(1);
  }

  @Test
  void tellOwner_nothingIsEmpty_marksOnlyUntilSomethingIs() {
    statistics.pinnedChunks.publish(new int[] {10}, new int[] {(int) FLOOR + 1}, new boolean[1]);
    statistics.reservedChanged(FLOOR + 1);
    statistics.occupied = 10;
    assertThat(ask()).isTrue();
    assertThat(wakeUps).isZero();
    statistics.pinnedChunks.publish(new int[] {0}, new int[] {(int) FLOOR + 1}, new boolean[1]);
    ask();
    assertThat(wakeUps).isEqualTo(1);
  }

  @Test
  void ask_ownerHadNothingToGive_leavesItAloneForAMoment() {
    statistics.reservedChanged(FLOOR + 1);
    ask();
    givingWay.begin();
    assertThat(givingWay.isAsked()).isFalse();
    millis += 9;
    assertThat(ask()).isFalse();
    millis++;
    assertThat(ask()).isTrue();
    assertThat(wakeUps).isEqualTo(2);
  }

  @Test
  void ask_ownerHasGivenSomething_asksAgainAtOnce() {
    statistics.reservedChanged(FLOOR + 1);
    ask();
    givingWay.begin();
    statistics.chunkReleases++;
    assertThat(ask()).isTrue();
  }
}
