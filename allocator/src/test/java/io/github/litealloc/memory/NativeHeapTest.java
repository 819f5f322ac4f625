package io.github.litealloc.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.testing.TestMemorySource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the C library is made to let go: by a clock that only the test moves. */
final class NativeHeapTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final long LEAST = NativeHeap.LEAST_BYTES;
  private static final long QUIET = NativeHeap.QUIET_NANOS;

  private long nanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(2); // as nanoTime may be
  private final TestTrimmer trimmer = new TestTrimmer();
  private final TestClock clock = new TestClock();
  private final NativeHeap heap = new NativeHeap(() -> nanos, clock, trimmer);

  @Test
  void givenBack_lessThanIsWorthIt_schedulesNothing() {
    heap.givenBack(LEAST - 1);
    assertThat(clock.tasks).isEmpty();
    heap.givenBack(1);
    assertThat(clock.tasks).hasSize(1);
  }

  @Test
  void givenBack_again_schedulesNothingMore() {
    heap.givenBack(LEAST);
    heap.givenBack(LEAST);
    assertThat(clock.tasks).hasSize(1);
  }

  @Test
  void look_afterAWhileWithoutAMove_trimsOnceAndWaitsForNothing() {
    trimmer.gone = 3 << 20;
    heap.givenBack(LEAST);
    clock.runNext();
    assertThat(trimmer.trims).isEqualTo(1);
    assertThat(heap.trims()).isEqualTo(1);
    assertThat(heap.trimmedBytes()).isEqualTo(3 << 20);
    assertThat(clock.tasks).isEmpty();
    heap.givenBack(LEAST - 1); // counts from zero again
    assertThat(clock.tasks).isEmpty();
  }

  @Test
  void look_whileStoresTakeAndGiveBack_waitsUntilTheyAreQuiet() {
    heap.givenBack(LEAST);
    for (int i = 0; i < 5; i++) {
      nanos += QUIET / 2;
      heap.moved();
      nanos += QUIET / 2;
      clock.runDue();
      assertThat(clock.tasks).hasSize(1);
      assertThat(trimmer.trims).isZero();
    }
    clock.runNext();
    assertThat(trimmer.trims).isEqualTo(1);
  }

  @Test
  void look_afterATrimThatTookLong_waitsManyTimesAsLong() {
    trimmer.tookNanos = QUIET;
    heap.givenBack(LEAST);
    clock.runNext();
    long before = nanos;
    heap.givenBack(LEAST);
    while (trimmer.trims == 1) {
      clock.runNext();
    }
    assertThat(nanos - before).isGreaterThan((NativeHeap.REST_PER_TRIM - 1) * QUIET);
  }

  @Test
  void givenBack_whileATrimIsOn_countsForTheNextOne() {
    trimmer.meanwhile = () -> heap.givenBack(LEAST);
    heap.givenBack(LEAST);
    clock.runNext();
    trimmer.meanwhile = () -> {};
    assertThat(clock.tasks).hasSize(1);
    clock.runNext();
    assertThat(trimmer.trims).isEqualTo(2);
    assertThat(clock.tasks).isEmpty();
  }

  @Test
  void look_whereThereIsNoCommand_givesUpForGood() {
    trimmer.whyNot = "the test says so";
    heap.givenBack(LEAST);
    clock.runNext();
    heap.givenBack(LEAST);
    assertThat(clock.tasks).isEmpty();
    assertThat(trimmer.trims).isZero();
    assertThat(heap.trims()).isZero();
  }

  @Test
  void look_whereTheCommandDoesNothing_givesUpForGood() {
    trimmer.works = false;
    heap.givenBack(LEAST);
    clock.runNext();
    heap.givenBack(LEAST);
    assertThat(clock.tasks).isEmpty();
    assertThat(heap.trims()).isZero();
  }

  @Test
  void givenBack_whileTheClockTakesNoTask_triesAgainWithTheNextOne() {
    clock.works = false;
    heap.givenBack(LEAST);
    clock.works = true;
    assertThat(clock.tasks).isEmpty();
    heap.givenBack(1);
    assertThat(clock.tasks).hasSize(1);
  }

  @Test
  void look_whoseTrimFails_isOverAndTheNextOneComes() {
    trimmer.meanwhile =
        () -> {
          throw new OutOfMemoryError("as the test wants");
        };
    heap.givenBack(LEAST);
    assertThatThrownBy(clock::runNext).isInstanceOf(OutOfMemoryError.class);
    trimmer.meanwhile = () -> {};
    heap.givenBack(LEAST);
    clock.runNext();
    assertThat(heap.trims()).isEqualTo(1);
  }

  private ChunkStoreBuilder store(boolean usesNativeHeap) {
    TestMemorySource memory = new TestMemorySource();
    MemorySource source =
        new MemorySource() {
          @Override
          public Memory allocate(int bytes) {
            return memory.allocate(bytes);
          }

          @Override
          public String name() {
            return "native or not";
          }

          @Override
          public boolean usesNativeHeap() {
            return usesNativeHeap;
          }
        };
    return ChunkStore.builder()
        .source(source)
        .budget(MemoryBudget.unlimited("native heap"))
        .nativeHeap(heap);
  }

  private void takeAndGiveBack(ChunkStore store) {
    Floor none = new Floor(0);
    Chunk chunk = store.take(none, (int) LEAST, (int) LEAST);
    assertThat(chunk).isNotNull();
    store.giveBack(none, chunk);
  }

  @Test
  void store_thatGivesBackMuchOfTheNativeHeap_hasItTrimmed() {
    takeAndGiveBack(store(true).decayMillis(0).build());
    clock.runNext();
    assertThat(heap.trims()).isEqualTo(1);
  }

  @Test
  void store_thatKeepsWhatIsEmpty_hasNothingTrimmedBeforeItGoesBack() {
    ChunkStore store = store(true).build();
    takeAndGiveBack(store);
    assertThat(clock.tasks).isEmpty();
    store.trim();
    assertThat(clock.tasks).hasSize(1);
  }

  @Test
  void store_thatTakesMemoryFromTheSystem_isNotQuiet() {
    ChunkStore store = store(true).build();
    heap.givenBack(LEAST);
    nanos += QUIET;
    store.take(new Floor(0), UNIT, UNIT);
    clock.runDue();
    assertThat(heap.trims()).isZero();
    clock.runNext();
    assertThat(heap.trims()).isEqualTo(1);
  }

  @Test
  void store_ofOtherMemoryOrSwitchedOff_hasNothingTrimmed() {
    takeAndGiveBack(store(false).decayMillis(0).build());
    takeAndGiveBack(store(true).decayMillis(0).trimNativeHeap(false).build());
    assertThat(clock.tasks).isEmpty();
  }

  /** Tasks wait for the test. */
  private final class TestClock implements NativeHeap.Clock {
    private record Task(long atNanos, Runnable task) {}

    private final List<Task> tasks = new ArrayList<>();
    private boolean works = true;

    @Override
    public boolean run(long delayNanos, Runnable task) {
      assertThat(delayNanos).isPositive();
      return works && tasks.add(new Task(nanos + delayNanos, task));
    }

    /** Runs the only task that waits, if it is time. */
    void runDue() {
      if (tasks.get(0).atNanos() - nanos <= 0) {
        tasks.remove(0).task().run();
      }
    }

    /** The same as soon as it is time. */
    void runNext() {
      assertThat(tasks).hasSize(1);
      nanos = tasks.get(0).atNanos();
      runDue();
    }
  }

  private final class TestTrimmer implements NativeHeap.Trimmer {
    private @Nullable String whyNot;
    private boolean works = true;
    private long tookNanos;
    private long gone;
    private Runnable meanwhile = () -> {};
    private int trims;
    private long resident = 1L << 30;

    @Override
    public @Nullable String whyNot() {
      return whyNot;
    }

    @Override
    public boolean trim() {
      meanwhile.run();
      trims++;
      nanos += tookNanos;
      resident -= gone;
      return works;
    }

    @Override
    public long residentBytes() {
      return resident;
    }
  }
}
