package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What recordings show of an allocator and its buffers. */
final class BufferFlightEventsTest {

  private static final String ALLOCATE = "io.netty.AllocateBuffer";
  private static final String FREE = "io.netty.FreeBuffer";
  private static final String REALLOCATE = "io.netty.ReallocateBuffer";
  private static final String FALLBACK = "io.github.litealloc.Fallback";
  private static final String STRATEGY_SWITCH = "io.github.litealloc.StrategySwitch";

  @TempDir private Path folder;

  private List<RecordedEvent> record(TestLoop.ThrowingRunnable code, String... enabled)
      throws Exception {
    Path file = folder.resolve("test.jfr");
    try (Recording recording = new Recording()) {
      for (String name : enabled) {
        recording.enable(name).withoutThreshold();
      }
      recording.start();
      code.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  private static List<RecordedEvent> all(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .filter(BufferFlightEventsTest::isOurs)
        .toList();
  }

  private static boolean isOurs(RecordedEvent event) {
    return !event.hasField("allocatorType")
        || event.getClass("allocatorType").getName().equals(LiteByteBufAllocator.class.getName());
  }

  private static RecordedEvent only(List<RecordedEvent> events, String name) {
    assertThat(all(events, name)).as(name).hasSize(1);
    return all(events, name).get(0);
  }

  @Test
  void recording_notConfigured_showsFallbacksWithReasonAndSwitchesButNoBuffers() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              LiteByteBufAllocator allocator =
                  TestAllocators.builder("hybrid")
                      .name("recorded")
                      .offLoop(OffLoopPolicy.FALLBACK)
                      .build();
              for (int i = 0; i < 3; i++) {
                allocator.directBuffer(100).release(); // on this thread, which is no event loop
              }
              allocator.heapBuffer(50).release();
              allocator.strategy("free-list");
              try (TestLoop loop = new TestLoop()) {
                loop.run(() -> allocator.directBuffer(10).release());
              }
              allocator.close();
            });

