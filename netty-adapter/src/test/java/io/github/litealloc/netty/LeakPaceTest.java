package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often the leak detector is asked: as Netty has it, but bounded for fast loops. */
final class LeakPaceTest {

  private static final long SECOND = 1_000_000_000;

  /** 250,000 buffers a second, of which Netty picks 1 in 128. */
  private static final long MOST_SAMPLES_A_SECOND = 250_000 / 128;

  private final AtomicLong allocations = new AtomicLong();
  private final LeakPace pace = new LeakPace(allocations::get);
  private final Level levelBefore = ResourceLeakDetector.getLevel();
  private long nanos = CoarseClock.nanos();

  @BeforeEach
  void beAtTheDefault() {
    ResourceLeakDetector.setLevel(Level.SIMPLE);
  }

  @AfterEach
  void restore() {
    ResourceLeakDetector.setLevel(levelBefore);
  }

  @Test
  void passesNext_below250000ASecond_isNeverTrue() {
    assertThat(samples(5_000, 128 * SECOND / 240_000)).isEqualTo(5_000);
    assertThat(allocations).hasValue(5_000 * 128);
  }

  @Test
  void passesNext_bursts_doNotCountWhereTheAverageIsLow() {
    for (int burst = 0; burst < 100; burst++) {
      samples(100, 1_000); // 128 million a second
      nanos += SECOND / 10;
    }

    assertThat(allocations).hasValue(100 * 100 * 128); // 128,000 a second
  }

  @Test
  void passesNext_tenMillionASecond_leavesSoManySamplesAsAtTheLimit() {
    samples(3_000, 12_800); // uses up what a loop may have in store
    long before = allocations.get();
    long beforeNanos = nanos;
    long samples = samples(1_000, 12_800);

    double seconds = (nanos - beforeNanos) / 1e9;
    assertThat(samples / seconds)
        .isBetween(0.8 * MOST_SAMPLES_A_SECOND, MOST_SAMPLES_A_SECOND + 1.0);
    assertThat((allocations.get() - before) / seconds).isBetween(0.99e7, 1.01e7);
  }

  @Test
  void tick_loopThatHasBecomeSlow_isShownAgain() {
    samples(3_000, 1_280);
    assertThat(pace.passesNext()).isTrue();

    pace.tick();

    assertThat(pace.passesNext()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Level.class,
      names = {"DISABLED", "ADVANCED", "PARANOID"})
  void passesNext_otherLevel_isNeverTrue(Level level) {
    samples(3_000, 1_280);
    ResourceLeakDetector.setLevel(level);

    assertThat(pace.passesNext()).isFalse();
  }

  /**
   * A loop that allocates 128 buffers in so much time, of which one is picked, until so many are.
   */
  private long samples(int count, long nanosFor128) {
    for (int i = 0; i < count; i++) {
      long passed = 0;
      while (pace.passesNext()) {
        passed++;
      }
      allocations.addAndGet(passed + 128);
      nanos += (passed + 128) * nanosFor128 / 128;
      pace.sampled(nanos);
    }
    return count;
  }

  @Test
  void directBuffer_fastLoop_isPickedSeldom() {
    assertThat(Program.pickedBeyondTheLimit()).isLessThanOrEqualTo(0);
  }

  @Test
  void directBuffer_paranoidAfterALongTimeOfSpeed_isPicked() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    Program.picked(allocator, 1_000_000);
    ResourceLeakDetector.setLevel(Level.PARANOID);

    assertThat(Program.picked(allocator, 1_000)).isEqualTo(1_000);
  }

  @Test
  void directBuffer_intervalOfTheUsers_isObeyed(@TempDir Path folder) throws Exception {
    assertThat(pickedInOwnJvm(folder, "-Dio.netty.leakDetection.samplingInterval=128"))
        .isBetween(Program.COUNT / 140, Program.COUNT / 116);
  }

  @Test
  void directBuffer_detectorOfTheUsers_seesEach(@TempDir Path folder) throws Exception {
    assertThat(pickedInOwnJvm(folder, "-DownDetector=true")).isEqualTo(Program.COUNT);
  }

  private static int pickedInOwnJvm(Path folder, String option) throws Exception {
    String printed =
        JavaProcess.run(folder, JavaProcess.HOME, List.of("-Xmx128m", option), Program.class);
    return Integer.parseInt(printed.lines().reduce((first, last) -> last).orElseThrow().strip());
  }

  /** Allocates as fast as it can, and counts what the detector picks or, if it is ours, sees. */
  static final class Program {

    static final int COUNT = 2_000_000;

    private Program() {}

    public static void main(String[] args) {
      AtomicLong seen = new AtomicLong();
      if (Boolean.getBoolean("ownDetector")) {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new SeeingFactory(seen));
      }
      int picked = picked(TestAllocators.adopting("hybrid"), COUNT);
      System.out.println(Boolean.getBoolean("ownDetector") ? seen.get() : picked);
    }

    static long pickedBeyondTheLimit() {
      LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
      long start = System.nanoTime();
      int picked = picked(allocator, COUNT);
      double seconds = (System.nanoTime() - start) / 1e9;
      return picked - (long) ((1.1 + seconds) * MOST_SAMPLES_A_SECOND + COUNT / 16_384);
    }

    static int picked(LiteByteBufAllocator allocator, int count) {
      int picked = 0;
      for (int i = 0; i < count; i++) {
        ByteBuf buffer = allocator.directBuffer(64);
        picked += buffer instanceof LiteByteBuf ? 0 : 1;
        buffer.release();
      }
      return picked;
    }
  }

  private static final class SeeingFactory extends ResourceLeakDetectorFactory {

    private final AtomicLong seen;

    SeeingFactory(AtomicLong seen) {
      this.seen = seen;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract there
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new SeeingDetector<>(resource, seen);
    }
  }

  @SuppressWarnings("deprecation") // open to be overridden all the same
  private static final class SeeingDetector<T> extends ResourceLeakDetector<T> {

    private final AtomicLong seen;

    SeeingDetector(Class<T> resource, AtomicLong seen) {
      super(resource, 1);
      this.seen = seen;
    }

    @Override
    public io.netty.util.ResourceLeakTracker<T> track(T buffer) {
      seen.incrementAndGet();
      return null;
    }
  }
}
