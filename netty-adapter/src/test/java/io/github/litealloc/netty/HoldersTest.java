package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.netty.callers.CallSites;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampled call sites and what they hold. */
final class HoldersTest {

  private static final int CHUNK_BYTES = 64 * 1024; // the first of an arena

  private static String method(Holder site) {
    return site.stack().get(0).getMethodName();
  }

  @Test
  void holders_withoutSampling_areNone() {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    ByteBuf buffer = CallSites.header(allocator, 10);
    assertThat(allocator.holders().sites()).isEmpty();
    assertThat(allocator.holders().toString()).contains("sampling is off");
    buffer.release();
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.netty.TestAllocators#strategies")
  void holders_ofEachStrategy_groupLiveBuffersByCallSite(String strategy) {
    LiteByteBufAllocator allocator = TestAllocators.builder(strategy).sampling(1).build();
    List<ByteBuf> headers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      headers.add(CallSites.header(allocator, 100));
    }
    ByteBuf body = CallSites.body(allocator, 3_000_000);
    List<Holder> sites = allocator.holders().sites();
    assertThat(sites).extracting(HoldersTest::method).containsExactly("body", "header");
    assertThat(sites.get(0).pinnedBytes()).isGreaterThanOrEqualTo(3_000_000);
    assertThat(sites.get(1).sampledBuffers()).isEqualTo(3);
    assertThat(sites.get(1).sampledBytes()).isEqualTo(300);
    assertThat(sites.get(1).pinnedBytes()).isEqualTo(CHUNK_BYTES);
    assertThat(sites.get(1).estimatedBuffers()).isEqualTo(3);
    assertThat(sites.get(1).oldestAgeNanos()).isGreaterThan(sites.get(0).oldestAgeNanos());
    assertThat(sites.get(0).pinnedBytes() + sites.get(1).pinnedBytes())
        .isEqualTo(allocator.metric().pinnedBytes());

    headers.remove(0).release();
    body.capacity(10);
    sites = allocator.holders().sites();
    assertThat(sites).extracting(Holder::sampledBytes).containsExactlyInAnyOrder(200L, 10L);
    headers.forEach(ByteBuf::release);
    body.release();
    assertThat(allocator.holders().sites()).isEmpty();
  }

  @Test
  void holders_ofBuffersInTwoArenas_countTheChunksOfBoth() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    try (TestLoop loop = new TestLoop();
        TestLoop other = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      for (TestLoop each : List.of(loop, other)) {
        each.run(
            () -> {
              buffers.add(CallSites.body(allocator, 100));
              buffers.add(CallSites.body(allocator, 100));
            });
      }
      // One line of this test, two lines above: two call sites, each of them in both arenas.
      assertThat(allocator.holders().sites())
          .hasSize(2)
          .allSatisfy(
              site -> {
                assertThat(method(site)).isEqualTo("body");
                assertThat(site.sampledBuffers()).isEqualTo(2);
                assertThat(site.pinnedBytes()).isEqualTo(2 * CHUNK_BYTES);
              });
      buffers.forEach(ByteBuf::release);
    }
  }

  @Test
  void holders_ofABufferThatNettyItselfAskedFor_nameWhoCalledNetty() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    ByteBuf composite = CallSites.consolidated(allocator, 100);
    assertThat(allocator.holders().sites())
        .singleElement()
        .satisfies(
            site -> {
              assertThat(method(site)).isEqualTo("consolidated");
              assertThat(site.sampledBytes()).isEqualTo(200);
            });
    composite.release();
  }

  @Test
  void holders_withOneInTen_estimateWhatIsLive() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(10).build();
    List<ByteBuf> buffers = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      buffers.add(CallSites.header(allocator, 64));
    }
    Holder site = allocator.holders().sites().get(0);
    assertThat(site.estimatedBuffers()).isBetween(8_500L, 11_500L);
    assertThat(site.estimatedBuffers()).isEqualTo(10 * site.sampledBuffers());
    assertThat(site.estimatedBytes()).isEqualTo(64 * site.estimatedBuffers());
    buffers.forEach(ByteBuf::release);
  }

  @Test
  void sampling_changedLive_isTakenUpAndKeepsWhatEachSampleStoodFor() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.adopting("hybrid");
    try (TestLoop loop = new TestLoop()) {
      List<ByteBuf> buffers = new ArrayList<>();
      loop.run(() -> buffers.add(CallSites.header(allocator, 10)));
      allocator.sampling(1);
      assertThat(allocator.sampling()).isEqualTo(1);
      loop.run(() -> buffers.add(CallSites.header(allocator, 10)));
      buffers.add(CallSites.header(allocator, 10)); // in an arena that is made only now
      allocator.sampling(0);
      loop.run(() -> buffers.add(CallSites.header(allocator, 10)));
      assertThat(allocator.outstanding().buffers())
          .filteredOn(OutstandingBuffer::sampled)
          .hasSize(2);
      assertThat(allocator.holders().sites())
          .allSatisfy(site -> assertThat(site.estimatedBuffers()).isEqualTo(1));
      buffers.forEach(ByteBuf::release);
    }
  }

  @Test
  void holders_ofABufferThatMovedAway_pinNothing() throws Exception {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    ByteBuf buffer = CallSites.header(allocator, 100);
    try (TestLoop other = new TestLoop()) {
      other.run(() -> buffer.capacity(1_000));
    }
    assertThat(allocator.holders().sites())
        .singleElement()
        .satisfies(
            site -> {
              assertThat(site.sampledBytes()).isEqualTo(1_000);
              assertThat(site.pinnedBytes()).isZero();
            });
    buffer.release();
    assertThat(allocator.holders().sites()).isEmpty();
  }

  @Test
  void holders_afterASampledBufferWasReleasedAndReused_doNotTakeItForTheSampledOne() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    CallSites.header(allocator, 100).release();
    allocator.sampling(0);
    List<ByteBuf> others = new ArrayList<>(); // one of them is the same object
    for (int i = 0; i < 10; i++) {
      others.add(CallSites.body(allocator, 100));
    }
    assertThat(allocator.outstanding().buffers()).hasSize(10);
    assertThat(allocator.holders().sites()).isEmpty();
    others.forEach(ByteBuf::release);
  }

  @Test
  void toString_ofHolders_showsFiguresAndCallSites() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(1).build();
    ByteBuf buffer = CallSites.header(allocator, 1_000);
    assertThat(allocator.holders().toString())
        .startsWith("lite-alloc '" + allocator.name() + "': 1 call site")
        .contains("pins 65,536 bytes with 1 buffer sampled of 1,000 bytes, oldest ")
        .contains("estimated: 1 buffer of 1,000 bytes")
        .contains("\n      at io.github.litealloc.netty.callers.CallSites.header(");
    buffer.release();
  }

  @Test
  void sampling_negative_isRefusedAndChangesNothing() {
    LiteByteBufAllocator allocator = TestAllocators.builder("hybrid").sampling(7).build();
    assertThatThrownBy(() -> allocator.sampling(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sampling: -1 (expected: 1 in how many buffers, or 0 for none)");
    assertThat(allocator.sampling()).isEqualTo(7);
    assertThatThrownBy(() -> LiteByteBufAllocator.builder().sampling(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
