package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LongIntMapTest {

  private static final int ABSENT = -7;

  private final LongIntMap map = new LongIntMap();

  @Test
  void newMap_isEmpty() {
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.size()).isZero();
    assertThat(map.getOrDefault(0, ABSENT)).isEqualTo(ABSENT);
    assertThat(map.remove(0, ABSENT)).isEqualTo(ABSENT);
    map.clear();
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void put_presentKey_replacesItsValue() {
    map.put(0, 1);
    map.put(0, 2);
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.getOrDefault(0, ABSENT)).isEqualTo(2);
    assertThat(map.remove(0, ABSENT)).isEqualTo(2);
    assertThat(map.getOrDefault(0, ABSENT)).isEqualTo(ABSENT);
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void clear_manyKeys_forgetsThem() {
    for (int i = 0; i < 1_000; i++) {
      map.put(Blocks.block(i % 5, i * 16), i);
    }
    map.clear();
    assertThat(map.isEmpty()).isTrue();
    for (int i = 0; i < 1_000; i++) {
      assertThat(map.getOrDefault(Blocks.block(i % 5, i * 16), ABSENT)).isEqualTo(ABSENT);
    }
    map.put(16, 5);
    assertThat(map.getOrDefault(16, ABSENT)).isEqualTo(5);
    assertThat(map.size()).isEqualTo(1);
  }

  @Test
  void getOrDefault_extremeKeysAndValues_areKept() {
    long[] keys = {0, 1, Long.MAX_VALUE, 1L << 32, (1L << 63) - 16, 0x7FFF_FFFF_0000_0000L};
    for (int i = 0; i < keys.length; i++) {
      map.put(keys[i], i % 2 == 0 ? Integer.MIN_VALUE + i : Integer.MAX_VALUE - i);
    }
    for (int i = 0; i < keys.length; i++) {
      assertThat(map.getOrDefault(keys[i], ABSENT))
          .isEqualTo(i % 2 == 0 ? Integer.MIN_VALUE + i : Integer.MAX_VALUE - i);
    }
  }

  @Test
  void shrink_fewAreLeft_letsGoOfTheRoomAndKeepsThem() {
    for (int i = 0; i < 100_000; i++) {
      map.put(i * 16L, i);
    }
    for (int i = 0; i < 99_990; i++) {
      map.remove(i * 16L, ABSENT);
    }
    for (int i = 0; i < 20; i++) {
      map.shrink();
    }
    assertThat(map.capacity()).isLessThanOrEqualTo(512);
    assertThat(map.size()).isEqualTo(10);
    for (int i = 99_980; i < 100_000; i++) {
      assertThat(map.getOrDefault(i * 16L, ABSENT)).isEqualTo(i < 99_990 ? ABSENT : i);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperations_afterEveryStep_matchHashMap(long seed) {
    Random random = new Random(seed);
    Map<Long, Integer> expected = new HashMap<>();
    // Few different keys, so that the same come and go; at times so many that the map is grown.
    int keys = seed % 2 == 0 ? 40 : 3_000;
    for (int step = 0; step < 200_000; step++) {
      long key = Blocks.block(random.nextInt(4), random.nextInt(keys) * 16);
      int choice = random.nextInt(step / 10_000 % 2 == 0 ? 5 : 8);
      Integer before = expected.get(key);
      int value = before == null ? ABSENT : before;
      if (choice < 3) {
        map.put(key, step);
        expected.put(key, step);
      } else if (choice == 3) {
        check(map.getOrDefault(key, ABSENT) == value, seed, step);
      } else {
        check(map.remove(key, ABSENT) == value, seed, step);
        expected.remove(key);
      }
      if (step % 500 == 0) {
        map.shrink();
      }
      check(map.size() == expected.size(), seed, step);
      check(map.isEmpty() == expected.isEmpty(), seed, step);
      if (step % 1_000 == 0) {
        for (int chunk = 0; chunk < 4; chunk++) {
          for (int i = 0; i < keys; i++) {
            long each = Blocks.block(chunk, i * 16);
            int wanted = expected.getOrDefault(each, ABSENT);
            check(map.getOrDefault(each, ABSENT) == wanted, seed, step);
          }
        }
      }
    }
  }

  private static void check(boolean holds, long seed, int step) {
    if (!holds) {
      throw new AssertionError("differs from HashMap with seed " + seed + " at step " + step);
    }
  }
}
