package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The objects of released buffers go as the memory does, whoever still lives. */
final class BufferObjectsTest {

  private static final Pattern KEPT = Pattern.compile("keeps (-?\\d+) KiB");

  private ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.Level.SIMPLE;

  @TempDir private Path folder;

  @BeforeEach
  void withoutLeakDetection() {
    levelBefore = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void asBefore() {
    ResourceLeakDetector.setLevel(levelBefore);
  }

  @Test
  void heap_afterABurstOfManyBuffersOfWhichOneLives_isAsBefore() throws Exception {
    String printed =
        JavaProcess.run(
            folder,
            JavaProcess.HOME,
            List.of("-Xms192m", "-Xmx192m", "-XX:+UseSerialGC"),
            HeapAfterBurstProbe.class);
    Matcher kept = KEPT.matcher(printed);
    int cases = 0;
    for (; kept.find(); cases++) {
      assertThat(Integer.parseInt(kept.group(1)))
          .as(printed)
          .isLessThanOrEqualTo(HeapAfterBurstProbe.LIMIT_KIB);
    }
    assertThat(cases).as(printed).isEqualTo(12);
  }

  /** All but every so manieth. */
  private static List<ByteBuf> releaseAllBut(int everyN, List<ByteBuf> buffers) {
    List<ByteBuf> kept = new ArrayList<>();
    for (int i = 0; i < buffers.size(); i++) {
      if (i % everyN == everyN - 1) {
        kept.add(buffers.get(i));
      } else {
        buffers.get(i).release();
      }
    }
    return kept;
  }

  private static List<ByteBuf> allocate(LiteByteBufAllocator allocator, int count) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      buffers.add(allocator.directBuffer(64).writeInt(i));
    }
    return buffers;
  }

  private static int reachable(List<WeakReference<ByteBuf>> references) {
    System.gc();
    return (int) references.stream().filter(each -> each.get() != null).count();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void loopsTimer_oneInAHundredLives_letsGoOfTheOthersObjects(String strategy) throws Exception {
    int count = 50_000;
    LiteByteBufAllocator allocator = TestAllocators.adopting(strategy);
    try (TestLoop loop = new TestLoop()) {
      List<WeakReference<ByteBuf>> objects = new ArrayList<>();
      List<ByteBuf> kept =
          loop.call(
              () -> {
                List<ByteBuf> all = allocate(allocator, count);
                all.forEach(each -> objects.add(new WeakReference<>(each)));
                return releaseAllBut(100, all);
              });
      eventually(() -> reachable(objects) <= count / 50, () -> reachable(objects) + " objects");
      for (int i = 0; i < kept.size(); i++) {
        assertThat(kept.get(i).getInt(0)).isEqualTo(i * 100 + 99);
      }
      assertThat(allocator.outstanding().buffers()).hasSize(kept.size());
      loop.run(() -> kept.forEach(ByteBuf::release));
      allocator.assertNoneOutstanding();
    }
  }

  @Test
  void release_afterTheArenasEnd_letsGoOfTheObject() throws Exception {
    int count = 10_000;
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    List<WeakReference<ByteBuf>> objects = new ArrayList<>();
    List<ByteBuf> all = new ArrayList<>();
    try (TestLoop loop = new TestLoop()) {
      loop.run(
          () -> {
            all.addAll(allocate(allocator, count));
            all.forEach(each -> objects.add(new WeakReference<>(each)));
            releaseAllBut(2, all.subList(0, 1_000)); // some are idle when it ends
          });
    }
    for (int i = 1_000; i < count - 1; i++) {
      all.get(i).release();
    }
    for (int i = 1; i < 1_000; i += 2) {
      all.get(i).release();
    }
    ByteBuf last = all.get(count - 1);
    all.clear();
    eventually(() -> reachable(objects) == 1, () -> reachable(objects) + " objects");
    assertThat(allocator.outstanding().buffers()).hasSize(1);
    last.release();
    allocator.assertNoneOutstanding();
  }

  /** Some are sampled, and so held weakly; some are released elsewhere, or when they have grown. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void trim_atAnyTime_losesNoBufferAndMixesUpNone(int sampling) throws Exception {
    for (int seed = 0; seed < 4; seed++) {
      LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
      allocator.sampling(sampling);
      try (TestLoop loop = new TestLoop();
          TestLoop other = new TestLoop()) {
        RandomBuffers buffers = new RandomBuffers(allocator, new Random(seed));
        for (int round = 0; round < 60; round++) {
          loop.run(buffers::allocateAndRelease);
          List<ByteBuf> elsewhere = buffers.someToRelease();
          other.run(() -> elsewhere.forEach(ByteBuf::release));
          loop.run(allocator::trimOnThisThread);
          buffers.check("seed " + seed + ", round " + round);
        }
        loop.run(buffers::releaseAll);
        allocator.assertNoneOutstanding();
      }
    }
  }

  private static final class RandomBuffers {
    private final LiteByteBufAllocator allocator;
    private final Random random;
    private final List<ByteBuf> live = new ArrayList<>();
    private final List<Integer> contents = new ArrayList<>();
    private int allocated;

    RandomBuffers(LiteByteBufAllocator allocator, Random random) {
      this.allocator = allocator;
      this.random = random;
    }

    void allocateAndRelease() {
      int target = random.nextInt(4) == 0 ? 3_000 : random.nextInt(60);
      while (live.size() < target) {
        int bytes = random.nextInt(50) == 0 ? 40_000 : 4 + random.nextInt(500);
        live.add(allocator.directBuffer(bytes).writeInt(allocated));
        contents.add(allocated++);
      }
      while (live.size() > target) {
        take(random.nextInt(live.size())).release();
      }
      if (!live.isEmpty()) {
        ByteBuf grown = live.get(random.nextInt(live.size()));
        grown.capacity(grown.capacity() * 2);
      }
    }

    /** Takes it out of the list, in whose order nothing lies. */
    private ByteBuf take(int index) {
      int last = live.size() - 1;
      ByteBuf taken = live.get(index);
      live.set(index, live.get(last));
      contents.set(index, contents.get(last));
      live.remove(last);
      contents.remove(last);
      return taken;
    }

    List<ByteBuf> someToRelease() {
      List<ByteBuf> some = new ArrayList<>();
      for (int i = random.nextInt(live.size() / 2 + 1); i > 0; i--) {
        some.add(take(random.nextInt(live.size())));
      }
      return some;
    }

    void releaseAll() {
      live.forEach(ByteBuf::release);
      live.clear();
    }

    void check(String when) {
      OutstandingBuffers outstanding = allocator.outstanding();
      assertThat(outstanding.buffers()).as(when).hasSize(live.size());
      assertThat(outstanding.capacityBytes())
          .as(when)
          .isEqualTo(live.stream().mapToLong(ByteBuf::capacity).sum());
      assertThat(allocator.metric().liveBuffers()).as(when).isEqualTo(live.size());
      for (int i = 0; i < live.size(); i++) {
        assertThat(live.get(i).getInt(0)).as(when).isEqualTo(contents.get(i));
      }
    }
  }
}
