package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The runs of one chunk; {@link FreeRunIndexTest} does random operations on those of several. How
 * the runs are spread over leaves shows in how many of them a search looks at: the leaves before
 * the right one, and the runs of that one up to the right one.
 */
final class FreeRunsTest {

  private static final int LEAF = 32;

  /** From one run of {@link #addRuns} to the next: too far for them to touch. */
  private static final int STEP = 64;

  private final FreeRuns runs = new FreeRuns();

  /** Adds runs of 16 bytes, one at each multiple of {@link #STEP}. */
  private void addRuns(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(runs.add(i * STEP, 16)).isZero();
    }
  }

  private void removeRuns(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(runs.takeAt(i * STEP, 16)).isTrue();
    }
  }

  /** How many runs are looked at to find this one, which for that time is the only large one. */
  private int visitsToReach(int i) {
    assertThat(runs.add(i * STEP - 32, 32)).isEqualTo(1);
    runs.takeVisited();
    assertThat(runs.take(32)).isEqualTo(i * STEP - 32);
    runs.verify();
    return runs.takeVisited();
  }

  private List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    runs.visit(
        7,
        FreeWalk.toTheEnd(),
        (chunk, offset, bytes) -> {
          assertThat(chunk).isEqualTo(7);
          sizes.add(bytes);
        });
    return sizes;
  }

  @Test
  void newRuns_areNone() {
    runs.verify();
    assertThat(runs.count()).isZero();
    assertThat(runs.largest()).isZero();
    assertThat(runs.takeVisited()).isZero();
    assertThat(runs.takeAt(0, 16)).isFalse();
    assertThat(runs.removeEndingAt(16)).isZero();
    assertThat(sizes()).isEmpty();
  }

  // Where the last one was added.

  @Test
  void add_behindTheLastOne_isMergedWithIt() {
    addRuns(0, 5);
    for (int i = 0; i < 4; i++) { // the gap behind each run, in two steps
      assertThat(runs.add(i * STEP + 16, 16)).isEqualTo(1);
      assertThat(runs.add(i * STEP + 32, STEP - 32)).isEqualTo(2);
      runs.verify();
    }
    assertThat(sizes()).containsExactly(4 * STEP + 16);
  }

  @Test
  void add_behindTheLastOneThatIsGone_standsAlone() {
    addRuns(0, 3);
    removeRuns(2, 3);
    assertThat(runs.add(2 * STEP + 16, 16)).isZero();
    runs.verify();
    assertThat(sizes()).containsExactly(16, 16, 16);
  }

  @Test
  void add_behindTheLastOneThatHasMoved_isMergedWithIt() {
    addRuns(0, 3);
    removeRuns(0, 1);
    assertThat(runs.add(2 * STEP + 16, 16)).isEqualTo(1);
    runs.verify();
    assertThat(sizes()).containsExactly(16, 32);
  }

  @Test
  void add_lastOneCleared_standsAlone() {
    addRuns(0, 3);
    runs.clear();
    assertThat(runs.add(5 * STEP, 16)).isZero();
    assertThat(runs.add(2 * STEP + 16, 16)).isZero();
    runs.verify();
    assertThat(sizes()).containsExactly(16, 16);
  }

  // One leaf.

  @Test
  void take_partOfARun_leavesItsEnd() {
    runs.add(160, 64);
    assertThat(runs.take(48)).isEqualTo(160);
    assertThat(runs.largest()).isEqualTo(16);
    assertThat(runs.take(16)).isEqualTo(208);
    assertThat(runs.count()).isZero();
    assertThat(runs.largest()).isZero();
    runs.verify();
  }

  @Test
  void take_severalFit_takesTheLowest() {
    runs.add(320, 64);
    runs.add(160, 48);
    runs.add(0, 32);
    assertThat(runs.take(33)).isEqualTo(160);
    assertThat(runs.take(33)).isEqualTo(320);
    assertThat(runs.take(31)).isZero();
    assertThat(sizes()).containsExactly(1, 15, 31);
    runs.verify();
  }

  @Test
  void takeAt_startOfARun_takesItIfItIsLargeEnough() {
    runs.add(160, 64);
    runs.add(320, 32);
    assertThat(runs.takeAt(160, 80)).isFalse();
    assertThat(runs.takeAt(144, 16)).isFalse(); // before all runs
    assertThat(runs.takeAt(176, 16)).isFalse(); // within a run
    assertThat(runs.takeAt(224, 16)).isFalse(); // behind it
    assertThat(runs.takeAt(352, 16)).isFalse(); // behind all of them
    assertThat(sizes()).containsExactly(64, 32);

    assertThat(runs.takeAt(160, 16)).isTrue();
    assertThat(runs.takeAt(176, 48)).isTrue();
    assertThat(runs.takeAt(320, 32)).isTrue();
    assertThat(runs.count()).isZero();
    runs.verify();
  }

  @Test
  void removeEndingAt_endOfARun_removesAllOfIt() {
    runs.add(160, 64);
    runs.add(320, 32);
    assertThat(runs.removeEndingAt(160)).isZero(); // where one starts
    assertThat(runs.removeEndingAt(208)).isZero(); // within a run
    assertThat(runs.removeEndingAt(240)).isZero(); // behind it
    assertThat(sizes()).containsExactly(64, 32);

    assertThat(runs.removeEndingAt(224)).isEqualTo(64);
    assertThat(runs.largest()).isEqualTo(32);
    assertThat(runs.removeEndingAt(352)).isEqualTo(32);
    assertThat(runs.count()).isZero();
    runs.verify();
  }

  @Test
  void add_neighbours_mergesAndTellsHowMany() {
    runs.add(160, 16);
    assertThat(runs.add(176, 16)).isEqualTo(1); // touches the one before
    assertThat(runs.add(144, 16)).isEqualTo(1); // touches the one after, and becomes the first
    assertThat(runs.add(208, 16)).isZero();
    assertThat(runs.add(112, 16)).isZero(); // before all of them
    assertThat(runs.add(192, 16)).isEqualTo(2);
    assertThat(sizes()).containsExactly(16, 80);
    assertThat(runs.largest()).isEqualTo(80);
    runs.verify();
    assertThat(runs.take(80)).isEqualTo(144);
  }

  @Test
  void largest_largestIsTakenOrCut_isTheNextOne() {
    runs.add(0, 160);
    runs.add(320, 96);
    runs.add(640, 128);
    assertThat(runs.takeAt(0, 160)).isTrue();
    assertThat(runs.largest()).isEqualTo(128);
    assertThat(runs.takeAt(640, 64)).isTrue();
    assertThat(runs.largest()).isEqualTo(96);
    runs.verify();
  }

  @Test
  void takeVisited_countsAndStartsOver() {
    addRuns(0, 10);
    assertThat(visitsToReach(6)).isEqualTo(7);
    assertThat(runs.takeVisited()).isZero();
    runs.take(16);
    runs.take(16);
    assertThat(runs.takeVisited()).isEqualTo(2); // adds up
  }

  // Aligned.

  @Test
  void takeAligned_withinARun_leavesBothEnds() {
    Chunks chunks = chunks(0);
    runs.add(16, 240);
    assertThat(runs.takeAligned(64, 128, 0, chunks)).isEqualTo(128);
    assertThat(sizes()).containsExactly(112, 64);
    assertThat(runs.takeAligned(64, 64, 0, chunks)).isEqualTo(64); // the end of the first
    assertThat(sizes()).containsExactly(48, 64);
    assertThat(runs.takeAligned(32, 64, 0, chunks)).isEqualTo(192); // the start of the second
    assertThat(sizes()).containsExactly(48, 32);
    assertThat(runs.largest()).isEqualTo(48);
    runs.verify();
  }

  @Test
  void takeAligned_nowhereAligned_changesNothing() {
    Chunks chunks = chunks(0);
    runs.add(16, 128);
    assertThat(runs.takeAligned(32, 128, 0, chunks)).isEqualTo(-1); // 16 bytes too few
    assertThat(runs.takeAligned(144, 16, 0, chunks)).isEqualTo(-1);
    assertThat(sizes()).containsExactly(128);
    assertThat(runs.takeAligned(16, 128, 0, chunks)).isEqualTo(128); // to its last byte
    assertThat(sizes()).containsExactly(112);
    runs.verify();
  }

  @Test
  void takeAligned_chunkNotAligned_goesByAddress() {
    Chunks chunks = chunks(48); // so offset 80 is at a multiple of 128
    runs.add(0, 256);
    assertThat(runs.takeAligned(16, 128, 0, chunks)).isEqualTo(80);
    assertThat(sizes()).containsExactly(80, 160);
    runs.verify();
  }

  @Test
  void takeAligned_leavesWithoutALargeEnoughRun_areNotLookedAt() {
    Chunks chunks = chunks(0);
    addRuns(0, 3 * LEAF);
    runs.add((2 * LEAF + 1) * STEP + 16, 16); // of 32 bytes, in the third leaf
    runs.takeVisited();
    assertThat(runs.takeAligned(32, 32, 0, chunks)).isEqualTo((2 * LEAF + 1) * STEP);
    assertThat(runs.takeVisited()).isEqualTo(2);
    assertThat(runs.count()).isEqualTo(3 * LEAF - 1);
    runs.verify();
  }

  @Test
  void takeAligned_middleOfARunInAFullLeaf_splitsTheLeaf() {
    Chunks chunks = chunks(0);
    for (int i = 0; i < LEAF; i++) {
      runs.add(i * 256 + 16, 224);
    }
    for (int i = 0; i < LEAF; i++) {
      assertThat(runs.takeAligned(32, 128, 0, chunks)).isEqualTo(i * 256 + 128);
      runs.verify();
    }
    assertThat(runs.takeAligned(32, 128, 0, chunks)).isEqualTo(-1);
    assertThat(runs.count()).isEqualTo(2 * LEAF);
    assertThat(sizes().subList(0, 4)).containsExactly(112, 80, 112, 80);
  }

  private static Chunks chunks(int addressRemainder) {
    ChunkStore store =
        ChunkStore.builder()
            .source(new TestMemorySource(addressRemainder))
            .budget(MemoryBudget.unlimited("runs"))
            .build();
    Chunks chunks = new Chunks(store.openAccount("test", 0), new ArenaStatistics(), () -> {});
    chunks.take(Chunks.CHUNK_BYTES);
    return chunks;
  }

  // Several leaves.

  @Test
  void add_ascending_leavesFullLeavesBehind() {
    addRuns(0, 3 * LEAF);
    assertThat(visitsToReach(LEAF - 1)).isEqualTo(LEAF);
    assertThat(visitsToReach(LEAF)).isEqualTo(1 + 1);
    assertThat(visitsToReach(2 * LEAF - 1)).isEqualTo(1 + LEAF);
    assertThat(visitsToReach(2 * LEAF)).isEqualTo(2 + 1);
    assertThat(visitsToReach(3 * LEAF - 1)).isEqualTo(2 + LEAF);
  }

  @Test
  void add_atAnyPlaceOfAFullLeaf_splitsItInHalves() {
    for (int place = 0; place < LEAF; place++) {
      runs.clear();
      addRuns(1, 1 + LEAF);
      runs.add(place * STEP + 20, 8); // comes before the run that was at that place
      runs.verify();
      assertThat(runs.count()).isEqualTo(LEAF + 1);
      // Half stays; the new run goes where its neighbours are.
      int inTheFirst = place <= LEAF / 2 ? LEAF / 2 + 1 : LEAF / 2;
      assertThat(visitsToReach(LEAF)).as("place %d", place).isEqualTo(1 + LEAF + 1 - inTheFirst);
    }
  }

  @Test
  void add_atTheEndOfAFullLeafThatIsNotTheLast_splitsItInHalves() {
    addRuns(0, LEAF);
    addRuns(2 * LEAF, 3 * LEAF);
    addRuns(LEAF, LEAF + 1);
    assertThat(visitsToReach(LEAF)).isEqualTo(1 + LEAF / 2 + 1);
    assertThat(visitsToReach(2 * LEAF)).isEqualTo(2 + 1);
  }

  @Test
  void add_descending_keepsTheOrder() {
    int many = 20 * LEAF;
    for (int i = many - 1; i >= 0; i--) {
      runs.add(i * STEP, 16 + i % 3);
      runs.verify();
    }
    assertThat(runs.count()).isEqualTo(many);
    assertThat(runs.largest()).isEqualTo(18);
    for (int i = 0; i < many; i++) {
      assertThat(runs.take(16)).isEqualTo(i * STEP);
      runs.takeAt(i * STEP + 16, i % 3);
    }
    assertThat(runs.count()).isZero();
  }

  @Test
  void add_betweenTwoLeaves_mergesWithTheLastAndTheFirst() {
    addRuns(0, 2 * LEAF);
    int last = (LEAF - 1) * STEP;
    assertThat(runs.add(last + 16, STEP - 16)).isEqualTo(2);
    runs.verify();
    assertThat(runs.count()).isEqualTo(2 * LEAF - 1);
    assertThat(runs.largest()).isEqualTo(STEP + 16);
    assertThat(runs.take(STEP + 16)).isEqualTo(last);
  }

  @Test
  void add_beforeTheFirstRunOfALeaf_mergesWithIt() {
    addRuns(0, 2 * LEAF);
    assertThat(runs.add(LEAF * STEP - 16, 16)).isEqualTo(1);
    runs.verify();
    assertThat(runs.take(32)).isEqualTo(LEAF * STEP - 16);
    assertThat(runs.add(LEAF * STEP - 40, 8)).isZero(); // now at the end of the leaf before
    runs.verify();
  }

  @Test
  void add_mergedWithTheOnlyRunOfTheNextLeaf_removesThatLeaf() {
    addRuns(0, LEAF + 1);
    assertThat(runs.add((LEAF - 1) * STEP + 16, STEP - 16)).isEqualTo(2);
    runs.verify();
    assertThat(runs.count()).isEqualTo(LEAF);
    assertThat(runs.largest()).isEqualTo(STEP + 16);
    assertThat(runs.removeEndingAt(LEAF * STEP + 16)).isEqualTo(STEP + 16);
  }

  @Test
  void add_mergeMakesALeafSparse_joinsItAndGrowsTheRightRun() {
    addRuns(0, LEAF + 3);
    removeRuns(8, LEAF);
    runs.add(2 * STEP + 16, STEP - 16); // the eighth run goes, three others come
    runs.verify();
    assertThat(sizes()).hasSize(10).startsWith(16, 16, STEP + 16, 16);
    assertThat(runs.take(STEP + 16)).isEqualTo(2 * STEP);
    assertThat(visitsToReach(LEAF + 2)).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource({
    // runs left of the first leaf, of the second; visits up to the last run
    "8, 8, 9", // not sparse
    "7, 9, 16", // both together are half a leaf
    "7, 10, 11", // more than that
    "7, 1, 8",
    "7, 32, 33",
    "1, 15, 16"
  })
  void take_leafBecomesSparse_joinsTheNextIfThatIsSparseToo(int first, int second, int visits) {
    addRuns(0, 2 * LEAF);
    if (second > 1) {
      runs.add((LEAF + 1) * STEP + 16, 16); // the largest, to see that the joined leaf knows it
    }
    removeRuns(LEAF + second, 2 * LEAF);
    removeRuns(first, LEAF);
    runs.verify();
    assertThat(runs.count()).isEqualTo(first + second);
    if (second > 1) {
      assertThat(runs.largest()).isEqualTo(32);
      assertThat(runs.take(32)).isEqualTo((LEAF + 1) * STEP);
      runs.add((LEAF + 1) * STEP, 16);
    }
    assertThat(visitsToReach(LEAF + second - 1)).isEqualTo(visits);
  }

  @Test
  void take_lastLeafBecomesSparse_staysAlone() {
    addRuns(0, 2 * LEAF);
    removeRuns(4, LEAF - 1); // joins nothing, since the next is full
    removeRuns(LEAF + 1, 2 * LEAF);
    runs.verify();
    assertThat(visitsToReach(LEAF)).isEqualTo(1 + 1);
    removeRuns(0, 1); // but joins now
    assertThat(visitsToReach(LEAF)).isEqualTo(5);
  }

  @Test
  void take_lastRunOfALeaf_removesTheLeaf() {
    addRuns(0, 3 * LEAF);
    runs.add((LEAF + 5) * STEP + 16, 16);
    removeRuns(LEAF, LEAF + 5);
    removeRuns(LEAF + 6, 2 * LEAF);
    assertThat(runs.take(32)).isEqualTo((LEAF + 5) * STEP); // the largest goes with its leaf
    runs.verify();
    assertThat(runs.largest()).isEqualTo(16);
    assertThat(runs.count()).isEqualTo(2 * LEAF);
    assertThat(visitsToReach(2 * LEAF)).isEqualTo(1 + 1);
    addRuns(LEAF, 2 * LEAF); // in the leaf that was removed, or another
    runs.verify();
    assertThat(runs.count()).isEqualTo(3 * LEAF);
  }

  @Test
  void add_leavesComeAndGo_reusesThem() {
    for (int round = 0; round < 100; round++) {
      addRuns(0, 5 * LEAF);
      for (int i = round % LEAF; i < 5 * LEAF; i += 2) {
        removeRuns(i, i + 1);
      }
      runs.verify();
      while (runs.count() > 0) {
        runs.take(runs.largest());
      }
      runs.verify();
      assertThat(runs.largest()).isZero();
    }
  }

  @Test
  void visit_severalLeaves_tellsOfEveryRunInOrder() {
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 3 * LEAF; i++) {
      runs.add(i * 2_048, 16 * (i + 1));
      expected.add(16 * (i + 1));
    }
    assertThat(sizes()).isEqualTo(expected);
  }

  @Test
  void clear_manyLeaves_startsOver() {
    addRuns(0, 5 * LEAF);
    runs.add(16, 16);
    removeRuns(LEAF, 2 * LEAF);
    runs.clear();
    runs.verify();
    assertThat(runs.count()).isZero();
    assertThat(runs.largest()).isZero();
    assertThat(sizes()).isEmpty();

    addRuns(0, 5 * LEAF);
    runs.verify();
    assertThat(runs.count()).isEqualTo(5 * LEAF);
    assertThat(runs.largest()).isEqualTo(16);
  }

  // The check that the tests rely on.

  @Test
  void verify_overlappingRuns_complains() {
    runs.add(0, 32);
    runs.add(16, 32);
    assertThatThrownBy(runs::verify)
        .isInstanceOf(AssertionError.class)
        .hasMessage("a run touches or precedes the one before is wrong");
  }

  @Test
  void verify_emptyRun_complains() {
    runs.add(0, 0);
    assertThatThrownBy(runs::verify)
        .isInstanceOf(AssertionError.class)
        .hasMessage("an empty run is wrong");
  }
}