    assertThat(all(events, ALLOCATE)).isEmpty();
    assertThat(all(events, FREE)).isEmpty();
    List<RecordedEvent> fallbacks = all(events, FALLBACK);
    assertThat(fallbacks).extracting(it -> it.getString("reason")).contains("off-loop", "heap");
    RecordedEvent first = fallbacks.get(0);
    assertThat(first.getString("allocator")).isEqualTo("recorded");
    assertThat(first.getString("reason")).isEqualTo("off-loop");
    assertThat(first.getInt("bytes")).isEqualTo(100);
    assertThat(first.getLong("totalRequests")).isEqualTo(1);
    assertThat(first.getLong("totalBytes")).isEqualTo(100);
    RecordedEvent switched = only(events, STRATEGY_SWITCH);
    assertThat(switched.getString("allocator")).isEqualTo("recorded");
    assertThat(switched.getString("before")).isEqualTo("hybrid");
    assertThat(switched.getString("now")).isEqualTo("free-list");
  }

  @Test
  void mayTell_manyFallbacksAtOnce_isTrueOncePerIntervalAndReason() {
    FallbackCounters counters = new FallbackCounters();
    long now = System.nanoTime();

    assertThat(counters.mayTell(FallbackReason.HEAP, now)).isTrue();
    assertThat(counters.mayTell(FallbackReason.HEAP, now)).isFalse();
    assertThat(counters.mayTell(FallbackReason.OFF_LOOP, now)).isTrue();
    assertThat(counters.mayTell(FallbackReason.HEAP, now + 99_999_999)).isFalse();
    assertThat(counters.mayTell(FallbackReason.HEAP, now + 100_000_000)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void recording_ofSingleBuffers_showsEachAsNettyDoes(String strategy) throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder(strategy).build();
    long[] address = new long[1];
    List<RecordedEvent> events =
        record(
            () -> {
              try (TestLoop loop = new TestLoop()) {
                for (int i = 0; i < 3; i++) { // one of them twice in the same block
                  loop.run(
                      () -> {
                        ByteBuf buffer = allocator.directBuffer(1000, 5000);
                        address[0] = buffer.hasMemoryAddress() ? buffer.memoryAddress() : 0;
                        buffer.release();
                      });
                }
              }
            },
            ALLOCATE,
            FREE);
    allocator.close();

    assertThat(all(events, ALLOCATE)).hasSize(3);
    assertThat(all(events, FREE)).hasSize(3);
    RecordedEvent allocated = all(events, ALLOCATE).get(2);
    RecordedEvent freed = all(events, FREE).get(2);
    for (RecordedEvent event : List.of(allocated, freed)) {
      assertThat(event.getInt("size")).isEqualTo(1000);
      assertThat(event.getInt("maxFastCapacity")).isBetween(1000, 1024);
      assertThat(event.getInt("maxCapacity")).isEqualTo(5000);
      assertThat(event.getBoolean("direct")).isTrue();
      assertThat(event.getLong("address")).isEqualTo(address[0]);
    }
    assertThat(allocated.getBoolean("chunkPooled")).isTrue();
    assertThat(allocated.getBoolean("chunkThreadLocal")).isTrue();
  }

  @Test
  void recording_ofBufferThatGrows_showsTheMoveAndNoFreeInBetween() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").build();
    List<RecordedEvent> events =
        record(
            () -> {
              try (TestLoop loop = new TestLoop()) {
                loop.run(() -> allocator.directBuffer(1000).capacity(20_000).release());
              }
            },
            ALLOCATE,
            FREE,
            REALLOCATE);
    allocator.close();

    RecordedEvent moving = only(events, REALLOCATE);
    assertThat(moving.getInt("size")).isEqualTo(1000);
    assertThat(moving.getInt("newCapacity")).isEqualTo(20_000);
    assertThat(all(events, ALLOCATE))
        .extracting(event -> event.getInt("size"))
        .containsExactly(1000, 20_000);
    assertThat(only(events, FREE).getInt("size")).isEqualTo(20_000);
  }

  @Test
  void recording_ofBufferReleasedElsewhere_showsItOnceOnTheReleasingThread() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").build();
    List<RecordedEvent> events =
        record(
            () -> {
              try (TestLoop loop = new TestLoop()) {
                loop.call(() -> allocator.directBuffer(1000)).release();
                loop.run(allocator::trimOnThisThread);
              }
            },
            FREE);
    allocator.close();

    assertThat(only(events, FREE).getThread().getJavaName())
        .isEqualTo(Thread.currentThread().getName());
  }

  @Test
  void recording_ofBufferThatMovesToAnotherAllocator_showsNoFreeOfWhatItLeft() throws Exception {
    LiteByteBufAllocator allocator =
        TestAllocators.builder("hybrid")
            .offLoop(OffLoopPolicy.FALLBACK)
            .fallback(UnpooledByteBufAllocator.DEFAULT)
            .build();
    List<RecordedEvent> events =
        record(
            () -> {
              try (TestLoop loop = new TestLoop()) {
                ByteBuf buffer = loop.call(() -> allocator.directBuffer(1000));
                buffer.capacity(100_000).release(); // on this thread
                loop.run(allocator::trimOnThisThread);
              }
            },
            FREE,
            REALLOCATE);
    allocator.close();

    assertThat(only(events, REALLOCATE).getInt("newCapacity")).isEqualTo(100_000);
    assertThat(all(events, FREE)).isEmpty();
  }

  @Test
  void recording_thatStartsAndEnds_turnsTheCacheOffAndOn() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(1000).release());
      assertThat(cached(allocator)).isPositive();
      List<RecordedEvent> events =
          record(
              () -> {
                loop.run(() -> allocator.directBuffer(3000).release()); // not from the cache
                loop.run(() -> allocator.directBuffer(1000).release());
                assertThat(cached(allocator)).isZero();
              },
              ALLOCATE);
      assertThat(all(events, ALLOCATE)).hasSize(2);

      loop.run(() -> allocator.directBuffer(1000).release());
      assertThat(cached(allocator)).isPositive();
    }
    allocator.close();
  }

  @Test
  void recording_whileAllIsServedFromTheCache_isNoticedInTime() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").build();
    try (TestLoop loop = new TestLoop()) {
      loop.run(() -> allocator.directBuffer(1000).release());
      List<RecordedEvent> events =
          record(
              () ->
                  loop.run(
                      () -> {
                        for (int i = 0; i < 10_000; i++) {
                          allocator.directBuffer(1000).release();
                        }
                      }),
              ALLOCATE);
      // By the first buffer that the leak detector tracked, of which one in 128 is.
      assertThat(all(events, ALLOCATE)).isNotEmpty();
    }
    allocator.close();
  }

  private static long cached(LiteByteBufAllocator allocator) {
    return allocator.metric().arenas().get(0).statistics().cachedBytes();
  }

  @Test
  void events_ofBuffers_areDescribedAndOffByDefault() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").build();
    record(() -> allocator.directBuffer(1).release(), ALLOCATE);
    allocator.close();

    List<EventType> types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> List.of(ALLOCATE, FREE, REALLOCATE).contains(type.getName()))
            .toList();
    assertThat(types).hasSizeGreaterThanOrEqualTo(3); // Netty's own have the same names
    for (EventType type : types) {
      assertThat(type.getSettingDescriptors())
          .filteredOn(setting -> setting.getName().equals("enabled"))
          .extracting(setting -> setting.getDefaultValue())
          .containsExactly("false");
      assertThat(type.getLabel()).isNotBlank();
      assertThat(type.getDescription()).isNotBlank();
      assertThat(type.getCategoryNames()).containsExactly("Netty");
    }
  }
}
